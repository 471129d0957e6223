// Scales of plots: round numbers at which an axis is marked, units, and moments of a calendar.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace perfd::report {

// Multiples of 1, 2 or 5 times a power of ten.
struct RoundNumbers {
  double step = 1;
  std::vector<double> at;  // ascending; those from `low` to `high`
  int decimals = 0;        // that the step needs

  [[nodiscard]] std::string text(double value) const;
};
// At most `at_most` (2 or more) of them; the step is the smallest that does. Of an interval without
// extent, or one that is not finite, the one number.
[[nodiscard]] RoundNumbers round_numbers(double low, double high, std::size_t at_most);
// The smallest multiple of their step that is not below `high`: where an axis may end.
[[nodiscard]] double round_end(double high, std::size_t at_most);

// In which unit the values of an axis or of a table are told.
struct DisplayUnit {
  double divisor = 1;
  std::string_view name;
};
// Of times in µs: s, but ms under 0.1 s, and µs under 0.1 ms.
[[nodiscard]] DisplayUnit time_unit(double largest_us);
// Of rates in bit/s: Mbit/s, but kbit/s under 1 Mbit/s, Gbit/s from 10 Gbit/s on.
[[nodiscard]] DisplayUnit rate_unit(double largest_bps);

// "156 ms", "2.31 s"; "3.42 Mbit/s": three figures.
[[nodiscard]] std::string time_text(double us);
[[nodiscard]] std::string rate_text(double bps);

// A moment at which an axis of time is marked. UTC.
struct Moment {
  WallTime at{};
  std::string label;  // "14:00", "24 Nov", "Nov", "2026"
  std::string below;  // of a time of day the date, at the first and where it changes; else the year
};
// At most `at_most` (2 or more), at full seconds, minutes, hours, days, months or years.
// REQUIRES: from <= to, both between the years 1970 and 2300.
[[nodiscard]] std::vector<Moment> moments(WallTime from, WallTime to, std::size_t at_most);

}  // namespace perfd::report
