#include "stats/proportion.h"

#include <algorithm>
#include <cmath>

#include "stats/normal.h"

namespace perfd::stats {

Interval wilson_interval(Count count, double level) {
  double const z = normal_quantile(1 - (1 - level) / 2);
  auto const n = static_cast<double>(count.n);
  double const p = count.rate();
  double const middle = p + z * z / (2 * n);
  double const reach = z * std::sqrt((p * (1 - p) + z * z / (4 * n)) / n);
  double const scale = 1 + z * z / n;
  // Where all or none are hits, the end is exact; rounding must not move it past a possible rate.
  return {count.hits == 0 ? 0.0 : std::max(0.0, (middle - reach) / scale),
          count.hits == count.n ? 1.0 : std::min(1.0, (middle + reach) / scale)};
}

Interval newcombe_interval(Count base, Count other, double level) {
  auto const a = wilson_interval(base, level);
  auto const b = wilson_interval(other, level);
  double const p = base.rate();
  double const q = other.rate();
  return {q - p - std::hypot(q - b.low, a.high - p), q - p + std::hypot(b.high - q, p - a.low)};
}

}  // namespace perfd::stats
