#include "stats/blocks.h"

#include <algorithm>
#include <cmath>

#include "stats/quantile.h"

namespace perfd::stats {
namespace {

constexpr double kLeastBlocks = 10;
constexpr double kMostBlocks = 20;
constexpr double kPerBlock = 20;  // measurements of an arm
constexpr double kPause = 10;     // times the median distance
constexpr double kDay = 86'400e6;

// How long measurements were made, without pauses, in µs.
std::optional<double> time_measured(std::vector<WallTime> times) {
  std::sort(times.begin(), times.end());
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i)
    gaps.push_back(static_cast<double>((times[i] - times[i - 1]).count()));
  std::sort(gaps.begin(), gaps.end());
  auto const median = quantile(gaps, 0.5);
  if (!median) return std::nullopt;
  double sum = 0;
  double count = 0;
  for (auto const gap : gaps) {
    if (gap > kPause * *median) break;
    sum += gap;
    count += 1;
  }
  return sum / count * static_cast<double>(times.size());
}

}  // namespace

std::optional<Micros> default_block(std::vector<WallTime> base, std::vector<WallTime> other) {
  auto const n = static_cast<double>(std::min(base.size(), other.size()));
  auto const a = time_measured(std::move(base));
  auto const b = time_measured(std::move(other));
  if (!a || !b || std::max(*a, *b) <= 0) return std::nullopt;
  double const blocks = std::clamp(n / kPerBlock, kLeastBlocks, kMostBlocks);
  return Micros{static_cast<std::int64_t>(std::ceil(std::max(*a, *b) / blocks))};
}

std::optional<Micros> default_block_alone(std::vector<WallTime> times) {
  auto const n = static_cast<double>(times.size());
  auto const measured = time_measured(std::move(times));
  if (!measured || *measured <= 0) return std::nullopt;
  auto const length = *measured / std::clamp(n / kPerBlock, kLeastBlocks, kMostBlocks);
  auto const days = std::ceil(length / kDay) * kDay;
  bool const in_days = length > kDay / 2 && *measured / days >= kLeastBlocks;
  return Micros{static_cast<std::int64_t>(std::ceil(in_days ? days : length))};
}

std::int64_t block_of(WallTime at, WallTime first, Micros length) { return (at - first) / length; }

}  // namespace perfd::stats
