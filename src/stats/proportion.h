// Confidence intervals of rates that are counted.
//
// Wilson's score interval for one rate, and from it Newcombe's for the difference of two
// (Newcombe, "Interval estimation for the difference between independent proportions", 1998,
// method 10). Both are right also where nothing, or everything, failed.
// Thread: pure functions.
#pragma once

#include <cstddef>

#include "stats/interval.h"

namespace perfd::stats {

struct Count {
  std::size_t hits = 0;
  std::size_t n = 0;

  [[nodiscard]] double rate() const { return static_cast<double>(hits) / static_cast<double>(n); }
};

// REQUIRES: n > 0.
[[nodiscard]] Interval wilson_interval(Count count, double level);
// Of other - base. REQUIRES: n > 0 of both.
[[nodiscard]] Interval newcombe_interval(Count base, Count other, double level);

}  // namespace perfd::stats
