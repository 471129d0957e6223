#include "report/groups.h"

#include <gmock/gmock.h>

#include "model/arm_order.h"
#include "report/group_summary.h"
#include "report/support/made_up.h"
#include "report/table.h"

namespace perfd::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> labels_of(std::vector<Group const*> const& groups) {
  std::vector<std::string> out;
  for (auto const* group : groups) out.push_back(group->label());
  return out;
}

TEST(Groups, ArmsStandAsTheirTurnsTell) {
  Groups groups(Gathered::names);
  std::vector<std::string> const configured = {"plain", "early", "late"};
  for (int turn = 5; turn >= 0; --turn) {
    auto m = download("ab", configured[model::arm_of_turn(7, turn, 3)], turn, 1, 2);
    m.arm_turn = model::ArmTurn{7, turn, 3};
    groups.add(m);
  }
  groups.add(download("aa", "", 0, 1, 2));
  EXPECT_THAT(labels_of(groups.all()), ElementsAre("aa", "ab/plain", "ab/early", "ab/late"));
  auto const places = groups.places();
  EXPECT_EQ(places.at({"ab", "early"}), 2U);
}

TEST(Groups, EveryArmIsComparedWithTheFirst) {
  Groups groups(Gathered::samples);
  for (auto const* arm : {"b", "a", "c"}) groups.add(download("x", arm, 0, 1, 2));
  groups.add(download("y", "", 0, 1, 2));
  auto const pairs = groups.to_compare({}).value();
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].first->arm, "b");
  EXPECT_EQ(pairs[0].second->arm, "a");
  EXPECT_THAT(groups.to_compare({"x/a", "nobody"}).error().message, HasSubstr("'nobody'"));
}

TEST(Groups, MergedStandInTheOrderOfTheirFirstResults) {
  Groups first(Gathered::samples);
  Groups second(Gathered::samples);
  first.add(download("x", "b", 0, 1, 2));
  first.add(failed("x", "a", 1));
  second.add(download("x", "c", 2, 1, 2));
  second.add(download("x", "a", 3, 5, 6));
  first.merge(std::move(second));
  auto const all = first.all();
  EXPECT_THAT(labels_of(all), ElementsAre("x/b", "x/a", "x/c"));
  EXPECT_EQ(all[1]->sample.n(), 2U);
  EXPECT_EQ(all[1]->sample.failed(), 1U);
  EXPECT_EQ(all[1]->sample.observations()[1].of(stats::Metric::first_byte), 5);
}

TEST(Groups, ASummaryTakesTheSeriesOfAnArmTogether) {
  Groups groups(Gathered::names);
  Collection all;
  auto const take = [&](model::Measurement const& m) {
    groups.add(m);
    all.add(m);
  };
  take(download("x", "a", 0, 300, 600));
  take(failed("x", "a", 1));
  take(download("x", "b", 2, 7'000, 9'000));
  auto large = download("x", "a", 3, 100, 200);
  large.filesize = large.payload_bytes = 1'048'576;
  take(large);
  auto loaded = download("x", "a", 4, 200, 400);
  loaded.kind = model::Kind::page;
  take(loaded);
  auto const summary = summary_of(*groups.all().front(), all.finish());
  EXPECT_EQ(summary.n, 4U);
  EXPECT_EQ(summary.failed(), 1U);
  EXPECT_EQ(summary.page_loads, 1U);
  EXPECT_EQ(summary.failures.at(model::FailureCode::net_timeout), 1U);
  auto const& first_byte = summary.of(stats::Metric::first_byte);
  ASSERT_TRUE(first_byte);
  EXPECT_EQ(first_byte->n, 3U);
  EXPECT_EQ(first_byte->median, 200);
}

TEST(Tables, SpreadsHaveOneUnit) {
  EXPECT_EQ(spread_text({3, 380'000, 412'000, 455'000}), "412 (380–455) ms");
  EXPECT_EQ(by_code({{model::FailureCode::net_timeout, 2}}, 125), "2 x NET_TIMEOUT (1.6 %)");
}

}  // namespace
}  // namespace perfd::report
