#include "report/groups.h"

#include <gmock/gmock.h>

#include "model/arm_order.h"
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
  Groups groups(Gathered::summaries);
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

TEST(Tables, SpreadsHaveOneUnit) {
  EXPECT_EQ(spread_text({3, 380'000, 412'000, 455'000}), "412 (380–455) ms");
  EXPECT_EQ(by_code({{model::FailureCode::net_timeout, 2}}, 125), "2 x NET_TIMEOUT (1.6 %)");
}

}  // namespace
}  // namespace perfd::report
