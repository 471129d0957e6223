#include "schedule/arms.h"

#include <gmock/gmock.h>

#include <map>

namespace perfd::schedule {
namespace {

using testing::ElementsAre;

TEST(ArmOfTurn, EveryBlockHasEveryArmOnce) {
  for (std::size_t const arms : {1U, 2U, 3U, 7U, 16U})
    for (std::int64_t block = 0; block < 50; ++block) {
      std::map<std::size_t, int> seen;
      for (std::size_t place = 0; place < arms; ++place)
        ++seen[arm_of_turn(
            42, block * static_cast<std::int64_t>(arms) + static_cast<std::int64_t>(place), arms)];
      ASSERT_EQ(seen.size(), arms) << "of block " << block;
      EXPECT_EQ(seen.rbegin()->first, arms - 1);
    }
}

TEST(ArmOfTurn, TheOrderIsDrawnAnewForEachBlockAndSeed) {
  // Of two arms, the first comes first in about half of the blocks; so much off has a chance of
  // less than one in a million.
  for (std::uint64_t const seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    int first = 0;
    int same = 0;
    for (std::int64_t block = 0; block < 1000; ++block) {
      auto const arm = arm_of_turn(seed, 2 * block, 2);
      first += arm == 0 ? 1 : 0;
      if (block > 0) same += arm == arm_of_turn(seed, 2 * block - 2, 2) ? 1 : 0;
    }
    EXPECT_NEAR(first, 500, 80) << seed;
    EXPECT_NEAR(same, 500, 80) << seed;
  }
  int differ = 0;
  for (std::int64_t turn = 0; turn < 1000; turn += 2)
    differ += arm_of_turn(7, turn, 2) != arm_of_turn(8, turn, 2) ? 1 : 0;
  EXPECT_NEAR(differ, 250, 60);
}

// Records name seed and turn: what they meant must stay.
TEST(ArmOfTurn, IsFixedForGood) {
  std::vector<std::size_t> arms;
  for (std::int64_t turn = 0; turn < 9; ++turn) arms.push_back(arm_of_turn(2026, turn, 3));
  EXPECT_THAT(arms, ElementsAre(0, 2, 1, 0, 1, 2, 1, 0, 2));
}

config::Experiment with_two_arms() {
  config::Experiment e;
  e.name = "ab";
  e.tor = "one";
  e.optimistic = true;
  e.arms.resize(2);
  e.arms[0].name = "a";
  e.arms[1].name = "b";
  e.arms[1].tor = "two";
  e.arms[1].optimistic = false;
  e.arms[1].target = config::Target{config::TargetKind::url, "http://a.example/"};
  return e;
}

TEST(WithArm, ChangesWhatTheArmNames) {
  auto const e = with_two_arms();
  auto const a = with_arm(e, e.arms[0]);
  EXPECT_EQ(a.name, "ab");
  EXPECT_EQ(a.tor, "one");
  EXPECT_TRUE(a.optimistic);
  EXPECT_TRUE(a.arms.empty());
  auto const b = with_arm(e, e.arms[1]);
  EXPECT_EQ(b.tor, "two");
  EXPECT_FALSE(b.optimistic);
  EXPECT_EQ(b.target.url, "http://a.example/");
}

TEST(TorsOf, AreThoseOfItsArms) {
  auto e = with_two_arms();
  EXPECT_THAT(tors_of(e), ElementsAre("one", "two"));
  e.arms[0].tor = "two";
  EXPECT_THAT(tors_of(e), ElementsAre("two"));
  e.arms.clear();
  EXPECT_THAT(tors_of(e), ElementsAre("one"));
}

}  // namespace
}  // namespace perfd::schedule
