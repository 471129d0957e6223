// Cutting time into blocks: how long a block is, and which one a moment lies in.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"

namespace perfd::stats {

// The length of a block for two arms that were measured at these times, if none is given.
//
// The time in which measurements were made is cut into 20 blocks, or into fewer, but not fewer than
// 10, where a block would hold less than 20 measurements of an arm. Few long blocks rather than
// many short ones: what reaches over the edge of a block is lost, and the price of 10 or 20 blocks
// is an interval that is wider by 15 or 7 %, which Student's distribution accounts for (the method
// of batch means: Schmeiser 1982). docs/statistics.md compares. Distances of more than ten times
// the median one are times in which nothing was measured, and don't count.
// Nothing if an arm has fewer than two measurements, or all at one moment.
[[nodiscard]] std::optional<Micros> default_block(std::vector<WallTime> base,
                                                  std::vector<WallTime> other);

// The same of one arm, which is not compared within the same time. A length of over twelve hours
// grows to full days, if that leaves ten blocks: then every block holds every hour of the day.
[[nodiscard]] std::optional<Micros> default_block_alone(std::vector<WallTime> times);

// The number of the block that `at` lies in. REQUIRES: first <= at, length > 0.
[[nodiscard]] std::int64_t block_of(WallTime at, WallTime first, Micros length);

}  // namespace perfd::stats
