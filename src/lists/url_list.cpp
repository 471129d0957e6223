#include "lists/url_list.h"

#include <algorithm>

#include "base/onion_address.h"
#include "base/text.h"
#include "wire/http/url.h"

namespace perfd::lists {
namespace {

constexpr std::size_t kMaxUrl = 2000;  // as of a target in the configuration

std::string_view unquoted(std::string_view field) {
  field = trim(field);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = field.substr(1, field.size() - 2);
  return trim(field);
}

bool is_rank(std::string_view field) {
  return !field.empty() &&
         std::ranges::all_of(field, [](char letter) { return letter >= '0' && letter <= '9'; });
}

// An address may have commas: only a rank in front makes a line one of fields.
std::string_view page_of(std::string_view line) {
  auto const comma = line.find(',');
  if (comma == std::string_view::npos || !is_rank(unquoted(line.substr(0, comma))))
    return unquoted(line);
  auto const rest = line.substr(comma + 1);
  bool const url = rest.find("://") != std::string_view::npos;
  return unquoted(url ? rest : rest.substr(0, rest.find(',')));
}

Result<std::string> url_of(std::string_view page) {
  if (page.size() > kMaxUrl)
    return Error{"is longer than " + std::to_string(kMaxUrl) + " characters"};
  auto text = std::string(page);
  if (page.find("://") == std::string_view::npos) {
    if (page.find('.') == std::string_view::npos)
      return Error{"'" + printable(page, 60) + "' is neither a URL nor a domain"};
    text = "https://" + text;
  }
  auto const parsed = wire::http::parse_url(text);
  if (!parsed) return parsed.error();
  if (auto wrong = onion_problem(parsed->host)) return Error{std::move(*wrong)};
  return success(parsed->text());
}

}  // namespace

Result<UrlList> parse_url_list(std::string_view text, std::size_t top) {
  UrlList out;
  std::size_t number = 0;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty() && out.urls.size() < top) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto url = url_of(page_of(line));
    if (url) {
      out.urls.push_back(std::move(*url));
      continue;
    }
    if (out.unusable++ == 0)
      out.first_unusable = "line " + std::to_string(number) + ": " + url.error().message;
  }
  if (!out.urls.empty()) return out;
  return Error{out.first_unusable.empty() ? "has no lines" : out.first_unusable};
}

}  // namespace perfd::lists
