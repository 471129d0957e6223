// Where the roll-ups of a series are: one row for each quantity and day, with the day's hours in
// it, and one for each quantity and 32 days, with these days in it.
//
// All of it is in the row's number, so that what a question reads lies side by side: the days of a
// series, the series of a quantity.
// Thread: pure functions.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace perfd::store {

enum class RollupLevel : std::uint8_t { hours, days };

// In the place of a quantity: how often each outcome was, by its number in model/outcome.h.
inline constexpr std::uint8_t kOutcomes = 127;

inline constexpr std::int64_t kHourUs = 3'600'000'000;
inline constexpr std::int64_t kDayUs = 24 * kHourUs;
inline constexpr std::int64_t kDaysOfRow = 32;
inline constexpr std::int64_t kLastDay = 65'535;  // in 2149

// Since the epoch; -1 for a time that roll-ups have no place for.
[[nodiscard]] constexpr std::int64_t hour_of(WallTime time) {
  auto const us = to_us(time);
  return us < 0 || us / kDayUs > kLastDay ? -1 : us / kHourUs;
}

// `chunk`: the day, or the number of 32 days, since the epoch.
[[nodiscard]] constexpr std::int64_t rollup_row(RollupLevel level, std::uint8_t quantity,
                                                std::int64_t series, std::int64_t chunk) {
  return static_cast<std::int64_t>(level) << 56U | std::int64_t{quantity} << 48U | series << 16U |
         chunk;
}
[[nodiscard]] constexpr std::int64_t chunk_of(std::int64_t row) { return row & 0xFFFF; }

}  // namespace perfd::store
