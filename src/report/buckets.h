// Values over time: quantiles of the values of each hour, day, or what suits the period.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::report {

// The values that began in one bucket of time.
struct Band {
  WallTime from{};  // a multiple of the buckets' length since the epoch
  std::size_t n = 0;
  double p10 = 0;
  double q1 = 0;
  double median = 0;
  double q3 = 0;
  double p90 = 0;

  friend bool operator==(Band const&, Band const&) = default;
};

// How many of the measurements that began in one bucket of time failed.
struct FailureShare {
  WallTime from{};
  std::size_t n = 0;
  std::size_t failed = 0;

  friend bool operator==(FailureShare const&, FailureShare const&) = default;
};

// A second, a minute, an hour, a day, or a few of them: the shortest of which at most 72 lie in the
// period and that hold about 10 of `n` measurements, and at least an eighth of the period where n
// is small.
[[nodiscard]] Micros bucket_length(Micros period, std::size_t n);
// "10 minutes", "1 hour"
[[nodiscard]] std::string bucket_text(Micros length);

// Ascending; buckets without values are left out. `values` belong to the times at the same places;
// NaN is none. REQUIRES: the times lie within a few thousand buckets of each other.
[[nodiscard]] std::vector<Band> bands(std::span<std::int64_t const> at_us,
                                      std::span<double const> values, Micros bucket);
[[nodiscard]] std::vector<FailureShare> failure_shares(std::span<std::int64_t const> ok_at_us,
                                                       std::span<std::int64_t const> failed_at_us,
                                                       Micros bucket);

}  // namespace perfd::report
