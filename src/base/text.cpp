#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <utility>

namespace perfd {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array kSizeUnits = {
    Unit{"GiB", 1LL << 30}, Unit{"GB", 1'000'000'000}, Unit{"MiB", 1LL << 20},
    Unit{"MB", 1'000'000},  Unit{"KiB", 1LL << 10},    Unit{"kB", 1'000},
    Unit{"B", 1},
};

// Longest first, so that format_duration takes the largest unit that fits.
constexpr std::array kTimeUnits = {
    Unit{"d", 86'400'000'000}, Unit{"h", 3'600'000'000}, Unit{"m", 60'000'000},
    Unit{"s", 1'000'000},      Unit{"ms", 1'000},        Unit{"us", 1},
};

// number ["." digits] at the front of `text`, scaled by `factor` exactly; nullopt on overflow.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t factor) {
  auto const dot = number.find('.');
  auto const whole = parse_int<std::int64_t>(number.substr(0, dot));
  std::int64_t result = 0;
  if (!whole || __builtin_mul_overflow(*whole, factor, &result)) return std::nullopt;
  if (dot == std::string_view::npos) return result;
  auto const digits = number.substr(dot + 1);
  if (digits.empty() || digits.size() > 9 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return std::nullopt;
  std::int64_t scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
  std::int64_t part = 0;
  if (__builtin_mul_overflow(*parse_int<std::int64_t>(digits), factor, &part)) return std::nullopt;
  if (part % scale != 0) return std::nullopt;  // not a whole number of the base unit
  if (__builtin_add_overflow(result, part / scale, &result)) return std::nullopt;
  return result;
}

std::size_t number_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (is_digit(text[n]) || text[n] == '.')) ++n;
  return n;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const substituted = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto const first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto const at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string to_lower(std::string_view ascii) {
  std::string out(ascii);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string to_upper(std::string_view ascii) {
  std::string out(ascii);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (auto const byte : bytes) {
    out += kDigits[std::to_integer<unsigned>(byte) >> 4];
    out += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return out;
}

std::optional<std::vector<std::byte>> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    auto const value = parse_int<unsigned>(text.substr(i, 2), 16);
    if (!value) return std::nullopt;
    out.push_back(static_cast<std::byte>(*value));
  }
  return out;
}

Result<Bytes> parse_bytes(std::string_view text) {
  text = trim(text);
  auto const digits = number_length(text);
  auto const unit = trim(text.substr(digits));
  for (auto const& [name, factor] : kSizeUnits) {
    if (!(unit.empty() && name == "B") && !equals_ignoring_case(unit, name)) continue;
    if (auto const value = scaled(text.substr(0, digits), factor)) return Bytes{*value};
    break;
  }
  return Error{"'" + printable(text, 40) +
               "' is not a size: write a number and B, KiB, MiB or GiB, as in \"50 KiB\""};
}

std::string format_bytes(Bytes size) {
  for (auto const& [name, factor] : kSizeUnits) {
    bool const binary = name.size() == 3 || name == "B";
    if (binary && size.count >= factor && size.count % factor == 0)
      return std::to_string(size.count / factor) + " " + std::string(name);
  }
  return std::to_string(size.count) + " B";
}

Result<Micros> parse_duration(std::string_view text) {
  auto const whole = trim(text);
  auto rest = whole;
  std::int64_t total = 0;
  bool good = !rest.empty();
  while (good && !rest.empty()) {
    auto const digits = number_length(rest);
    auto const number = rest.substr(0, digits);
    rest = trim(rest.substr(digits));
    std::size_t letters = 0;
    while (letters < rest.size() && std::isalpha(static_cast<unsigned char>(rest[letters])) != 0)
      ++letters;
    auto const unit = rest.substr(0, letters);
    rest = trim(rest.substr(letters));
    std::int64_t factor = unit == "w" ? 7 * kTimeUnits[0].factor : 0;
    for (auto const& known : kTimeUnits)
      if (known.name == unit) factor = known.factor;
    auto const value = factor == 0 ? std::nullopt : scaled(number, factor);
    good = value && !__builtin_add_overflow(total, *value, &total);
  }
  if (good) return Micros{total};
  return Error{
      "'" + printable(whole, 40) +
      "' is not a duration: write a number and ms, s, m, h or d, as in \"5m\" or \"1h30m\""};
}

std::string format_duration(Micros span) {
  auto rest = span.count();
  std::string out;
  if (rest < 0) {
    out = "-";
    rest = -rest;
  }
  for (auto const& [name, factor] : kTimeUnits) {
    if (rest < factor) continue;
    out += std::to_string(rest / factor) + std::string(name);
    rest %= factor;
  }
  return out.empty() || out == "-" ? "0s" : out;
}

std::string describe_duration(Micros span) {
  std::array<char, 48> buffer{};
  double const us = static_cast<double>(span.count());
  if (us < 1000)
    std::snprintf(buffer.data(), buffer.size(), "%.0f µs", us);
  else if (us < 999'500)
    std::snprintf(buffer.data(), buffer.size(), "%.0f ms", us / 1e3);
  else if (us < 59'995'000)
    std::snprintf(buffer.data(), buffer.size(), "%.2f s", us / 1e6);
  else {
    auto const seconds = static_cast<long long>(std::llround(us / 1e6));
    if (seconds < 3600)
      std::snprintf(buffer.data(), buffer.size(), "%lld min %lld s", seconds / 60, seconds % 60);
    else
      std::snprintf(buffer.data(), buffer.size(), "%lld h %lld min", seconds / 3600,
                    seconds % 3600 / 60);
  }
  return buffer.data();
}

std::optional<std::string_view> nearest(std::string_view wrong,
                                        std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  // A slip changes about a third of a word at most; further away is another word.
  std::size_t limit = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (auto const candidate : candidates) {
    auto const distance = edit_distance(wrong, candidate);
    if (distance < limit && distance < candidate.size()) {
      limit = distance;
      best = candidate;
    }
  }
  return best;
}

std::string printable(std::string_view raw, std::size_t limit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (char const c : raw) {
    if (out.size() >= limit) return out + "…";
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

}  // namespace perfd
