#include "stats/mann_whitney.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>

#include "stats/normal.h"

namespace perfd::stats {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;

double u_of(std::vector<double> const& a, std::vector<double> const& b) {
  double u = 0;
  for (auto const x : a)
    for (auto const y : b) u += x > y ? 1 : x == y ? 0.5 : 0;
  return u;
}

// Every way to deal the values to two samples, by brute force.
struct AllWays {
  double p = 0;         // of those at least as far from the middle as the one that was seen
  double variance = 0;  // of U
};
AllWays deal(std::vector<double> const& a, std::vector<double> const& b) {
  auto all = a;
  all.insert(all.end(), b.begin(), b.end());
  double const middle = static_cast<double>(a.size() * b.size()) / 2;
  double const seen = std::abs(u_of(a, b) - middle);
  double ways = 0;
  AllWays out;
  for (unsigned mask = 0; mask < (1U << all.size()); ++mask) {
    if (static_cast<std::size_t>(std::popcount(mask)) != a.size()) continue;
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 0; i < all.size(); ++i)
      ((mask >> i & 1U) != 0 ? first : second).push_back(all[i]);
    double const distance = u_of(first, second) - middle;
    ++ways;
    out.variance += distance * distance;
    if (std::abs(distance) >= seen - 1e-9) ++out.p;
  }
  return {out.p / ways, out.variance / ways};
}

// Ages at a diagnosis, the example of SciPy's mannwhitneyu: U = 17, p = 0.1111 exact and 0.11134688
// by the normal distribution.
std::vector<double> const kMales = {19, 22, 16, 29, 24};
std::vector<double> const kFemales = {20, 11, 17, 12};

TEST(MannWhitney, ExactAsSciPyHasIt) {
  auto const test = mann_whitney(kMales, kFemales).value();
  EXPECT_EQ(test.u, 17);
  EXPECT_TRUE(test.exact);
  EXPECT_THAT(test.p, DoubleNear(1.0 / 9, 1e-12));
  EXPECT_DOUBLE_EQ(test.base_is_less, 0.15);
}

TEST(MannWhitney, ExactAsRHasIt) {
  // The first example of R's wilcox.test (Hollander and Wolfe): W = 35, one-sided p = 0.1272.
  auto const test = mann_whitney({0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46},
                                 {1.15, 0.88, 0.90, 0.74, 1.21})
                        .value();
  EXPECT_EQ(test.u, 35);
  EXPECT_THAT(test.p, DoubleNear(2 * 0.1272, 1e-4));
}

TEST(MannWhitney, ExactAsEveryWayCounted) {
  std::vector<double> const a = {3.1, 0.2, 7.7, 9.5, 1.0, 4.4};
  for (double const shift : {0.0, 0.3, 2.05, 5.05, 20.0}) {
    std::vector<double> const b = {0.1 + shift, 3.3 + shift, 6.6 + shift, 2.7 + shift,
                                   8.8 + shift, 5.6 + shift, 0.9 + shift};
    auto const test = mann_whitney(a, b).value();
    ASSERT_TRUE(test.exact);
    EXPECT_THAT(test.p, DoubleNear(deal(a, b).p, 1e-12)) << shift;
    EXPECT_THAT(test.u, DoubleEq(u_of(a, b)));
  }
}

TEST(MannWhitney, TiesChangeTheVarianceAsEveryWayCounted) {
  std::vector<double> const a = {1, 2, 2, 3, 5, 5, 5};
  std::vector<double> const b = {2, 3, 3, 5, 8, 8, 9};
  auto const test = mann_whitney(a, b).value();
  EXPECT_FALSE(test.exact);
  EXPECT_DOUBLE_EQ(test.u, u_of(a, b));
  double const z = (std::abs(test.u - 24.5) - 0.5) / std::sqrt(deal(a, b).variance);
  EXPECT_THAT(test.p, DoubleNear(2 * normal_cdf(-z), 1e-12));
}

TEST(MannWhitney, ManyValuesByTheNormalDistribution) {
  // 50 values and more: the approximation, which is then near to the exact value of 49.
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < 49; ++i) {
    a.push_back(i);
    b.push_back(i * 1.3 + 0.01);
  }
  auto const exact = mann_whitney(a, b).value();
  ASSERT_TRUE(exact.exact);
  double const z = (std::abs(exact.u - 49.0 * 49 / 2) - 0.5) / std::sqrt(49.0 * 49 / 12 * 99);
  EXPECT_THAT(exact.p, DoubleNear(2 * normal_cdf(-z), 0.002));
  a.push_back(49);
  auto const many = mann_whitney(a, b).value();
  EXPECT_FALSE(many.exact);
  EXPECT_THAT(many.p, DoubleNear(exact.p, 0.05));
}

TEST(MannWhitney, TheOtherWayRoundIsTheSame) {
  auto const one = mann_whitney(kMales, kFemales).value();
  auto const two = mann_whitney(kFemales, kMales).value();
  EXPECT_DOUBLE_EQ(one.p, two.p);
  EXPECT_DOUBLE_EQ(one.base_is_less, 1 - two.base_is_less);
  EXPECT_DOUBLE_EQ(one.u + two.u, 20);
}

TEST(MannWhitney, OfEqualValuesTellsNothing) {
  auto const test = mann_whitney({4, 4, 4}, {4, 4}).value();
  EXPECT_EQ(test.p, 1);
  EXPECT_EQ(test.base_is_less, 0.5);
  EXPECT_FALSE(mann_whitney({}, {1}).has_value());
}

}  // namespace
}  // namespace perfd::stats
