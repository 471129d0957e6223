#include "report/ecdf.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "stats/quantile.h"

namespace perfd::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Ecdf, OfFewValuesIsAllOfThem) {
  EXPECT_THAT(ecdf(std::vector<double>{1, 2, 2, 5}),
              ElementsAre(Step{1, 0.25}, Step{2, 0.75}, Step{5, 1}));
  EXPECT_THAT(ecdf(std::vector<double>{7}), ElementsAre(Step{7, 1}));
  EXPECT_THAT(ecdf({}), IsEmpty());
}

// The quantile read off the steps: the values at both neighbouring ranks, interpolated.
double read_off(std::vector<Step> const& steps, std::size_t n, double p) {
  auto const at_rank = [&](std::size_t rank) {
    auto const share = (static_cast<double>(rank) + 0.5) / static_cast<double>(n);
    return std::find_if(steps.begin(), steps.end(), [&](auto const& s) { return s.share > share; })
        ->value;
  };
  double const position = static_cast<double>(n - 1) * p;
  auto const below = static_cast<std::size_t>(position);
  return std::lerp(at_rank(below), at_rank(std::min(below + 1, n - 1)),
                   position - static_cast<double>(below));
}

TEST(Ecdf, FewStepsKeepTheExactQuantiles) {
  std::mt19937_64 generator(1);
  for (std::size_t const n : {321, 1000, 4321, 50'000}) {
    std::vector<double> values;
    // Some are equal, as times in whole units are.
    for (std::size_t i = 0; i < n; ++i)
      values.push_back(static_cast<double>(generator() % (n / 2)));
    std::sort(values.begin(), values.end());
    auto const steps = ecdf(values);
    EXPECT_LE(steps.size(), kMostSteps + 14);
    EXPECT_GE(steps.size(), kMostSteps / 3);
    for (double const p : {0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0})
      EXPECT_DOUBLE_EQ(read_off(steps, n, p), stats::quantile(values, p).value()) << n << " " << p;
  }
}

TEST(Ecdf, EachStepIsATrueOne) {
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) values.push_back(i / 7);
  for (auto const& [value, share] : ecdf(values)) {
    auto const not_greater = std::upper_bound(values.begin(), values.end(), value) - values.begin();
    EXPECT_EQ(share, static_cast<double>(not_greater) / 5000);
  }
}

}  // namespace
}  // namespace perfd::report
