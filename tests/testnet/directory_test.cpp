// What is read in directory documents, and when a vote is cast.
#include <gmock/gmock.h>

#include "base/time_text.h"
#include "runtime/files.h"
#include "testnet/folder.h"
#include "testnet/readiness.h"
#include "testnet/voting.h"

namespace perfd::testnet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

WallTime at(std::string_view text) { return parse_time(text).value(); }

TEST(DescriptorsTest, NameTheirRelaysByFingerprint) {
  EXPECT_THAT(fingerprints_in(""), IsEmpty());
  EXPECT_THAT(fingerprints_in("router guard0 127.0.2.1 1 0 0\n"
                              "fingerprint AAAA BBBB CCCC DDDD EEEE FFFF 0000 1111 2222 3333\n"
                              "opt fingerprint X\n"
                              "router exit0 127.0.3.1 1 0 0\r\n"
                              "fingerprint 9999 BBBB CCCC DDDD EEEE FFFF 0000 1111 2222 3333\r\n"),
              ElementsAre("AAAABBBBCCCCDDDDEEEEFFFF0000111122223333",
                          "9999BBBBCCCCDDDDEEEEFFFF0000111122223333"));
}

std::string status(std::string const& nickname, std::string const& flags) {
  return "r " + nickname + " digest digest 2026-11-24 03:37:40 127.0.0.1 1 0\ns " + flags +
         "\nw Bandwidth=0\n";
}

TEST(ConsensusTest, LacksWhoIsNotRunningOrNotWhatItShouldBe) {
  NetworkSpec spec;
  spec.folder = "/n";
  spec.relays = make_relays(1, 1, 1);
  spec.clients = 1;
  auto const plan = make_plan(spec).value();
  auto const rest =
      status("auth0", "Authority Running Valid") + status("middle0", "Fast Running Valid");
  auto const guard = status("guard0", "Fast Guard Running Valid");
  auto const exit = status("exit0", "Exit Fast Running Valid");
  EXPECT_EQ(missing_in(plan, rest + guard + exit), "");
  EXPECT_EQ(missing_in(plan, rest + exit), "guard0");
  EXPECT_EQ(missing_in(plan, rest + status("guard0", "Fast Running") + status("exit0", "Running")),
            "guard0 as a guard, exit0 as an exit");
  EXPECT_EQ(missing_in(plan, guard + exit + status("auth0", "Authority Valid")), "auth0, middle0");
  EXPECT_EQ(missing_in(plan, ""), "auth0, guard0, middle0, exit0");
}

std::string const kPreamble =
    "network-status-version 3 microdesc\nvote-status consensus\nconsensus-method 34\n"
    "valid-after 2026-11-24 03:00:00\nfresh-until 2026-11-24 03:30:00\n"
    "valid-until 2026-11-24 04:30:00\n";

TEST(ConsensusTest, TellsItsTimes) {
  auto const times = consensus_times(kPreamble).value();
  EXPECT_EQ(times.valid_after, at("2026-11-24T03:00:00Z"));
  EXPECT_EQ(times.fresh_until, at("2026-11-24T03:30:00Z"));
  EXPECT_EQ(times.valid_until, at("2026-11-24T04:30:00Z"));
  EXPECT_FALSE(consensus_times(""));
  EXPECT_FALSE(consensus_times(kPreamble.substr(0, kPreamble.find("valid-until"))));
  EXPECT_FALSE(consensus_times(kPreamble + "valid-after nonsense\n"));
}

class WarmthTest : public testing::Test {
 protected:
  WarmthTest() {
    NetworkSpec spec;
    spec.folder = runtime::make_temporary_folder("perfd-test").value();
    spec.authorities = 3;
    plan_ = make_plan(spec).value();
    for (auto const& node : plan_.nodes) {
      std::filesystem::create_directories(node.folder / "keys");
      runtime::write_file(node.folder / "keys" / "secret_id_key", "key").value();
      runtime::write_file(node.folder / "state", "state").value();
      if (!node.is_authority()) continue;
      runtime::write_file(node.folder / "cached-descriptors.new", "x").value();
      runtime::write_file(node.folder / "cached-microdesc-consensus", kPreamble).value();
    }
    write_bandwidths(plan_);
  }
  static void write_bandwidths(Plan const& plan) {
    runtime::write_file(plan.folder / "bandwidths.wanted", describe_bandwidths(plan)).value();
  }
  ~WarmthTest() override { std::filesystem::remove_all(plan_.folder); }
  Plan plan_;
};

TEST_F(WarmthTest, NeedsAConsensusThatLivesLongEnoughAtEveryAuthority) {
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T03:01:00Z")), Warmth::warm);
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T04:09:59Z")), Warmth::warm);
  // The authorities' own vote would come too late.
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T04:10:01Z")), Warmth::keys_and_descriptors);
  // The clock went back.
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T02:59:59Z")), Warmth::keys_and_descriptors);
  std::filesystem::remove(plan_.nodes[2].folder / "cached-microdesc-consensus");
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T03:01:00Z")), Warmth::keys_and_descriptors);
  std::filesystem::remove(plan_.nodes[1].folder / "cached-descriptors.new");
  EXPECT_EQ(find_warmth(plan_, at("2026-11-24T03:01:00Z")), Warmth::cold);
}

TEST_F(WarmthTest, OtherBandwidthsNeedOtherDescriptorsAndAnotherVote) {
  auto const now = at("2026-11-24T03:01:00Z");
  for (auto const change :
       {+[](RelaySpec& r) { r.rate = KiB(200); }, +[](RelaySpec& r) { r.weight = 5; },
        +[](RelaySpec& r) { r.observed = Bytes{9000}; }}) {
    auto other = plan_;
    change(other.nodes[4].relay);
    EXPECT_EQ(find_warmth(other, now), Warmth::cold);
    write_bandwidths(other);
    EXPECT_EQ(find_warmth(other, now), Warmth::warm);
    write_bandwidths(plan_);
  }
  EXPECT_EQ(find_warmth(plan_, now), Warmth::warm);
  std::filesystem::remove(plan_.folder / "bandwidths.wanted");
  EXPECT_EQ(find_warmth(plan_, now), Warmth::cold);
}

TEST_F(WarmthTest, ForgettingLeavesKeysAlone) {
  forget_consensus(plan_);
  EXPECT_FALSE(std::filesystem::exists(plan_.nodes[0].folder / "cached-microdesc-consensus"));
  EXPECT_TRUE(std::filesystem::exists(plan_.nodes[0].folder / "cached-descriptors.new"));
  ASSERT_TRUE(forget_everything_but_keys(plan_));
  for (auto const& node : plan_.nodes) {
    EXPECT_TRUE(std::filesystem::exists(node.folder / "keys" / "secret_id_key"));
    EXPECT_FALSE(std::filesystem::exists(node.folder / "state"));
    EXPECT_FALSE(std::filesystem::exists(node.folder / "cached-descriptors.new"));
  }
}

TEST(VoteTest, ASecondIsChosenThatLeavesTimeForTheVote) {
  auto const now = [](std::int64_t ms) { return wall_from_us(1'800'000'000'000'000 + ms * 1000); };
  constexpr std::int64_t kSecond = 1'800'000'000;
  // One authority casts its vote at once: the next second, if there is time before it.
  EXPECT_EQ(choose_valid_after(now(0), 1, 0), kSecond + 1);
  EXPECT_EQ(choose_valid_after(now(840), 1, 0), kSecond + 1);
  EXPECT_EQ(choose_valid_after(now(860), 1, 0), kSecond + 2);
  // Several need a second to see the schedule, one to exchange votes and two for signatures.
  EXPECT_EQ(choose_valid_after(now(500), 3, 0), kSecond + 4);
  EXPECT_EQ(choose_valid_after(now(700), 3, 0), kSecond + 5);
  // Each further attempt gives more time.
  for (int attempt = 1; attempt < 5; ++attempt)
    for (std::size_t const authorities : {1U, 3U})
      EXPECT_GE(choose_valid_after(now(500), authorities, attempt),
                choose_valid_after(now(500), authorities, attempt - 1));
  EXPECT_EQ(choose_valid_after(now(500), 1, 4), kSecond + 3);
}

}  // namespace
}  // namespace perfd::testnet
