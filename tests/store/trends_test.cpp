// Answers over time: exact where there is little, and from roll-ups nearly the same.
#include "store/trends.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "base/time_text.h"
#include "store/support/rollup_fixture.h"
#include "store/trend_slots.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Slot {
  std::vector<Counted> values;
  std::int64_t n = 0;
  std::int64_t failed = 0;
  std::int64_t timeouts = 0;
};
struct Told {
  TrendAnswer answer;
  std::map<model::SeriesKey, std::map<std::int64_t, Slot>> slots;

  [[nodiscard]] std::int64_t measurements() const {
    std::int64_t sum = 0;
    for (auto const& [key, of_key] : slots)
      for (auto const& [slot, tally] : of_key) sum += tally.n;
    return sum;
  }
};

// The k-th smallest, from 0 on.
double ranked(std::vector<Counted> const& values, std::int64_t k) {
  for (auto const& each : values)
    if ((k -= each.n) < 0) return each.value;
  return -1;
}

std::int64_t count_of(std::vector<Counted> const& values) {
  std::int64_t n = 0;
  for (auto const& each : values) n += each.n;
  return n;
}

class TrendsTest : public RollupTest {
 protected:
  // Of the n-th to the m-th of `varied`.
  [[nodiscard]] static TrendQuestion question(int from, int until) {
    TrendQuestion question;
    question.which.since = at(720 * from);
    question.which.until = at(720 * until);
    question.quantity = kTtlb;
    return question;
  }

  Told told(TrendQuestion const& question) {
    Told out;
    auto from = trends();
    auto answer =
        from.ask(question, [&](model::SeriesKey const& key, std::int64_t slot, Tally const& tally) {
          auto const [place, fresh] = out.slots[key].try_emplace(slot);
          EXPECT_TRUE(fresh) << "a slot came twice";
          tally.values(place->second.values);
          place->second.n = tally.measurements();
          place->second.failed = tally.failed();
          place->second.timeouts = tally.outcome(model::FailureCode::net_timeout);
        });
    EXPECT_TRUE(answer) << answer.error().message;
    if (answer) out.answer = *answer;
    return out;
  }

  // What the question's answer has to be, by every measurement of `varied`.
  static Told by_hand(TrendQuestion const& question, TrendAnswer const& answer, int count) {
    Told out;
    auto which = question.which;
    which.since = answer.since;
    which.until = answer.until;
    for (int n = 0; n < count; ++n) {
      auto const m = varied(n);
      if (!model::selects(which, m)) continue;
      auto const us = to_us(m.started_at);
      auto const slot = question.slots == Slots::all         ? 0
                        : question.slots == Slots::over_time ? step_start(us, answer.step)
                                                             : (us / kHourUs + 24 * 3) % 168;
      auto& of_slot = out.slots[question.together ? model::SeriesKey{} : series_key(m)][slot];
      ++of_slot.n;
      if (!m.outcome.ok()) ++of_slot.failed;
      if (m.outcome.code == model::FailureCode::net_timeout) ++of_slot.timeouts;
      if (!m.outcome.ok()) continue;
      auto const value = m.marks.between("START", "DATACOMPLETE")->count();
      of_slot.values.push_back({static_cast<double>(value), 1});
    }
    for (auto& [key, slots] : out.slots)
      for (auto& [slot, of_slot] : slots)
        std::sort(of_slot.values.begin(), of_slot.values.end(),
                  [](auto const& a, auto const& b) { return a.value < b.value; });
    return out;
  }

  void expect_the_same(TrendQuestion const& question, int count) {
    auto const found = told(question);
    auto const wanted = by_hand(question, found.answer, count);
    double const error = found.answer.exact ? 1e-9 : kSketchErrorHere;
    ASSERT_EQ(found.slots.size(), wanted.slots.size());
    for (auto const& [key, slots] : wanted.slots) {
      auto const& of_key = found.slots.at(key);
      ASSERT_EQ(of_key.size(), slots.size()) << key.experiment;
      for (auto const& [slot, expected] : slots) {
        ASSERT_TRUE(of_key.contains(slot)) << slot;
        auto const& got = of_key.at(slot);
        EXPECT_EQ(got.n, expected.n);
        EXPECT_EQ(got.failed, expected.failed);
        EXPECT_EQ(got.timeouts, expected.timeouts);
        auto const n = count_of(expected.values);
        ASSERT_EQ(count_of(got.values), n);
        for (std::int64_t k = 0; k < n; k += std::max<std::int64_t>(n / 20, 1)) {
          auto const exact = ranked(expected.values, k);
          ASSERT_NEAR(ranked(got.values, k), exact, exact * error);
        }
      }
    }
  }

  static constexpr double kSketchErrorHere = 0.01;
  static constexpr int kMany = 12'000;  // 100 days, more than are looked at one by one
};

// All of time that a text can name, on the path that reads single results.
TEST_F(TrendsTest, TheLongestSpanHasItsSteps) {
  import(many(0, 20), test_numbers());
  auto asked = question(0, 1);
  asked.which.since = WallTime{};
  asked.which.until = parse_time("9999-12-31T23:59:59").value();
  EXPECT_EQ(told(asked).measurements(), 20);
}

TEST_F(TrendsTest, FewMeasurementsGiveExactAnswers) {
  import(many(0, 900), test_numbers());
  for (auto const slots : {Slots::all, Slots::over_time, Slots::hour_of_week}) {
    auto asked = question(100, 800);
    asked.slots = slots;
    EXPECT_TRUE(told(asked).answer.exact);
    EXPECT_EQ(told(asked).measurements(), 700);
    expect_the_same(asked, 900);
  }
}

TEST_F(TrendsTest, ManyAreToldFromRollUpsToOnePercent) {
  import(many(0, kMany), test_numbers());
  for (auto const slots : {Slots::all, Slots::over_time, Slots::hour_of_week})
    for (std::size_t const points : {20, 400}) {
      for (bool const together : {false, true}) {
        auto asked = question(37, kMany - 111);
        asked.slots = slots;
        asked.points = points;
        asked.together = together;
        auto const answer = told(asked).answer;
        EXPECT_FALSE(answer.exact);
        EXPECT_FALSE(answer.sampled);
        EXPECT_EQ(to_us(answer.since) % kHourUs, 0);
        EXPECT_LE(answer.since, at(720 * 37));
        EXPECT_GE(answer.until, at(720 * (kMany - 111)));
        expect_the_same(asked, kMany);
      }
    }
}

TEST_F(TrendsTest, WhatIsNotRolledUpYetIsThereAllTheSame) {
  import(many(0, kMany - 300), test_numbers());
  import(many(kMany - 300, kMany), {});
  for (auto const slots : {Slots::all, Slots::over_time}) {
    auto asked = question(0, kMany);
    asked.slots = slots;
    EXPECT_FALSE(told(asked).answer.exact);
    expect_the_same(asked, kMany);
  }
}

TEST_F(TrendsTest, FiltersChooseSeriesAndOutcomes) {
  import(many(0, kMany), test_numbers());
  for (int filter = 0; filter < 7; ++filter) {
    auto asked = question(0, kMany);
    auto& which = asked.which;
    if (filter == 0) which.experiments = {"b"};
    if (filter == 1) which.experiments = {"b", "a", "b"};
    if (filter == 2) which.arms = {"early"};
    if (filter == 3) which.targets = {"onion"};
    if (filter == 4) which.kinds = {model::Kind::upload};
    if (filter == 5) which.outcomes = {model::FailureCode::net_timeout};
    if (filter == 6) which.outcomes = {model::FailureCode::ok};
    expect_the_same(asked, kMany);
  }
  auto asked = question(0, kMany);
  asked.which.sources = {"nobody"};
  EXPECT_THAT(told(asked).slots, IsEmpty());
}

TEST_F(TrendsTest, AnExperimentWithFewIsExactAmongMany) {
  auto all = many(0, kMany);
  all[77].experiment = all[9000].experiment = "rare";
  import(all, test_numbers());
  auto asked = question(0, kMany);
  asked.which.experiments = {"rare"};
  auto const found = told(asked);
  EXPECT_TRUE(found.answer.exact);
  EXPECT_EQ(found.measurements(), 2);
}

TEST_F(TrendsTest, WhatOnlyRecordsTellIsLookedAtOneByOne) {
  auto all = many(0, static_cast<int>(kSampleRows) + 500);
  auto const relay = std::string(40, 'C');
  all[3].tor.guard = all[20'000].tor.guard = relay;
  import(all, test_numbers());
  auto asked = question(0, static_cast<int>(all.size()));
  asked.which.relays = {relay};
  auto found = told(asked);
  EXPECT_TRUE(found.answer.exact);
  EXPECT_TRUE(found.answer.sampled);
  EXPECT_EQ(found.measurements(), 1);  // only the newest are looked at
  asked.which.until = at(720 * 1000);
  found = told(asked);
  EXPECT_FALSE(found.answer.sampled);
  EXPECT_EQ(found.measurements(), 1);
}

TEST_F(TrendsTest, WithoutRollUpsTheNewestAreTold) {
  import(many(0, static_cast<int>(kSampleRows) + 500), {});
  auto const found = told(question(0, 1'000'000));
  EXPECT_TRUE(found.answer.sampled);
  EXPECT_EQ(found.measurements(), static_cast<std::int64_t>(kSampleRows));
}

TEST_F(TrendsTest, SeriesBeyondTheMostAreCounted) {
  for (int const count : {900, kMany}) {
    import(many(0, count), test_numbers());
    auto asked = question(0, count);
    asked.max_series = 2;
    auto const found = told(asked);
    EXPECT_EQ(found.slots.size(), 2U);
    EXPECT_EQ(found.answer.left_off, 3U);
    // In the order of their keys.
    EXPECT_EQ(found.slots.begin()->first.experiment, "a");
    EXPECT_EQ(found.slots.rbegin()->first.arm, "");
  }
}

TEST_F(TrendsTest, ASeriesThatSucceedsWithoutSuchAValueIsLeftOut) {
  auto all = many(0, 300);
  for (auto& m : all)
    if (m.kind == model::Kind::upload) {
      m.marks = {};
      m.marks.set("START", {m.started_at});
    }
  for (auto& m : all)
    if (m.arm == "early") m.outcome.code = model::FailureCode::tor_down;
  import(all, test_numbers());
  auto asked = question(0, 300);
  auto const found = told(asked);
  EXPECT_EQ(found.slots.size(), 4U);  // the uploads are not; what always failed is
  asked.quantity.reset();
  EXPECT_EQ(told(asked).slots.size(), 5U);
}

TEST_F(TrendsTest, AnEmptyStoreAndAnEmptyTimeGiveNothing) {
  import({}, test_numbers());
  EXPECT_THAT(told(question(0, 100)).slots, IsEmpty());
  EXPECT_THAT(told(question(100, 100)).slots, IsEmpty());
  EXPECT_THAT(told(question(100, 0)).slots, IsEmpty());
}

TEST_F(TrendsTest, ABrokenRowIsTold) {
  import(many(0, kMany), test_numbers());
  change("UPDATE rollups SET counts = x'ffff'");
  auto from = trends();
  auto const answer = from.ask(question(0, kMany), [](auto const&, auto, auto const&) {});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, ::testing::HasSubstr("is damaged"));
}

TEST(TrendSlots, StepsAreThoseThatPeopleKnow) {
  auto const step = [](std::int64_t stretch_s, std::size_t points, std::int64_t least_s = 0) {
    return step_for(Micros{stretch_s * 1'000'000}, points, Micros{least_s * 1'000'000}).count() /
           1'000'000;
  };
  EXPECT_EQ(step(7 * 86'400, 300), 3600);
  EXPECT_EQ(step(86'400, 300), 300);
  EXPECT_EQ(step(86'400, 300, 3600), 3600);
  EXPECT_EQ(step(10, 300), 1);
  EXPECT_EQ(step(10 * 365 * 86'400L, 300), 14 * 86'400);
  EXPECT_EQ(step(100 * 365 * 86'400L, 2), 100 * 365 / 7 * 604'800L + 604'800);
}

TEST(TrendSlots, SoManyPointsAreNeverExceeded) {
  for (std::int64_t stretch = 1; stretch < (std::int64_t{1} << 52); stretch = stretch * 3 + 17)
    for (std::size_t const points : {1, 2, 3, 7, 100, 2000}) {
      auto const step = step_for(Micros{stretch}, points, Micros{1});
      for (std::int64_t const since : {0L, 1L, 1'700'000'000'123'456L}) {
        auto const steps =
            (step_start(since + stretch - 1, step) - step_start(since, step)) / step.count() + 1;
        EXPECT_LE(steps, std::max<std::int64_t>(static_cast<std::int64_t>(points), 2));
      }
    }
}

TEST(TrendSlots, WeeksBeginOnMonday) {
  auto const monday = std::int64_t{1'699'833'600} * 1'000'000;  // 2023-11-13
  EXPECT_EQ(hour_of_week(monday), 0);
  EXPECT_EQ(hour_of_week(monday - 1), 167);
  EXPECT_EQ(hour_of_week(monday + 25 * kHourUs), 25);
  EXPECT_EQ(step_start(monday + 6 * kDayUs, Micros{7 * kDayUs}), monday);
  EXPECT_EQ(step_start(-1, Micros{kHourUs}), -kHourUs);
}

}  // namespace
}  // namespace perfd::store
