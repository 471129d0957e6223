// The empirical distribution of a sample as the steps that a plot draws.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace perfd::report {

struct Step {
  double value = 0;
  double share = 0;  // of all values, how many are not greater: exactly, ties included

  friend bool operator==(Step const&, Step const&) = default;
};

inline constexpr std::size_t kMostSteps = 320;

// All steps, or of a large sample about `most` of them, spread evenly over the ranks. Each one is
// a true step: its share is exact. The first and the last value stay, and so do the neighbours of
// the quantiles that reports tell (p1, p10, q1, median, q3, p90, p99), so that these can be read
// off exactly. `sorted` ascending and without NaN.
[[nodiscard]] std::vector<Step> ecdf(std::span<double const> sorted, std::size_t most = kMostSteps);

}  // namespace perfd::report
