#include "net/pages/pages.h"

#include "base/text.h"

namespace perfd::net {

Pages::Pages() {
  for (auto const page : {plain_page(), median_page(), form_page()})
    for (auto const& spec : page) resources_.emplace(spec.path, PageResource(spec));
}

PageResource* Pages::find(std::string_view path) {
  auto const found = resources_.find(path);
  return found == resources_.end() ? nullptr : &found->second;
}

std::string_view page_parameter(std::string_view query, std::string_view name) {
  for (auto const part : split(query, '&'))
    if (part.starts_with(name) && part.substr(name.size()).starts_with('='))
      return part.substr(name.size() + 1);
  return {};
}

}  // namespace perfd::net
