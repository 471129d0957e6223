#include "browser/surrogates.h"

#include <cstdint>
#include <optional>

#include "base/text.h"

namespace perfd::browser {
namespace {

constexpr std::size_t kEscape = 6;  // characters of "\uXXXX"

// The code unit of the escape that begins at `at`.
std::optional<std::uint32_t> unit_at(std::string_view json, std::size_t at) {
  if (json.size() < at + kEscape || json[at] != '\\' || json[at + 1] != 'u') return std::nullopt;
  auto const digits = json.substr(at + 2, 4);
  if (digits.find('-') != std::string_view::npos) return std::nullopt;
  return parse_int<std::uint32_t>(digits, 16);
}

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

std::string mend_surrogates(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] != '\\') {
      out.push_back(json[at++]);
      continue;
    }
    auto const unit = unit_at(json, at);
    if (!unit || (!is_high(*unit) && !is_low(*unit))) {
      // Any other escape, of which an escaped backslash must be kept together.
      out.append(json.substr(at, 2));
      at += 2;
      continue;
    }
    auto const next = unit_at(json, at + kEscape);
    bool const pair = is_high(*unit) && next && is_low(*next);
    out.append(pair ? json.substr(at, 2 * kEscape) : std::string_view("\\ufffd"));
    at += pair ? 2 * kEscape : kEscape;
  }
  return out;
}

}  // namespace perfd::browser
