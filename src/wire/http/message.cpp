#include "wire/http/message.h"

#include <algorithm>

#include "base/text.h"

namespace perfd::wire::http {

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (auto const& field : list_)
    if (equals_ignoring_case(field.name, name)) return field.value;
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(list_.begin(), list_.end(),
                    [&](Field const& field) { return equals_ignoring_case(field.name, name); }));
}

bool Fields::has_token(std::string_view name, std::string_view token) const {
  for (auto const& field : list_) {
    if (!equals_ignoring_case(field.name, name)) continue;
    for (auto const part : split(field.value, ','))
      if (equals_ignoring_case(trim(part), token)) return true;
  }
  return false;
}

std::string_view RequestHead::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view RequestHead::query() const {
  auto const mark = target.find('?');
  return mark == target.npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

}  // namespace perfd::wire::http
