// Exact quantiles of a sample.
//
// The definition is R's type 7, which spreadsheets and NumPy use too: for n sorted
// values the quantile p lies at the position h = (n - 1) * p, counted from 0, and
// between two values it is interpolated linearly. Tor Metrics' PERCENTILE_CONT is the
// same. (Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996.)
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace perfd::stats {

// `sorted` ascending and without NaN; p from 0 to 1. Nothing for an empty sample.
[[nodiscard]] std::optional<double> quantile(std::span<double const> sorted, double p);

// What is told of a sample at a glance.
struct Spread {
  std::size_t n = 0;
  double p10 = 0;
  double median = 0;
  double p90 = 0;

  friend bool operator==(Spread const&, Spread const&) = default;
};
// Sorts its copy. Nothing for an empty sample.
[[nodiscard]] std::optional<Spread> spread(std::vector<double> values);
// `sorted` as quantile() has it.
[[nodiscard]] std::optional<Spread> spread_of_sorted(std::span<double const> sorted);

}  // namespace perfd::stats
