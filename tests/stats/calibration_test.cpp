// How often the intervals of stats/compare.h are wrong, on made-up data. The table in
// docs/statistics.md is made of these lines:
//   PERFD_REPETITIONS=2000 test_stats --gtest_filter='*Calibration*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "stats/compare.h"
#include "stats/support/made_up.h"

namespace perfd::stats {
namespace {

std::size_t repetitions() {
  auto const* const wanted = std::getenv("PERFD_REPETITIONS");
  return wanted == nullptr ? 300 : std::strtoul(wanted, nullptr, 10);
}

// What an event of this probability is not likelier than once in a thousand to exceed, as a share.
double at_most(double probability) {
  return probability +
         3.1 * std::sqrt(probability * (1 - probability) / static_cast<double>(repetitions()));
}
double at_least(double probability) {
  return probability -
         3.1 * std::sqrt(probability * (1 - probability) / static_cast<double>(repetitions()));
}

CompareOptions quick(std::uint64_t seed) {
  CompareOptions options;
  options.bootstrap.draws = 300;
  options.bootstrap.seed = seed;
  return options;
}

// Shares of repetitions in which a difference was told.
struct Alarms {
  double median = 0;
  double p90 = 0;
  double failures = 0;
  double mann_whitney = 0;
};

// Too few to tell is no alarm.
bool told(std::optional<Difference> const& difference) {
  return difference && difference->verdict() != Verdict::not_told;
}

Alarms count_alarms(World const& world) {
  Alarms alarms;
  double const one = 1 / static_cast<double>(repetitions());
  for (std::size_t r = 0; r < repetitions(); ++r) {
    auto const [base, other] = two_arms(world, r);
    auto const blocks = compare(base, other, quick(r));
    auto const& ttfb = blocks.metrics.at(0);
    alarms.median += told(ttfb.median) ? one : 0;
    alarms.p90 += told(ttfb.p90) ? one : 0;
    alarms.failures += told(blocks.failure_rate) ? one : 0;
    alarms.mann_whitney += ttfb.mann_whitney && ttfb.mann_whitney->p < 0.05 ? one : 0;
  }
  fmt::print(
      "n {:4}  neighbours {:.1f}  false alarms: median {:4.1f} %  p90 {:4.1f} %  failure rate "
      "{:4.1f} %  Mann-Whitney {:4.1f} %\n",
      world.n, world.neighbours, 100 * alarms.median, 100 * alarms.p90, 100 * alarms.failures,
      100 * alarms.mann_whitney);
  return alarms;
}

// The same of the median, with every measurement a block of its own.
double alarms_one_by_one(World const& world) {
  double alarms = 0;
  for (std::size_t r = 0; r < repetitions(); ++r) {
    auto const [base, other] = two_arms(world, r);
    auto each = quick(r);
    each.block = Micros{1};
    alarms += told(compare(base, other, each).metrics.at(0).median)
                  ? 1 / static_cast<double>(repetitions())
                  : 0;
  }
  fmt::print("n {:4}  neighbours {:.1f}  false alarms: median one by one {:4.1f} %\n", world.n,
             world.neighbours, 100 * alarms);
  return alarms;
}

World world_of(std::size_t n, double neighbours) {
  World world;
  world.n = n;
  world.neighbours = neighbours;
  return world;
}

class CalibrationIndependent : public testing::TestWithParam<std::size_t> {};

TEST_P(CalibrationIndependent, FalseAlarmsComeAtTheStatedRate) {
  auto const alarms = count_alarms(world_of(GetParam(), 0));
  EXPECT_LT(alarms.median, at_most(0.05));
  EXPECT_LT(alarms.p90, at_most(0.05));
  EXPECT_LT(alarms.failures, at_most(0.05));
  EXPECT_LT(alarms.mann_whitney, at_most(0.05));
  // Nor is it had by intervals that hold everything.
  EXPECT_GT(alarms.median, at_least(0.03));
  EXPECT_GT(alarms.mann_whitney, at_least(0.03));
}
INSTANTIATE_TEST_SUITE_P(, CalibrationIndependent, testing::Values(60, 200));

struct Neighbours {
  std::size_t n;
  double correlation;
  double promised;  // rate of false alarms
};
class CalibrationOfNeighbours : public testing::TestWithParam<Neighbours> {};

TEST_P(CalibrationOfNeighbours, BlocksKeepTheRateAndSingleValuesDoNot) {
  auto const& at = GetParam();
  auto const world = world_of(at.n, at.correlation);
  auto const alarms = count_alarms(world);
  EXPECT_LT(alarms.median, at_most(at.promised));
  EXPECT_LT(alarms.p90, at_most(at.promised));
  EXPECT_LT(alarms.failures, at_most(at.promised));
  // Why whole blocks are drawn, and why the verdict is not Mann and Whitney's.
  EXPECT_GT(alarms_one_by_one(world), at_least(0.15));
  EXPECT_GT(alarms.mann_whitney, at_least(0.15));
}
INSTANTIATE_TEST_SUITE_P(, CalibrationOfNeighbours,
                         testing::Values(Neighbours{100, 0.5, 0.05}, Neighbours{200, 0.5, 0.05},
                                         Neighbours{200, 0.8, 0.08}, Neighbours{500, 0.8, 0.08}));

// Where it ends: too few measurements for blocks that are long enough. docs/statistics.md says so.
class CalibrationOfFew : public testing::TestWithParam<std::pair<std::size_t, double>> {};

TEST_P(CalibrationOfFew, BlocksAreStillBetterThanSingleValues) {
  auto const [n, neighbours] = GetParam();
  auto const world = world_of(n, neighbours);
  EXPECT_LT(count_alarms(world).median, 0.75 * alarms_one_by_one(world));
}
INSTANTIATE_TEST_SUITE_P(, CalibrationOfFew,
                         testing::Values(std::pair{60U, 0.5}, std::pair{60U, 0.8}));

class CalibrationOfTheTruth : public testing::TestWithParam<double> {};

TEST_P(CalibrationOfTheTruth, IsHeldByTheIntervalAtTheStatedRate) {
  auto world = world_of(200, GetParam());
  world.added_ms = 150;
  world.own = 0.2;
  double median = 0;
  double p90 = 0;
  double found = 0;
  double const one = 1 / static_cast<double>(repetitions());
  for (std::size_t r = 0; r < repetitions(); ++r) {
    auto const [base, other] = two_arms(world, r);
    auto const ttfb = compare(base, other, quick(r)).metrics.at(0);
    auto const holds = [](Difference const& difference) {
      return difference.interval.low <= 150'000 && difference.interval.high >= 150'000;
    };
    median += holds(ttfb.median.value()) ? one : 0;
    p90 += holds(ttfb.p90.value()) ? one : 0;
    found += ttfb.median->verdict() == Verdict::more ? one : 0;
  }
  fmt::print("n {:4}  neighbours {:.1f}  the truth is held: median {:.1f} %  p90 {:.1f} %\n",
             world.n, world.neighbours, 100 * median, 100 * p90);
  EXPECT_GT(median, at_least(0.94));
  EXPECT_GT(p90, at_least(0.94));
  EXPECT_EQ(std::lround(found * 1000), 1000);
}
INSTANTIATE_TEST_SUITE_P(, CalibrationOfTheTruth, testing::Values(0.0, 0.5));

// Two periods that follow each other, as `--compare FROM..TO FROM..TO` has them.
struct Periods {
  std::size_t n;
  std::size_t other_n;
  double slot_minutes;
  double day;  // amplitude of its course
  double neighbours;
  double promised;
  double promised_of_failures = 0.06;
};

Alarms count_alarms_of_periods(Periods const& at) {
  auto world = world_of(at.n, at.neighbours);
  world.slot_minutes = at.slot_minutes;
  world.day = at.day;
  Alarms alarms;
  double const one = 1 / static_cast<double>(repetitions());
  for (std::size_t r = 0; r < repetitions(); ++r) {
    auto const [base, other] = two_periods(world, r, at.other_n);
    auto const found = compare(base, other, quick(r));
    auto const& ttfb = found.metrics.at(0);
    alarms.median += told(ttfb.median) ? one : 0;
    alarms.p90 += told(ttfb.p90) ? one : 0;
    alarms.failures += told(found.failure_rate) ? one : 0;
    alarms.mann_whitney += ttfb.mann_whitney && ttfb.mann_whitney->p < 0.05 ? one : 0;
  }
  fmt::print(
      "periods of {} and {}, every {} minutes  day {:.1f}  neighbours {:.1f}  false alarms: median "
      "{:4.1f} %  p90 {:4.1f} %  failure rate {:4.1f} %  Mann-Whitney {:4.1f} %\n",
      at.n, at.other_n, at.slot_minutes, at.day, at.neighbours, 100 * alarms.median,
      100 * alarms.p90, 100 * alarms.failures, 100 * alarms.mann_whitney);
  return alarms;
}

class CalibrationOfPeriods : public testing::TestWithParam<Periods> {};

TEST_P(CalibrationOfPeriods, FalseAlarmsComeAtTheStatedRate) {
  auto const& at = GetParam();
  auto const alarms = count_alarms_of_periods(at);
  EXPECT_LT(alarms.median, at_most(at.promised));
  EXPECT_LT(alarms.p90, at_most(at.promised));
  EXPECT_LT(alarms.failures, at_most(at.promised_of_failures));
  if (at.neighbours > 0) {
    EXPECT_GT(alarms.mann_whitney, at_least(0.15));
  }
}
INSTANTIATE_TEST_SUITE_P(
    , CalibrationOfPeriods,
    testing::Values(Periods{200, 200, 5, 0, 0, 0.05}, Periods{200, 60, 5, 0, 0, 0.05},
                    Periods{200, 200, 5, 0, 0.5, 0.06}, Periods{720, 720, 60, 0.3, 0, 0.05},
                    Periods{720, 720, 60, 0.3, 0.5, 0.06}, Periods{720, 720, 60, 0.3, 0.8, 0.06},
                    Periods{2000, 400, 60, 0.3, 0.5, 0.06, 0.08}));

TEST(CalibrationOfPeriodsThatDiffer, TheTruthIsHeldByTheIntervalAtTheStatedRate) {
  auto world = world_of(720, 0.5);
  world.slot_minutes = 60;
  world.added_ms = 150;
  double held = 0;
  double found = 0;
  double const one = 1 / static_cast<double>(repetitions());
  for (std::size_t r = 0; r < repetitions(); ++r) {
    auto const [base, other] = two_periods(world, r);
    auto const ttfb = compare(base, other, quick(r)).metrics.at(0);
    auto const& interval = ttfb.median.value().interval;
    held += interval.low <= 150'000 && interval.high >= 150'000 ? one : 0;
    found += ttfb.median->verdict() == Verdict::more ? one : 0;
  }
  fmt::print("periods of {}  the truth is held: median {:.1f} %, found {:.1f} %\n", world.n,
             100 * held, 100 * found);
  EXPECT_GT(held, at_least(0.94));
  EXPECT_GT(found, 0.99);
}

}  // namespace
}  // namespace perfd::stats
