#include "stats/proportion.h"

#include <gmock/gmock.h>

#include <cmath>

#include "stats/normal.h"

namespace perfd::stats {
namespace {

using testing::DoubleNear;

// Against tables that every textbook has.
TEST(Normal, QuantilesAreThoseOfTheTables) {
  EXPECT_THAT(normal_quantile(0.975), DoubleNear(1.959964, 1e-6));
  EXPECT_THAT(normal_quantile(0.5), DoubleNear(0, 1e-9));
  EXPECT_THAT(normal_quantile(0.01), DoubleNear(-2.326348, 1e-6));
  EXPECT_THAT(normal_cdf(1.0), DoubleNear(0.841345, 1e-6));
}

TEST(Student, QuantilesAreThoseOfTheTables) {
  EXPECT_THAT(student_quantile(0.975, 7), DoubleNear(2.3646, 0.001));
  EXPECT_THAT(student_quantile(0.975, 9), DoubleNear(2.2622, 0.001));
  EXPECT_THAT(student_quantile(0.975, 19), DoubleNear(2.0930, 0.001));
  EXPECT_THAT(student_quantile(0.995, 9), DoubleNear(3.2498, 0.003));
  EXPECT_THAT(student_quantile(0.025, 1000), DoubleNear(-1.9623, 0.001));
}

// The ends are where the score test of the rate p against hits/n rejects at the level.
TEST(Wilson, EndsWhereTheScoreTestDoes) {
  for (auto const count : {Count{15, 148}, Count{1, 29}, Count{81, 263}, Count{29, 30}}) {
    auto const interval = wilson_interval(count, 0.95);
    for (double const p : {interval.low, interval.high}) {
      auto const n = static_cast<double>(count.n);
      EXPECT_THAT(std::abs(count.rate() - p) / std::sqrt(p * (1 - p) / n),
                  DoubleNear(1.959964, 1e-4));
    }
  }
}

TEST(Wilson, OfNoneOrAllIsNotEmptyAndStaysARate) {
  auto const none = wilson_interval({0, 20}, 0.95);
  EXPECT_EQ(none.low, 0);
  EXPECT_THAT(none.high, DoubleNear(0.1611, 1e-4));  // z²/(n + z²)
  auto const all = wilson_interval({20, 20}, 0.95);
  EXPECT_EQ(all.high, 1);
  EXPECT_THAT(all.low, DoubleNear(1 - 0.1611, 1e-4));
}

// Newcombe's own examples, table II of 1998, method 10. There it is p1 - p2.
TEST(Newcombe, GivesTheFiguresOfThePaper) {
  struct Row {
    Count one, two;
    double low, high;
  };
  for (auto const& row :
       {Row{{56, 70}, {48, 80}, 0.0524, 0.3339}, Row{{9, 10}, {3, 10}, 0.1705, 0.8090},
        Row{{5, 56}, {0, 29}, -0.0381, 0.1926}, Row{{0, 10}, {0, 20}, -0.1611, 0.2775}}) {
    auto const interval = newcombe_interval(row.two, row.one, 0.95);
    EXPECT_THAT(interval.low, DoubleNear(row.low, 1e-4)) << row.one.hits << "/" << row.one.n;
    EXPECT_THAT(interval.high, DoubleNear(row.high, 1e-4)) << row.one.hits << "/" << row.one.n;
  }
}

}  // namespace
}  // namespace perfd::stats
