#include "wire/torctl/text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace perfd::wire::torctl {
namespace {

bool is_alnum(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Length of the keyword before '=' at the front of `text`; 0 where there is none.
std::size_t keyword_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (is_alnum(text[n]) || text[n] == '_')) ++n;
  return n < text.size() && text[n] == '=' ? n : 0;
}

// Up to three octal digits; `at` moves behind them.
char take_octal(std::string_view text, std::size_t& at) {
  unsigned value = 0;
  for (std::size_t n = 0; n < 3 && at < text.size() && is_octal(text[at]); ++n, ++at)
    value = value * 8 + static_cast<unsigned>(text[at] - '0');
  return static_cast<char>(value & 0xffU);
}

}  // namespace

std::string const* find(Keywords const& keywords, std::string_view keyword) {
  for (auto const& [name, value] : keywords)
    if (name == keyword) return &value;
  return nullptr;
}

Result<std::string> quote(std::string_view text) {
  std::string out = "\"";
  for (char const c : text) {
    if (c == '\r' || c == '\n' || c == '\0')
      return Error{"a line end or NUL can't be sent to the control port: \"" + printable(text) +
                   "\""};
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return success(std::move(out));
}

std::optional<std::string> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string out;
  for (std::size_t at = 1; at < rest.size();) {
    char const c = rest[at++];
    if (c == '"') {
      rest.remove_prefix(at);
      return out;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    if (at == rest.size()) break;
    char const escaped = rest[at];
    if (is_octal(escaped)) {
      out += take_octal(rest, at);
      continue;
    }
    ++at;
    out += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
  }
  return std::nullopt;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

Result<Arguments> parse_arguments(std::string_view text) {
  Arguments out;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return out;
    std::string keyword;
    if (auto const length = keyword_length(text); length != 0) {
      keyword = text.substr(0, length);
      text.remove_prefix(length + 1);
    }
    std::string value;
    if (text.starts_with('"')) {
      auto quoted = take_quoted(text);
      if (!quoted) return Error{"a quoted string does not end"};
      value = std::move(*quoted);
    }
    // The rest up to the space; behind a quoted string there should be none, but nothing is lost.
    auto const end = std::min(text.find(' '), text.size());
    value += text.substr(0, end);
    text.remove_prefix(end);
    if (keyword.empty())
      out.words.push_back(std::move(value));
    else
      out.keywords.emplace_back(std::move(keyword), std::move(value));
  }
}

RelayName parse_relay_name(std::string_view text) {
  auto hexed = text;
  if (hexed.starts_with('$')) hexed.remove_prefix(1);
  constexpr std::size_t kLength = 40;
  bool const named = hexed.size() > kLength && (hexed[kLength] == '~' || hexed[kLength] == '=');
  if ((hexed.size() == kLength || named) &&
      std::all_of(hexed.begin(), hexed.begin() + kLength, is_hex))
    return {to_upper(hexed.substr(0, kLength)),
            std::string(named ? hexed.substr(kLength + 1) : std::string_view{})};
  return {{}, std::string(text)};
}

std::vector<RelayName> parse_path(std::string_view text) {
  std::vector<RelayName> path;
  if (text.empty()) return path;
  for (auto const name : split(text, ',')) path.push_back(parse_relay_name(name));
  return path;
}

}  // namespace perfd::wire::torctl
