// A sample whose values are counted (base/counted.h): of some values, or of so many that only their
// counts are known. Type 7 quantiles, as stats/quantile.h of the values one by one.
// Thread: pure functions. All REQUIRE values that ascend, with counts from 1 up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/counted.h"

namespace perfd::stats {

[[nodiscard]] std::int64_t size_of(std::span<Counted const> sample);
// Nothing for an empty sample.
[[nodiscard]] std::optional<double> mean(std::span<Counted const> sample);
// Of each p, ascending from 0 to 1, in one walk; empty for an empty sample.
[[nodiscard]] std::vector<double> quantiles(std::span<Counted const> sample,
                                            std::span<double const> ps);

struct Share {
  double value = 0;
  double share = 0;  // of the values, how many are not greater

  friend bool operator==(Share const&, Share const&) = default;
};
// At most `most` steps of the distribution, spread evenly over the ranks, the last one with all.
[[nodiscard]] std::vector<Share> ecdf(std::span<Counted const> sample, std::size_t most);

struct Bin {
  std::int64_t from = 0;
  std::int64_t to = 0;  // values from `from` up to below it
  std::int64_t n = 0;

  friend bool operator==(Bin const&, Bin const&) = default;
};
// Bins whose bounds are the same for every sample: whole numbers, 20 to a power of ten, or 10 where
// these would be more than 80. From the first to the last that has any; those in between may be
// empty. Values are from 0 up.
[[nodiscard]] std::vector<Bin> histogram(std::span<Counted const> sample);

}  // namespace perfd::stats
