#include "stats/compare.h"

#include <gmock/gmock.h>

#include "stats/blocks.h"
#include "stats/support/made_up.h"

namespace perfd::stats {
namespace {

using model::FailureCode;
using testing::ElementsAre;
using testing::Pair;

WallTime minute(int n) {
  return wall_from_us(1'700'000'000'000'000 + std::int64_t{n} * 60'000'000);
}

std::vector<WallTime> every(int minutes, int count, int from = 0) {
  std::vector<WallTime> out;
  for (int i = 0; i < count; ++i) out.push_back(minute(from + i * minutes));
  return out;
}

TEST(DefaultBlock, CutsTheTimeIntoTwentyBlocks) {
  EXPECT_EQ(default_block(every(10, 400), every(10, 400)), Micros{std::chrono::minutes{200}});
  // Of fewer measurements, into fewer blocks of twenty of an arm, but not less than ten blocks.
  EXPECT_EQ(default_block(every(10, 300), every(10, 300)), Micros{std::chrono::minutes{200}});
  EXPECT_EQ(default_block(every(10, 50), every(10, 50)), Micros{std::chrono::minutes{50}});
}

TEST(DefaultBlock, IsOfTheRarerArm) {
  EXPECT_EQ(default_block(every(5, 4800), every(60, 400)), Micros{std::chrono::minutes{1200}});
}

TEST(DefaultBlock, IsNotOfTheTimeInWhichPerfdWasOff) {
  auto times = every(10, 200);
  auto const later = every(10, 200, 1'000'000);
  times.insert(times.end(), later.begin(), later.end());
  EXPECT_EQ(default_block(times, times), Micros{std::chrono::minutes{200}});
}

TEST(DefaultBlock, NeedsTimeToPass) {
  EXPECT_FALSE(default_block(every(1, 1), every(1, 50)).has_value());
  EXPECT_FALSE(default_block(every(0, 50), every(0, 50)).has_value());
}

TEST(DefaultBlock, OfAnArmAloneIsOfFullDaysWhereThereAreEnough) {
  EXPECT_EQ(default_block_alone(every(10, 400)), Micros{std::chrono::minutes{200}});
  // A month in 20 blocks would be a day and a half each.
  EXPECT_EQ(default_block_alone(every(60, 720)), Micros{std::chrono::hours{48}});
  EXPECT_EQ(default_block_alone(every(60, 360)), Micros{std::chrono::hours{24}});
  // Ten full days, and no eleven blocks of them.
  EXPECT_EQ(default_block_alone(every(60, 231)), Micros{std::chrono::minutes{1200}});
  EXPECT_FALSE(default_block_alone(every(1, 1)).has_value());
  EXPECT_FALSE(default_block_alone(every(0, 50)).has_value());
}

TEST(ArmSample, LeavesOutWhatPerfdEndedAndCountsIt) {
  ArmSample arm;
  arm.add(made_up(minute(0), 1000));
  arm.add(made_up_failure(minute(1), FailureCode::net_timeout));
  for (auto const code : {FailureCode::perfd_aborted, FailureCode::perfd_cancelled,
                          FailureCode::perfd_missed_slot, FailureCode::perfd_internal})
    arm.add(made_up_failure(minute(2), code));
  EXPECT_EQ(arm.n(), 2U);
  EXPECT_EQ(arm.failed(), 1U);
  EXPECT_EQ(arm.left_out(), 4U);
  EXPECT_THAT(arm.failures(), testing::Contains(Pair(FailureCode::net_timeout, 1U)));
  EXPECT_EQ(arm.observations()[0].of(Metric::first_byte), 1000);
  EXPECT_EQ(arm.observations()[0].of(Metric::last_byte), std::nullopt);
  EXPECT_EQ(arm.observations()[1].of(Metric::first_byte), std::nullopt);
}

TEST(Compare, FindsADifferenceAndSaysHowMuch) {
  World world;
  world.n = 400;
  world.added_ms = 150;
  auto const [base, other] = two_arms(world, 2);
  auto const found = compare(base, other, {});
  ASSERT_EQ(found.metrics.size(), 1U);  // no last byte, so no throughput either
  auto const& ttfb = found.metrics[0];
  EXPECT_EQ(ttfb.metric, Metric::first_byte);
  EXPECT_EQ(ttfb.median->verdict(), Verdict::more);
  EXPECT_LT(ttfb.median->interval.low, 150'000);
  EXPECT_GT(ttfb.median->interval.high, 150'000);
  EXPECT_GT(ttfb.mann_whitney->base_is_less, 0.6);
  EXPECT_LT(ttfb.mann_whitney->p, 1e-4);
  EXPECT_EQ(found.failure_rate->verdict(), Verdict::not_told);
  EXPECT_EQ(found.differences(), 3U);
  EXPECT_EQ(found.blocks, 20U);
  EXPECT_EQ(found.shared_blocks, 20U);
  EXPECT_EQ(found.first, wall_from_us(1'700'000'000'000'000));
  EXPECT_EQ(found.last, minute(799 * 5));
}

// A slot every five minutes, in which both arms load the page side by side. The moments lie apart
// by what the page does; whatever the second arm has more of begins with the first byte.
std::pair<ArmSample, ArmSample> two_arms_of_pages(int slots, std::int64_t more_us) {
  ArmSample base;
  ArmSample other;
  for (int slot = 0; slot < slots; ++slot)
    for (auto* const arm : {&base, &other}) {
      auto m = made_up(minute(5 * slot), 0);
      m.kind = model::Kind::page;
      m.marks = {};
      m.marks.set("START", {m.started_at});
      std::int64_t const wobble = 1'000 * (slot % 17) + (arm == &other ? more_us : 0);
      for (auto const& [name, us] : {std::pair{"DATARESPONSE", 100'000},
                                     {"FIRSTCONTENTFULPAINT", 250'000},
                                     {"LARGESTCONTENTFULPAINT", 450'000},
                                     {"LOAD", 700'000},
                                     {"FULLYLOADED", 1'000'000}})
        m.marks.set(name, {m.started_at + Micros{us + wobble}});
      arm->add(m);
    }
  return {std::move(base), std::move(other)};
}

TEST(Compare, OfPageLoadsComparesEachMomentOfThePage) {
  auto const [base, other] = two_arms_of_pages(200, -60'000);
  auto const found = compare(base, other, {});
  std::vector<std::pair<Metric, double>> medians;
  for (auto const& one : found.metrics) {
    ASSERT_TRUE(one.median.has_value()) << name(one.metric);
    ASSERT_TRUE(one.p90.has_value()) << name(one.metric);
    EXPECT_EQ(one.median->verdict(), Verdict::less) << name(one.metric);
    EXPECT_LE(one.median->interval.low, -60'000) << name(one.metric);
    EXPECT_GE(one.median->interval.high, -60'000) << name(one.metric);
    EXPECT_EQ(one.median->difference(), -60'000) << name(one.metric);
    medians.emplace_back(one.metric, one.median->base);
  }
  EXPECT_THAT(medians,
              ElementsAre(Pair(Metric::first_byte, 108'000), Pair(Metric::first_paint, 258'000),
                          Pair(Metric::largest_paint, 458'000), Pair(Metric::load, 708'000),
                          Pair(Metric::fully_loaded, 1'008'000)));
  EXPECT_EQ(found.differences(), 11U);

  auto const [same, again] = two_arms_of_pages(200, 0);
  for (auto const& one : compare(same, again, {}).metrics)
    EXPECT_EQ(one.median->verdict(), Verdict::not_told) << name(one.metric);
}

TEST(Compare, WithoutAnyFailureTheRateIsStillUnsure) {
  World world;
  world.failure_rate = 0;
  auto const [base, other] = two_arms(world, 1);
  auto const rate = compare(base, other, {}).failure_rate.value();
  // Blocks without failures show none, however drawn; counting 0 of 200 twice allows 1.9 %.
  EXPECT_NEAR(rate.interval.low, -0.0188, 1e-3);
  EXPECT_NEAR(rate.interval.high, 0.0188, 1e-3);
}

TEST(Compare, BurstsOfFailuresAreLessEvidenceThanTheirNumber) {
  // One outage, met by one arm: 15 of 300, which counting alone would call a difference.
  ArmSample base;
  ArmSample other;
  for (int i = 0; i < 300; ++i) {
    base.add(made_up(minute(2 * i), 1000));
    other.add(i >= 100 && i < 115 ? made_up_failure(minute(2 * i + 1), FailureCode::net_timeout)
                                  : made_up(minute(2 * i + 1), 1000));
  }
  EXPECT_EQ(compare(base, other, {}).failure_rate->verdict(), Verdict::not_told);
}

TEST(Compare, SaysNothingOfTooFew) {
  World world;
  world.failure_rate = 0;
  world.n = 19;
  auto const few = [&] {
    auto const [base, other] = two_arms(world, 1);
    return compare(base, other, {});
  };
  EXPECT_FALSE(few().metrics.at(0).median.has_value());
  EXPECT_FALSE(few().metrics.at(0).mann_whitney.has_value());
  EXPECT_FALSE(few().failure_rate.has_value());
  EXPECT_EQ(few().metrics[0].base_n, 19U);
  world.n = 20;
  EXPECT_TRUE(few().metrics.at(0).median.has_value());
  EXPECT_FALSE(few().metrics.at(0).p90.has_value());
  EXPECT_TRUE(few().failure_rate.has_value());
  world.n = 50;
  EXPECT_TRUE(few().metrics.at(0).p90.has_value());
  CompareOptions long_blocks;
  long_blocks.block = std::chrono::hours{2};
  auto const [base, other] = two_arms(world, 1);
  EXPECT_FALSE(compare(base, other, long_blocks).metrics.at(0).median.has_value());
}

TEST(Compare, SeesThatTheArmsWereMeasuredAtOtherTimes) {
  ArmSample before;
  ArmSample after;
  for (int i = 0; i < 100; ++i) {
    before.add(made_up(minute(i), 1000 + i));
    after.add(made_up(minute(100 + i), 1000 + i));
  }
  auto const found = compare(before, after, {});
  EXPECT_TRUE(found.apart());
  EXPECT_EQ(found.base_blocks, (OwnBlocks{std::chrono::minutes{10}, 10}));
  EXPECT_EQ(found.other_blocks, (OwnBlocks{std::chrono::minutes{10}, 10}));
  EXPECT_EQ(found.metrics.at(0).median->verdict(), Verdict::not_told);
  auto const same = compare(before, before, {});
  EXPECT_FALSE(same.apart());
  EXPECT_FALSE(same.base_blocks.has_value());
}

// A month against a week: common blocks of a twentieth of the month would leave the week five.
TEST(Compare, PeriodsOfDifferentLengthEachHaveBlocksOfTheirOwn) {
  World world;
  world.n = 720;
  world.slot_minutes = 60;
  world.added_ms = 150;
  auto const [month, week] = two_periods(world, 3, 168);
  auto const found = compare(month, week, {});
  EXPECT_EQ(found.base_blocks, (OwnBlocks{std::chrono::hours{48}, 15}));
  EXPECT_EQ(found.other_blocks->count, 10U);
  EXPECT_EQ(found.metrics.at(0).median->verdict(), Verdict::more);
  CompareOptions days;
  days.block = std::chrono::hours{24};
  auto const by_days = compare(month, week, days);
  EXPECT_EQ(by_days.base_blocks->count, 30U);
  // Seven are too few.
  EXPECT_EQ(by_days.other_blocks->count, 7U);
  EXPECT_FALSE(by_days.metrics.at(0).median.has_value());
}

TEST(Compare, OfNothingIsNothing) {
  auto const none = compare({}, {}, {});
  EXPECT_TRUE(none.metrics.empty());
  EXPECT_FALSE(none.failure_rate.has_value());
  EXPECT_FALSE(none.first.has_value());
}

}  // namespace
}  // namespace perfd::stats
