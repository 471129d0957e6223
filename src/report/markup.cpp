#include "report/markup.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace perfd::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The first character of a text that is not empty, by the table of RFC 3629.
Character first_character(std::string_view text) {
  auto const at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  auto const lead = at(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t const bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  char32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return {};
    code = code << 6U | (at(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[bytes] || code > 0x10FFFF || surrogate) return {};
  return {code, bytes};
}

bool is_harmless(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;       // controls
  if (code == 0x200E || code == 0x200F || code == 0x61C) return false;  // marks of direction
  if (code >= 0x202A && code <= 0x202E) return false;                   // embeddings, overrides
  if (code >= 0x2066 && code <= 0x2069) return false;                   // isolates
  return code != 0xFFFE && code != 0xFFFF;                              // not in XML 1.0
}

std::string_view entity(char32_t code) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escaped(std::string_view untrusted) {
  std::string out;
  out.reserve(untrusted.size());
  while (!untrusted.empty()) {
    auto const [code, bytes] = first_character(untrusted);
    auto const replaced = entity(code);
    if (bytes == 0 || !is_harmless(code))
      out += kReplacement;
    else
      out += replaced.empty() ? untrusted.substr(0, bytes) : replaced;
    untrusted.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
  std::size_t characters = 0;
  std::size_t end = 0;   // of the characters so far
  std::size_t keep = 0;  // of one less than the limit
  while (end < text.size()) {
    if (characters + 1 == limit) keep = end;
    if (characters == limit) return std::string(text.substr(0, keep)) + "…";
    auto const bytes = first_character(text.substr(end)).bytes;
    end += bytes == 0 ? 1 : bytes;
    ++characters;
  }
  return std::string(text);
}

std::string coordinate(double value) {
  if (!std::isfinite(value)) return "0";
  auto out = fmt::format("{:.2f}", value);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string counted(std::size_t number) {
  auto out = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(out.size()) - 3; place > 0; place -= 3)
    out.insert(static_cast<std::size_t>(place), ",");
  return out;
}

std::string counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", counted(number), noun, number == 1 ? "" : "s");
}

std::string percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return "–";
  auto const share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.05) return "&lt; 0.1 %";
  if (part < whole && share >= 99.95) return "&gt; 99.9 %";
  return fmt::format("{:.1f} %", share);
}

}  // namespace perfd::report
