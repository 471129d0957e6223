#include "report/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>

namespace perfd::report {
namespace {

void expect_sorted(std::vector<double> values) {
  auto expected = values;
  std::sort(expected.begin(), expected.end());
  sort_ascending(values);
  EXPECT_EQ(values, expected);
}

TEST(SortAscending, IsWhatTheStandardLibraryDoes) {
  std::mt19937_64 generator(3);
  std::lognormal_distribution<double> times(13, 1);
  std::normal_distribution<double> both_signs(0, 1e9);
  for (std::size_t const n : {0, 1, 2, 100, 8191, 8192, 30'000}) {
    std::vector<double> whole;
    std::vector<double> fractions;
    std::vector<double> any;
    for (std::size_t i = 0; i < n; ++i) {
      whole.push_back(static_cast<double>(static_cast<std::int64_t>(times(generator))));
      fractions.push_back(8e6 / times(generator));
      any.push_back(both_signs(generator));
    }
    expect_sorted(whole);
    expect_sorted(fractions);
    expect_sorted(any);
  }
}

TEST(SortAscending, TakesExtremesAndEqualOnes) {
  std::vector<double> values(20'000, 5);
  expect_sorted(values);
  values[3] = -std::numeric_limits<double>::infinity();
  values[4] = std::numeric_limits<double>::infinity();
  values[5] = std::numeric_limits<double>::denorm_min();
  values[6] = -std::numeric_limits<double>::max();
  values[7] = 0;
  expect_sorted(values);
}

}  // namespace
}  // namespace perfd::report
