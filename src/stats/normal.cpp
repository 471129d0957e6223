#include "stats/normal.h"

#include <cmath>
#include <numbers>

namespace perfd::stats {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  // Halving the interval is slow and sure; it is asked for a few times in a report.
  double below = -40;
  double above = 40;
  for (int i = 0; i < 80; ++i) {
    double const middle = (below + above) / 2;
    (normal_cdf(middle) < p ? below : above) = middle;
  }
  return (below + above) / 2;
}

double student_quantile(double p, double degrees_of_freedom) {
  double const z = normal_quantile(p);
  double const n = degrees_of_freedom;
  double const z2 = z * z;
  double const g1 = z * (z2 + 1) / 4;
  double const g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  double const g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  double const g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

}  // namespace perfd::stats
