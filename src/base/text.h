// Text without I/O: splitting, numbers, units as people write them, close names.
// Thread: pure functions.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace perfd {

[[nodiscard]] std::string_view trim(std::string_view text);  // spaces, tabs, CR, LF
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string to_lower(std::string_view ascii);
[[nodiscard]] std::string to_upper(std::string_view ascii);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII

[[nodiscard]] std::string hex(std::span<const std::byte> bytes);                   // lower case
[[nodiscard]] std::optional<std::vector<std::byte>> unhex(std::string_view text);  // either case

// The whole of `text` as a decimal integer: no sign but '-', no space, no overflow.
template <std::integral Int>
[[nodiscard]] std::optional<Int> parse_int(std::string_view text, int base = 10) {
  Int value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// "50 KiB", "1MiB", "5242880", "1.5 GiB": B, kB, KiB, MB, MiB, GB, GiB; a bare number is bytes.
[[nodiscard]] Result<Bytes> parse_bytes(std::string_view text);
// "50 KiB" where it divides evenly, else "12345 B".
[[nodiscard]] std::string format_bytes(Bytes size);

// "295s", "5m", "250ms", "1h30m", "365d": us, ms, s, m, h, d, w. A bare number is an error.
[[nodiscard]] Result<Micros> parse_duration(std::string_view text);
// "4m55s", "1h30m", "250ms": what parse_duration reads back to the same value.
[[nodiscard]] std::string format_duration(Micros span);

// A duration for a person at a glance: "87 ms", "2.31 s", "4 min 5 s".
[[nodiscard]] std::string describe_duration(Micros span);

// The candidate that `wrong` is most likely a slip of, if any is near enough.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view wrong,
                                                      std::span<const std::string_view> candidates);

// Printable text of bytes that came from outside: control characters, quotes and
// non-ASCII escaped as \xNN, cut at `limit` characters. For logs and details of failures.
[[nodiscard]] std::string printable(std::string_view raw, std::size_t limit = 200);

}  // namespace perfd
