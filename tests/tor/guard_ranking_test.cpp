// The order of guards, and how a set of them changes.
#include "tor/guard_ranking.h"

#include <gmock/gmock.h>

namespace perfd::tor {
namespace {

using config::GuardPolicy;
using model::RankedGuard;
using testing::ElementsAre;
using testing::IsEmpty;
using wire::dir::Flag;
using wire::dir::RouterStatus;

std::string relay_id(char digit) { return std::string(40, digit); }

std::uint16_t flags(std::initializer_list<Flag> list) {
  std::uint16_t out = 0;
  for (auto const flag : list) out |= static_cast<std::uint16_t>(flag);
  return out;
}
std::uint16_t guard_flags() {
  return flags(
      {Flag::kGuard, Flag::kStable, Flag::kFast, Flag::kRunning, Flag::kValid, Flag::kV2Dir});
}

// The first digits of the ranking's fingerprints: "ABC".
std::string order(std::vector<RankedGuard> const& guards) {
  std::string out;
  for (auto const& guard : guards) out += guard.fingerprint[0];
  return out;
}
std::string order(std::vector<std::string> const& set) {
  std::string out;
  for (auto const& one : set) out += one[0];
  return out;
}

RankedGuard guard(char digit, std::int64_t bandwidth, std::optional<std::int64_t> advertised = {},
                  std::string country = {}) {
  RankedGuard out;
  out.fingerprint = relay_id(digit);
  out.bandwidth = bandwidth;
  out.self_advertised = advertised;
  out.country = std::move(country);
  return out;
}

config::Guards policy(GuardPolicy which) {
  config::Guards out;
  out.policy = which;
  return out;
}

TEST(GuardCandidates, AreWhatTorWouldTake) {
  std::vector<RouterStatus> relays;
  relays.push_back({relay_id('A'), "a", "127.0.2.1", 1, guard_flags(), 500, false});
  for (auto const flag :
       {Flag::kGuard, Flag::kStable, Flag::kFast, Flag::kRunning, Flag::kValid, Flag::kV2Dir}) {
    auto lacks = relays[0];
    lacks.fingerprint = relay_id('B');
    lacks.flags &= static_cast<std::uint16_t>(~static_cast<std::uint16_t>(flag));
    relays.push_back(lacks);
  }
  relays.push_back({relay_id('C'), "c", "127.0.2.3", 1, guard_flags(), std::nullopt, false});
  auto const candidates =
      guard_candidates(relays, {{relay_id('A'), 7000}, {relay_id('D'), 1}}, {{"127.0.2.3", "de"}});
  ASSERT_EQ(order(candidates), "AC");
  EXPECT_EQ(candidates[0].nickname, "a");
  EXPECT_EQ(candidates[0].address, "127.0.2.1");
  EXPECT_EQ(candidates[0].bandwidth, 500);
  EXPECT_EQ(candidates[0].self_advertised, 7000);
  EXPECT_EQ(candidates[0].country, "");
  EXPECT_EQ(candidates[1].bandwidth, 0);
  EXPECT_FALSE(candidates[1].self_advertised);
  EXPECT_EQ(candidates[1].country, "de");
}

TEST(GuardRanking, IsByConsensusBandwidthOrByRatio) {
  // Ratios: A 1, B 4, C 0.5, D none, E none (says that it carries nothing).
  std::vector<RankedGuard> const all = {guard('D', 1000), guard('B', 400, 100'000),
                                        guard('A', 500, 500'000), guard('E', 100, 0),
                                        guard('C', 600, 1'200'000)};
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::fast))), "DCABE");
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::slow))), "EBACD");
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::fast_ratio))), "BACDE");
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::slow_ratio))), "CABDE");
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::tor_default))), "DCABE");
  EXPECT_EQ(order(rank_guards(all, policy(GuardPolicy::none))), "DCABE");
  EXPECT_DOUBLE_EQ(*all[1].ratio(), 4.0);
}

TEST(GuardRanking, BreaksTiesByFingerprint) {
  std::vector<RankedGuard> const all = {guard('C', 5, 5000), guard('A', 5, 5000),
                                        guard('B', 5, 5000)};
  for (auto const which :
       {GuardPolicy::fast, GuardPolicy::slow, GuardPolicy::fast_ratio, GuardPolicy::slow_ratio})
    EXPECT_EQ(order(rank_guards(all, policy(which))), "ABC");
}

TEST(GuardRanking, TakesAListInItsOrderAndCountriesByBandwidth) {
  std::vector<RankedGuard> const all = {guard('A', 1, {}, "de"), guard('B', 2, {}, "xb"),
                                        guard('C', 3, {}, "de"), guard('D', 4, {}, "fr"),
                                        guard('E', 5)};
  auto list = policy(GuardPolicy::list);
  list.fingerprints = {relay_id('B'), relay_id('F'), relay_id('A')};
  EXPECT_EQ(order(rank_guards(all, list)), "BA");
  EXPECT_THAT(unavailable(list, all), ElementsAre(relay_id('F')));
  list.countries = {"de", "fr", "jp"};
  // A stands in the list already and does not come twice.
  EXPECT_EQ(order(rank_guards(all, list)), "BADC");
  EXPECT_THAT(unavailable(list, all), ElementsAre(relay_id('F'), "{jp}"));
  list = policy(GuardPolicy::list);
  list.fingerprints = {relay_id('F')};
  EXPECT_THAT(rank_guards(all, list), IsEmpty());
}

TEST(GuardRanking, KnowsHowManyOfTheRunningRelaysAreDescribed) {
  std::vector<RouterStatus> relays;
  for (char const digit : {'A', 'B', 'C', 'D'})
    relays.push_back({relay_id(digit), "", "", 1, flags({Flag::kRunning}), 1, false});
  relays.push_back({relay_id('E'), "", "", 1, flags({Flag::kValid}), 1, false});
  auto const known = self_advertised({{relay_id('A'), 9, 8, 7},
                                      {relay_id('B'), 1, 2, 3},
                                      {relay_id('C'), 1, 1, 1},
                                      {relay_id('E'), 1, 1, 1}});
  EXPECT_EQ(known.at(relay_id('A')), 7);
  EXPECT_DOUBLE_EQ(descriptor_coverage(relays, known), 0.75);
  EXPECT_DOUBLE_EQ(descriptor_coverage({}, known), 0.0);
}

TEST(GuardSelection, ReplacesAFailedGuardByTheNextThatWasNeverUsed) {
  GuardSelection selection;
  selection.begin({relay_id('A'), relay_id('B'), relay_id('C'), relay_id('D'), relay_id('E')}, 2);
  EXPECT_EQ(order(selection.set()), "AB");
  EXPECT_FALSE(selection.replace(relay_id('C')));
  auto next = selection.replace(relay_id('A'));
  EXPECT_EQ(next.value().next, relay_id('C'));
  EXPECT_FALSE(next->started_over);
  EXPECT_EQ(order(selection.set()), "CB");
  EXPECT_FALSE(selection.replace(relay_id('A')));
  selection.replace(relay_id('C'));
  EXPECT_EQ(order(selection.set()), "DB");
  selection.replace(relay_id('B'));
  EXPECT_EQ(order(selection.set()), "DE");
  // All were used: from the top again, and in the order of the ranking.
  next = selection.replace(relay_id('E'));
  EXPECT_EQ(next.value().next, relay_id('A'));
  EXPECT_TRUE(next->started_over);
  EXPECT_EQ(order(selection.set()), "DA");
  next = selection.replace(relay_id('D'));
  EXPECT_EQ(next.value().next, relay_id('B'));
  EXPECT_FALSE(next->started_over);
}

TEST(GuardSelection, ForgetsWhatWasUsedWhenItBeginsAnew) {
  GuardSelection selection;
  selection.begin({relay_id('A'), relay_id('B'), relay_id('C')}, 1);
  selection.replace(relay_id('A'));
  EXPECT_EQ(order(selection.set()), "B");
  selection.begin({relay_id('A'), relay_id('B'), relay_id('C')}, 1);
  EXPECT_EQ(order(selection.set()), "A");
  EXPECT_EQ(selection.replace(relay_id('A')).value().next, relay_id('B'));
}

TEST(GuardSelection, KeepsAFailedGuardWhereThereIsNoOther) {
  GuardSelection selection;
  selection.begin({relay_id('A'), relay_id('B')}, 3);
  EXPECT_EQ(order(selection.set()), "AB");
  auto const next = selection.replace(relay_id('A'));
  EXPECT_EQ(next.value().next, relay_id('A'));
  EXPECT_TRUE(next->started_over);
  EXPECT_EQ(order(selection.set()), "AB");
  selection.begin({}, 3);
  EXPECT_THAT(selection.set(), IsEmpty());
}

}  // namespace
}  // namespace perfd::tor
