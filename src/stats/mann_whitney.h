// The test of Mann and Whitney ("On a test of whether one of two random variables is
// stochastically larger than the other", 1947): are the values of one sample larger than those of
// the other more often than chance would have it?
//
// It takes the values for independent of each other. Neighbours in time are not, and then chance
// alone gives small p more often than p says; docs/statistics.md has by how much.
// Thread: pure functions.
#pragma once

#include <optional>
#include <vector>

namespace perfd::stats {

struct MannWhitney {
  // Pairs (a value of base, one of other) in which the base's is the larger, ties half.
  double u = 0;
  // The share of pairs in which the base's value is the smaller, ties half: 0.5 if neither
  // tends to be; the probability of superiority.
  double base_is_less = 0.5;
  double p = 1;  // two-sided
  bool exact = false;
};

// Exact where each sample has fewer than 50 values and none is equal to another; else by the normal
// distribution with the variance corrected for ties, and for continuity. As R's wilcox.test.
// Nothing if a sample is empty.
[[nodiscard]] std::optional<MannWhitney> mann_whitney(std::vector<double> const& base,
                                                      std::vector<double> const& other);

}  // namespace perfd::stats
