// Thresholds judged by results alone: windows, patience, freshness.
#include "report/slo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace perfd::report {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime kNow = wall_from_us(1'764'000'000'000'000) + 10min;  // 10 min into an hour
constexpr WallTime kHour = wall_from_us(1'764'000'000'000'000);

config::SloRule rule(std::string experiment = "a") {
  config::SloRule out;
  out.name = "r";
  out.experiment = std::move(experiment);
  out.windows = 3;
  out.at_least = 2;
  return out;
}

class SloTest : public testing::Test {
 protected:
  // Results of the window that ended `ago` hours before the last full hour.
  void window(int ago, int good, int bad, Micros ttlb = 1s, std::string arm = "") {
    auto const from = kHour - 1h * (ago + 1);
    for (int i = 0; i < good + bad; ++i)
      results_.push_back({"a", arm, from + 1min * i, i < good, false, ttlb / 2, ttlb});
  }
  std::vector<SloVerdict> judge(std::vector<config::SloRule> rules) {
    SloJudge judge(std::move(rules), kNow);
    // In any order.
    std::reverse(results_.begin(), results_.end());
    for (auto const& result : results_) judge.add(result);
    return judge.verdicts();
  }
  SloVerdict only(config::SloRule rule) {
    auto const all = judge({std::move(rule)});
    EXPECT_THAT(all, SizeIs(1));
    return all.empty() ? SloVerdict{} : all.front();
  }
  std::vector<SloResult> results_;
};

config::SloRule rate(double share) {
  auto out = rule();
  out.failure_rate = config::Share{share};
  return out;
}

TEST_F(SloTest, OneBadWindowPagesNobody) {
  for (int ago : {5, 4, 3, 2, 1}) window(ago, 10, 0);
  window(0, 0, 10);
  auto const verdict = only(rate(0.1));
  EXPECT_EQ(verdict.state, SloState::ok);
  EXPECT_EQ(verdict.value, 1.0);
  EXPECT_EQ(verdict.since, std::nullopt);
  EXPECT_THAT(verdict.reason, HasSubstr("bad, but 3 in a row are needed to fail"));
}

TEST_F(SloTest, SoManyBadWindowsInARowFail) {
  for (int ago : {5, 4, 3}) window(ago, 10, 0);
  for (int ago : {2, 1, 0}) window(ago, 8, 2);
  auto const verdict = only(rate(0.1));
  EXPECT_EQ(verdict.state, SloState::failing);
  EXPECT_EQ(verdict.value, 0.2);
  EXPECT_EQ(verdict.threshold, 0.1);
  EXPECT_EQ(verdict.since, kHour) << "the end of the window that made it so";
  EXPECT_EQ(verdict.rule, "r");
  EXPECT_EQ(verdict.experiment, "a");
}

TEST_F(SloTest, GoodWindowsBetweenStartTheRowAnew) {
  for (int ago : {6, 5, 3, 2, 0}) window(ago, 0, 10);
  for (int ago : {4, 1}) window(ago, 10, 0);
  EXPECT_EQ(only(rate(0.1)).state, SloState::ok);
}

TEST_F(SloTest, OneGoodWindowDoesNotEndIt) {
  for (int ago : {6, 5, 4}) window(ago, 0, 10);
  for (int ago : {3, 1}) window(ago, 10, 0);
  for (int ago : {2, 0}) window(ago, 0, 10);
  auto const verdict = only(rate(0.1));
  EXPECT_EQ(verdict.state, SloState::failing);
  EXPECT_EQ(verdict.since, kHour - 4h);
}

TEST_F(SloTest, SoManyGoodWindowsInARowEndIt) {
  for (int ago : {6, 5, 4}) window(ago, 0, 10);
  for (int ago : {2, 1, 0}) window(ago, 10, 0);
  auto const verdict = only(rate(0.1));
  EXPECT_EQ(verdict.state, SloState::ok);
  EXPECT_EQ(verdict.since, kHour);
}

TEST_F(SloTest, WindowsWithTooFewResultsBreakNoRow) {
  for (int ago : {6, 3, 0}) window(ago, 0, 10);
  for (int ago : {5, 2}) window(ago, 1, 0);
  EXPECT_EQ(only(rate(0.1)).state, SloState::failing);
}

TEST_F(SloTest, TheWindowThatIsNotOverIsNotJudged) {
  for (int ago : {1, 0}) window(ago, 0, 10);
  window(-1, 0, 9);
  EXPECT_EQ(only(rate(0.1)).state, SloState::ok);
}

TEST_F(SloTest, WhatPerfdEndedItselfIsNotCounted) {
  for (int ago : {2, 1, 0}) {
    window(ago, 10, 0);
    for (int i = 0; i < 20; ++i)
      results_.push_back({"a", "", kHour - 1h * (ago + 1) + 30min, false, true, {}, {}});
  }
  EXPECT_EQ(only(rate(0.1)).value, 0.0);
}

TEST_F(SloTest, APercentileIsThatOfTheSuccesses) {
  for (int ago : {2, 1, 0}) {
    window(ago, 8, 2, 1s);
    results_.push_back({"a", "", kHour - 1h * (ago + 1) + 40min, true, false, 5s, 11s});
    results_.push_back({"a", "", kHour - 1h * (ago + 1) + 41min, true, false, 5s, 11s});
  }
  auto asked = rule();
  asked.ttlb_p90 = 10s;
  asked.ttfb_p90 = 6s;
  auto const both = judge({asked});
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(both[0].metric, SloMetric::ttfb_p90);
  EXPECT_EQ(both[0].state, SloState::ok);
  EXPECT_EQ(both[0].value, 5e6);
  EXPECT_EQ(both[1].metric, SloMetric::ttlb_p90);
  EXPECT_EQ(both[1].state, SloState::failing);
  EXPECT_EQ(both[1].value, 11e6);
}

TEST_F(SloTest, EachExperimentAndArmIsJudgedByItself) {
  for (int ago : {2, 1, 0}) {
    window(ago, 10, 0, 1s, "good");
    window(ago, 0, 10, 1s, "bad");
    results_.push_back({"b", "", kHour - 30min, true, false, 1s, 1s});
  }
  auto asked = rate(0.1);
  asked.experiment.clear();
  auto all = judge({asked});
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].arm, "bad");
  EXPECT_EQ(all[0].state, SloState::failing);
  EXPECT_EQ(all[1].arm, "good");
  EXPECT_EQ(all[1].state, SloState::ok);
  EXPECT_EQ(all[2].experiment, "b");
  asked.experiment = "a";
  asked.arm = "good";
  EXPECT_EQ(only(asked).arm, "good");
  asked.arm.clear();
  EXPECT_THAT(judge({asked}), SizeIs(2)) << "its arms, and nothing without one";
}

TEST_F(SloTest, FreshnessIsJudgedAtOnce) {
  auto asked = rule();
  asked.freshness = 20min;
  results_.push_back({"a", "", kNow - 25min, true, false, 1s, 1s});
  results_.push_back({"a", "", kNow - 2min, false, false, {}, {}});
  auto verdict = only(asked);
  EXPECT_EQ(verdict.state, SloState::failing);
  EXPECT_EQ(verdict.value, 25 * 60e6);
  EXPECT_EQ(verdict.since, kNow - 5min);
  results_.push_back({"a", "", kNow - 1min, true, false, 1s, 1s});
  EXPECT_EQ(only(asked).state, SloState::ok);
}

TEST_F(SloTest, WhatNeverSucceededIsNotFresh) {
  auto asked = rule();
  asked.freshness = 20min;
  auto const verdict = only(asked);
  EXPECT_EQ(verdict.state, SloState::failing);
  EXPECT_EQ(verdict.value, std::nullopt);
  EXPECT_EQ(verdict.since, std::nullopt);
  EXPECT_THAT(verdict.reason, HasSubstr("no success since 2025-11-"));
  asked.experiment.clear();
  EXPECT_THAT(judge({asked}), IsEmpty()) << "there is no experiment";
}

// Nothing older is read: that none was found is the answer.
TEST_F(SloTest, ASuccessOlderThanAllThatIsReadIsNotFresh) {
  auto asked = rule();
  asked.freshness = 24h * 3;
  results_.push_back({"a", "", kNow - 24h * 3 - 1s, true, false, 1s, 1s});
  EXPECT_EQ(only(asked).state, SloState::failing);
}

TEST_F(SloTest, OneThatNeverSucceedsIsJudgedBesideOthers) {
  auto asked = rule();
  asked.experiment.clear();
  asked.freshness = 20min;
  results_.push_back({"well", "", kNow - 1min, true, false, 1s, 1s});
  results_.push_back({"dead", "", kNow - 2min, false, true, {}, {}});  // a missed slot
  auto const all = judge({asked});
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].experiment, "dead");
  EXPECT_EQ(all[0].state, SloState::failing);
  EXPECT_EQ(all[1].state, SloState::ok);
}

TEST_F(SloTest, WhatHasJustBegunIsNotStale) {
  auto asked = rule();
  asked.freshness = 20min;
  for (auto const& [began, state] :
       {std::pair{kNow - 19min, SloState::no_data}, std::pair{kNow - 21min, SloState::failing}}) {
    SloJudge judge({asked}, kNow);
    judge.began(began);
    EXPECT_EQ(judge.verdicts().at(0).state, state);
  }
}

TEST_F(SloTest, WithoutResultsNothingIsSaid) {
  auto const verdict = only(rate(0.1));
  EXPECT_EQ(verdict.state, SloState::no_data);
  EXPECT_THAT(verdict.reason, HasSubstr("no window has 2 measurements"));
}

TEST_F(SloTest, AllWhoLookInOneHourSayTheSame) {
  for (int ago : {3, 2, 1, 0}) window(ago, 5, 5);
  for (auto const now : {kHour, kNow, kHour + 59min}) {
    SloJudge judge({rate(0.1)}, now);
    for (auto const& result : results_) judge.add(result);
    auto const verdict = judge.verdicts().front();
    EXPECT_EQ(verdict.state, SloState::failing);
    EXPECT_EQ(verdict.since, kHour - 1h);
  }
}

TEST_F(SloTest, AsksForNoMoreOfThePastThanItNeeds) {
  auto asked = rate(0.1);
  EXPECT_EQ(SloJudge({asked}, kNow).since(), kHour - 1h * windows_of(asked));
  asked.freshness = 24h * 30;
  EXPECT_EQ(SloJudge({asked}, kNow).since(), kNow - 24h * 30);
}

TEST(Slo, ValuesAreToldWithTheirUnits) {
  EXPECT_EQ(value_text(SloMetric::failure_rate, 0.025), "2.5 %");
  EXPECT_EQ(value_text(SloMetric::failure_rate, 1), "100 %");
  EXPECT_EQ(value_text(SloMetric::ttlb_p90, 2'310'000), "2.31 s");
}

}  // namespace
}  // namespace perfd::report
