#include "wire/http/query.h"

#include <fmt/format.h>

#include "base/text.h"

namespace perfd::wire::http {

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      auto const code = parse_int<unsigned>(text.substr(i + 1, 2), 16);
      // from_chars would take "%5" and no sign, but not tell that a digit is missing.
      if (!code || i + 2 >= text.size())
        return Error{fmt::format("\"{}\" has a broken percent code", printable(text, 80))};
      if (*code == 0)
        return Error{fmt::format("\"{}\" has an encoded NUL byte", printable(text, 80))};
      out += static_cast<char>(*code);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return success(std::move(out));
}

Result<Query> Query::parse(std::string_view text) {
  if (text.size() > kMaxQuery)
    return Error{fmt::format("query is longer than {} bytes", kMaxQuery)};
  Query query;
  for (auto const part : split(text, '&')) {
    if (part.empty()) continue;
    if (query.list_.size() == kMaxParameters)
      return Error{fmt::format("query has more than {} parameters", kMaxParameters)};
    auto const equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals), true);
    if (!name) return name.error();
    auto value = percent_decode(equals == part.npos ? "" : part.substr(equals + 1), true);
    if (!value) return value.error();
    query.list_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (auto const& [key, value] : list_)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace perfd::wire::http
