// Which slot a time belongs to, and how a stretch of time is cut into steps that people know.
// Thread: values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace perfd::store {

// The shortest usual step (5 min, 1 h, 1 day, …), no shorter than `least`, of which `points` or
// fewer cover the stretch.
[[nodiscard]] Micros step_for(Micros stretch, std::size_t points, Micros least);

// The start of the step in UTC; whole weeks begin on Monday.
[[nodiscard]] std::int64_t step_start(std::int64_t at_us, Micros step);

// 0 to 167, from Monday 00:00 UTC on.
[[nodiscard]] std::int64_t hour_of_week(std::int64_t at_us);

}  // namespace perfd::store
