// A counted sample tells what its values one by one tell.
#include "stats/counted.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "stats/quantile.h"

namespace perfd::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kPs[] = {0, 0.01, 0.25, 0.5, 0.77, 0.99, 1};

TEST(Counted, QuantilesAreThoseOfTheValuesOneByOne) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<Counted> sample;
    std::vector<double> values;
    double value = 0;
    for (auto left = random() % 20 + 1; left > 0; --left) {
      sample.push_back({value += 1 + random() % 9, static_cast<std::int64_t>(random() % 4 + 1)});
      values.insert(values.end(), static_cast<std::size_t>(sample.back().n), value);
    }
    EXPECT_EQ(size_of(sample), static_cast<std::int64_t>(values.size()));
    auto const found = quantiles(sample, kPs);
    ASSERT_EQ(found.size(), std::size(kPs));
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_DOUBLE_EQ(found[i], quantile(values, kPs[i]).value()) << kPs[i];
  }
}

TEST(Counted, AnEmptySampleHasNothing) {
  EXPECT_THAT(quantiles({}, kPs), IsEmpty());
  EXPECT_FALSE(mean({}));
  EXPECT_THAT(ecdf({}, 10), IsEmpty());
  EXPECT_THAT(histogram({}), IsEmpty());
}

TEST(Counted, TheMeanCountsEachValue) {
  Counted const sample[] = {{1, 3}, {5, 1}};
  EXPECT_DOUBLE_EQ(mean(sample).value(), 2);
}

TEST(Counted, AnEcdfWithRoomHasAllSteps) {
  Counted const sample[] = {{1, 1}, {2, 2}, {7, 1}};
  EXPECT_THAT(ecdf(sample, 4), ElementsAre(Share{1, 0.25}, Share{2, 0.75}, Share{7, 1}));
}

TEST(Counted, AnEcdfOfManyIsSpreadOverTheRanks) {
  std::vector<Counted> sample;
  for (int i = 1; i <= 10'000; ++i) sample.push_back({static_cast<double>(i), 1});
  auto const steps = ecdf(sample, 100);
  ASSERT_EQ(steps.size(), 100U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_DOUBLE_EQ(steps[i].share, static_cast<double>(i + 1) / 100);
    EXPECT_DOUBLE_EQ(steps[i].value, static_cast<double>(i + 1) * 100);
  }
  EXPECT_THAT(ecdf(sample, 1), ElementsAre(Share{10'000, 1}));
}

TEST(Counted, AHistogramHasEveryValueOnceAndNoGaps) {
  std::mt19937 random(7);
  for (double const spread : {0.1, 1.0, 4.0}) {
    std::vector<double> values;
    for (int i = 0; i < 3000; ++i)
      values.push_back(std::round(std::exp(12 + spread * std::normal_distribution<>()(random))));
    std::sort(values.begin(), values.end());
    std::vector<Counted> sample;
    for (auto const value : values) sample.push_back({value, 1});
    auto const bins = histogram(sample);
    ASSERT_FALSE(bins.empty());
    EXPECT_LE(bins.size(), 110U);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (i > 0) {
        EXPECT_EQ(bins[i].from, bins[i - 1].to);
      }
      EXPECT_EQ(bins[i].n, std::count_if(values.begin(), values.end(), [&](double value) {
                  return value >= static_cast<double>(bins[i].from) &&
                         value < static_cast<double>(bins[i].to);
                }));
    }
    EXPECT_GT(bins.front().n, 0);
    EXPECT_GT(bins.back().n, 0);
  }
}

TEST(Counted, AHistogramOfSmallNumbersHasWholeBounds) {
  Counted const sample[] = {{0, 2}, {1, 1}, {3, 4}};
  EXPECT_THAT(histogram(sample),
              ElementsAre(Bin{0, 1, 2}, Bin{1, 2, 1}, Bin{2, 3, 0}, Bin{3, 4, 4}));
  Counted const one[] = {{1e6, 9}};
  EXPECT_THAT(histogram(one), ElementsAre(Bin{1'000'000, 1'122'018, 9}));
}

}  // namespace
}  // namespace perfd::stats
