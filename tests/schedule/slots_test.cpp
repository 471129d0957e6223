#include "schedule/slots.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/time_text.h"
#include "schedule/support/at.h"

namespace perfd::schedule {
namespace {

using namespace std::chrono_literals;
using config::Spread;

std::string after(Policy const& policy, std::string_view moment) {
  return format_iso(next_slot(policy, at(moment)));
}

TEST(FixedSlots, AreMultiplesOfTheIntervalSinceTheEpoch) {
  Policy const five{.every = 5min};
  EXPECT_EQ(after(five, "2026-11-24T03:37:40.123456Z"), "2026-11-24T03:40:00.000000Z");
  EXPECT_EQ(after(five, "2026-11-24T03:40:00Z"), "2026-11-24T03:45:00.000000Z");
  EXPECT_EQ(after(five, "2026-11-24T03:39:59.999999Z"), "2026-11-24T03:40:00.000000Z");
  EXPECT_EQ(after({.every = 1h}, "2026-12-31T23:30"), "2027-01-01T00:00:00.000000Z");
}

TEST(FixedSlots, AreMovedByTheStartDelay) {
  Policy const policy{.every = 30min, .start_delay = 90s};
  EXPECT_EQ(after(policy, "2026-11-24T03:00:00Z"), "2026-11-24T03:01:30.000000Z");
  EXPECT_EQ(after(policy, "2026-11-24T03:01:30Z"), "2026-11-24T03:31:30.000000Z");
}

TEST(FixedSlots, KeepTheirRhythmOverLeapDays) {
  Policy const day{.every = 24h, .start_delay = 6h};
  EXPECT_EQ(after(day, "2028-02-28T07:00"), "2028-02-29T06:00:00.000000Z");
  EXPECT_EQ(after(day, "2028-02-29T07:00"), "2028-03-01T06:00:00.000000Z");
  EXPECT_EQ(after(day, "2027-02-28T07:00"), "2027-03-01T06:00:00.000000Z");
  // 2000 was a leap year, 2100 is none.
  EXPECT_EQ(after(day, "2100-02-28T07:00"), "2100-03-01T06:00:00.000000Z");
}

TEST(FixedSlots, ExistBeforeTheEpochToo) {
  EXPECT_EQ(next_slot({.every = 5min}, wall_from_us(-1)), wall_from_us(0));
  EXPECT_EQ(next_slot({.every = 5min}, WallTime{-301s}), WallTime{-300s});
}

TEST(FixedSlots, AreTheSameWhereverTheSearchStarts) {
  Policy const policy{.every = 7min, .start_delay = 3s};
  auto slot = next_slot(policy, at("2026-01-01"));
  for (int i = 0; i < 1000; ++i) {
    auto const next = next_slot(policy, slot);
    EXPECT_EQ(next - slot, 7min);
    EXPECT_EQ(next_slot(policy, next - Micros{1}), next);
    EXPECT_EQ(next_slot(policy, slot + (next - slot) / 2), next);
    EXPECT_EQ(numbered_slot(policy, last_number(policy, slot)), slot);
    slot = next;
  }
}

TEST(JitteredSlots, LieUpToTheJitterAfterTheGridAndAreTheSameAgain) {
  for (Micros const jitter : {Micros{1}, Micros{10s}, Micros{5min}}) {
    Policy const policy{Spread::jitter, 5min, 0s, jitter, 42};
    Policy const grid{.every = 5min};
    auto moment = at("2026-01-01");
    Micros sum{0};
    for (int i = 0; i < 10'000; ++i) {
      auto const slot = next_slot(policy, moment);
      auto const number = last_number(policy, slot);
      auto const moved = slot - numbered_slot(grid, number);
      ASSERT_GE(moved, Micros{0});
      ASSERT_LT(moved, jitter);
      ASSERT_GT(slot, moment);
      ASSERT_EQ(next_slot(policy, slot - Micros{1}), slot);
      if (i > 0) {
        ASSERT_EQ(number, last_number(policy, moment) + 1);
      }
      sum += moved;
      moment = slot;
    }
    // The mean of a uniform distribution, within 4 standard errors.
    auto const mean = static_cast<double>(sum.count()) / 10'000;
    auto const width = static_cast<double>(jitter.count());
    if (width > 1) {
      EXPECT_NEAR(mean, width / 2, 4 * width / std::sqrt(12.0 * 10'000));
    }
  }
}

TEST(JitteredSlots, DifferBySeedAndByName) {
  config::Experiment experiment;
  experiment.name = "a";
  experiment.every = 5min;
  experiment.spread = Spread::jitter;
  experiment.jitter = 5min;
  auto other = experiment;
  other.name = "b";
  auto const moment = at("2026-01-01");
  auto const slot = next_slot(policy_of(experiment, 1), moment);
  EXPECT_EQ(next_slot(policy_of(experiment, 1), moment), slot);
  EXPECT_NE(next_slot(policy_of(experiment, 2), moment), slot);
  EXPECT_NE(next_slot(policy_of(other, 1), moment), slot);
}

TEST(Seed, OfATextIsForGood) {
  // Another value here would move all jittered slots of the vantage points that run.
  EXPECT_EQ(seed_from("op-de1"), 0xDD219539E0384A9AU);
  EXPECT_NE(seed_from("op-de1"), seed_from("op-de2"));
}

TEST(PoissonSlots, HaveExponentialIntervalsOfTheRightMean) {
  constexpr int kSlots = 200'000;
  Policy const policy{Spread::poisson, 20min, 0s, 0s, 7};
  auto slot = at("2026-01-01");
  double sum = 0;
  double squares = 0;
  std::array<int, 3> beyond{};  // one, two and three means
  double const mean = 20 * 60e6;
  double before = 0;
  double products = 0;
  for (int i = 0; i < kSlots; ++i) {
    auto const next = next_slot(policy, slot);
    ASSERT_GT(next, slot);
    auto const span = static_cast<double>((next - slot).count()) / mean;
    sum += span;
    squares += span * span;
    for (std::size_t k = 0; k < beyond.size(); ++k)
      if (span > static_cast<double>(k + 1)) ++beyond[k];
    products += (span - 1) * before;
    before = span - 1;
    slot = next;
  }
  double const n = kSlots;
  EXPECT_NEAR(sum / n, 1, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 2, 4 * std::sqrt(20 / n));  // variance of the square: 24 - 4
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    double const p = std::exp(-static_cast<double>(k + 1));
    EXPECT_NEAR(beyond[k] / n, p, 4 * std::sqrt(p * (1 - p) / n));
  }
  EXPECT_NEAR(products / n, 0, 4 / std::sqrt(n));  // no memory
}

}  // namespace
}  // namespace perfd::schedule
