#include "stats/bootstrap.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/normal.h"
#include "stats/quantile.h"
#include "stats/support/made_up.h"

namespace perfd::stats {
namespace {

using testing::DoubleNear;

constexpr std::array kMedianAndP90 = {0.5, 0.9};

Bootstrap with_seed(std::uint64_t seed, std::size_t draws = 500) {
  Bootstrap how;
  how.seed = seed;
  how.draws = draws;
  return how;
}

Blocked noise_in_blocks(std::uint64_t seed, std::size_t n, std::int64_t per_block,
                        double added = 0) {
  Noise noise(seed);
  Blocked out;
  for (std::size_t i = 0; i < n; ++i)
    out.add(noise.normal() + added, static_cast<std::int64_t>(i) / per_block);
  return out;
}

// An arm as it is when each block comes as often as `times` says, written out value by value.
std::vector<double> repeated(Blocked const& arm, std::vector<int> const& times) {
  std::vector<double> out;
  for (std::size_t i = 0; i < arm.values.size(); ++i)
    for (int t = 0; t < times[static_cast<std::size_t>(arm.blocks[i])]; ++t)
      out.push_back(arm.values[i]);
  std::sort(out.begin(), out.end());
  return out;
}

// The interval without chance: all 5^5 ways to draw five blocks, value by value.
template <class Statistic>
Interval of_all_draws(Blocked const& a, Blocked const& b, Statistic statistic) {
  std::vector<double> differences;
  for (int draw = 0; draw < 3125; ++draw) {
    std::vector<int> times(5);
    for (int i = 0, rest = draw; i < 5; ++i, rest /= 5) ++times[static_cast<std::size_t>(rest % 5)];
    differences.push_back(statistic(repeated(b, times)) - statistic(repeated(a, times)));
  }
  std::sort(differences.begin(), differences.end());
  double const tail = normal_cdf(-student_quantile(0.975, 4) * std::sqrt(5.0 / 4));
  return {*quantile(differences, tail), *quantile(differences, 1 - tail)};
}

TEST(BlockBootstrap, IsWhatAllDrawsOfBlocksGive) {
  auto const a = noise_in_blocks(1, 40, 8);
  auto const b = noise_in_blocks(2, 35, 7, 0.5);
  auto const drawn = quantile_differences(a, b, kMedianAndP90, with_seed(3, 100'000)).value();
  for (std::size_t i = 0; i < 2; ++i) {
    auto const all = of_all_draws(a, b, [&](std::vector<double> const& values) {
      return *quantile(values, kMedianAndP90[i]);
    });
    EXPECT_THAT(drawn[i].interval.low, DoubleNear(all.low, 0.02));
    EXPECT_THAT(drawn[i].interval.high, DoubleNear(all.high, 0.02));
    EXPECT_LT(all.low + 0.2, all.high);
  }
  auto const all = of_all_draws(a, b, [](std::vector<double> const& values) {
    double sum = 0;
    for (auto const v : values) sum += v;
    return sum / static_cast<double>(values.size());
  });
  auto const means = mean_difference(a, b, with_seed(3, 100'000)).value();
  EXPECT_THAT(means.interval.low, DoubleNear(all.low, 0.02));
  EXPECT_THAT(means.interval.high, DoubleNear(all.high, 0.02));
}

TEST(BlockBootstrap, ComparesTheQuantilesOfTheSamples) {
  auto const a = noise_in_blocks(1, 1001, 50);
  auto const b = noise_in_blocks(2, 800, 40);
  auto const differences = quantile_differences(a, b, kMedianAndP90, with_seed(1)).value();
  EXPECT_EQ(differences[0].base, spread(a.values)->median);
  EXPECT_EQ(differences[1].base, spread(a.values)->p90);
  EXPECT_EQ(differences[1].other, spread(b.values)->p90);
}

TEST(BlockBootstrap, TheSameSeedGivesTheSameInterval) {
  auto const a = noise_in_blocks(1, 200, 10);
  auto const b = noise_in_blocks(2, 200, 10);
  auto const one = quantile_differences(a, b, kMedianAndP90, with_seed(7)).value();
  EXPECT_EQ(one, quantile_differences(a, b, kMedianAndP90, with_seed(7)).value());
  EXPECT_NE(one, quantile_differences(a, b, kMedianAndP90, with_seed(8)).value());
  // And on every machine.
  EXPECT_THAT(one[0].interval.low, DoubleNear(-0.104086, 1e-6));
  EXPECT_THAT(one[0].interval.high, DoubleNear(0.436295, 1e-6));
}

TEST(BlockBootstrap, NumbersOfBlocksAreOnlyNames) {
  auto a = noise_in_blocks(1, 200, 10);
  auto b = noise_in_blocks(2, 200, 10);
  auto const before = quantile_differences(a, b, kMedianAndP90, with_seed(7)).value();
  for (auto* arm : {&a, &b})
    for (auto& block : arm->blocks) block = block * 1'000'000'000'000 + 5;  // perfd was often off
  EXPECT_EQ(before, quantile_differences(a, b, kMedianAndP90, with_seed(7)).value());
}

// What both arms met at the same time cancels only if their values of a block stay together.
TEST(BlockBootstrap, KeepsWhatBothArmsMetTogether) {
  Noise noise(5);
  Blocked a;
  Blocked b;
  Blocked apart;
  for (std::int64_t block = 0; block < 20; ++block) {
    double const weather = 10 * noise.normal();
    for (int i = 0; i < 10; ++i) {
      a.add(weather + noise.normal(), block);
      b.add(weather + noise.normal() + 1, block);
      apart.add(b.values.back(), block + 1000);
    }
  }
  auto const width = [](Difference const& d) { return d.interval.high - d.interval.low; };
  auto const together = mean_difference(a, b, with_seed(1)).value();
  auto const torn = mean_difference(a, apart, with_seed(1)).value();
  EXPECT_LT(width(together), width(torn) / 10);
  EXPECT_EQ(together.verdict(), Verdict::more);
  EXPECT_EQ(torn.verdict(), Verdict::not_told);
}

// Apart, the blocks of one arm are drawn as if the other were not there: the variances add up, and
// no draw has more or fewer blocks of an arm than it has.
TEST(BlockBootstrap, ApartEachArmIsDrawnByItself) {
  Noise noise(6);
  Blocked a;
  Blocked b;
  for (std::int64_t block = 0; block < 20; ++block) {
    double const weather = 10 * noise.normal();
    for (int i = 0; i < 10; ++i) {
      a.add(weather + noise.normal(), block);
      b.add(weather + noise.normal(), block);
    }
  }
  auto const width = [](Difference const& d) { return d.interval.high - d.interval.low; };
  auto const apart = mean_difference(a, b, with_seed(1), Drawn::apart).value();
  EXPECT_GT(width(apart), 10 * width(mean_difference(a, b, with_seed(1)).value()));
  // That both have blocks of the same numbers says nothing then.
  auto elsewhere = b;
  for (auto& block : elsewhere.blocks) block += 1000;
  EXPECT_EQ(apart, mean_difference(a, elsewhere, with_seed(1), Drawn::apart).value());
  EXPECT_EQ(quantile_differences(a, b, kMedianAndP90, with_seed(1), Drawn::apart).value(),
            quantile_differences(a, elsewhere, kMedianAndP90, with_seed(1), Drawn::apart).value());
  // Drawn from one heap, an arm would have more blocks in one draw and fewer in another.
  EXPECT_LT(width(apart), width(mean_difference(a, elsewhere, with_seed(1)).value()));
}

TEST(BlockBootstrap, NeedsTwoBlocksOfEachArm) {
  auto const many = noise_in_blocks(1, 100, 10);
  auto const one = noise_in_blocks(2, 5, 10);
  EXPECT_FALSE(quantile_differences(many, one, kMedianAndP90, with_seed(1)).has_value());
  EXPECT_FALSE(quantile_differences({}, many, kMedianAndP90, with_seed(1)).has_value());
  EXPECT_FALSE(mean_difference(one, many, with_seed(1)).has_value());
}

TEST(Verdict, IsToldOnlyByAnIntervalWithoutZero) {
  EXPECT_EQ((Difference{5, 3, {-3, -1}}.verdict()), Verdict::less);
  EXPECT_EQ((Difference{3, 5, {1, 3}}.verdict()), Verdict::more);
  EXPECT_EQ((Difference{3, 5, {0, 3}}.verdict()), Verdict::not_told);
  EXPECT_EQ((Difference{3, 4, {-1, 3}}.verdict()), Verdict::not_told);
}

}  // namespace
}  // namespace perfd::stats
