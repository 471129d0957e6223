// The normal distribution and Student's, as far as intervals and tests need them.
// Thread: pure functions.
#pragma once

namespace perfd::stats {

// P(Z <= z) of the standard normal distribution.
[[nodiscard]] double normal_cdf(double z);
// Its inverse; 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);
// The inverse of Student's distribution by the series of Abramowitz and Stegun, 26.7.5: within
// 0.001 for 9 degrees of freedom and more, and p from 0.01 to 0.99.
[[nodiscard]] double student_quantile(double p, double degrees_of_freedom);

}  // namespace perfd::stats
