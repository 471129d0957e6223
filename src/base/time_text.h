// Moments as text: ISO 8601 for people and filters, seconds for Torperf's formats.
// All in UTC, without the C library's locale or time zone.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace perfd {

[[nodiscard]] std::string format_iso(WallTime time);          // 2026-11-24T03:37:40.123456Z
[[nodiscard]] std::string format_iso_seconds(WallTime time);  // 2026-11-24T03:37:40Z
[[nodiscard]] std::string format_date(WallTime time);         // 2026-11-24

// "2026-11-24", "2026-11-24T03:37", "2026-11-24 03:37:40.5Z", or µs since the
// epoch as a bare integer of 13 digits or more, or seconds as one of fewer.
[[nodiscard]] Result<WallTime> parse_time(std::string_view text);

// "1417390800.12": seconds since the epoch with `decimals` (0 to 6) digits,
// truncated, so that no moment ever moves into the future.
[[nodiscard]] std::string format_seconds(Micros since_epoch, int decimals);
// The reverse, exact to the µs; digits past the sixth are dropped.
[[nodiscard]] Result<Micros> parse_seconds(std::string_view text);

}  // namespace perfd
