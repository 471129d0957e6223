// What a policy tells tor, and when: in virtual time, against a scripted tor.
#include "tor/guard_keeper.h"

#include <gmock/gmock.h>

#include "tor/support/part_fixture.h"

namespace perfd::tor {
namespace {

using config::GuardPolicy;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The relay's fingerprint is a hex digit 40 times; in base64 as the consensus has it.
std::string fp(char digit) { return std::string(40, digit); }
std::string identity(char digit) {
  switch (digit) {
    case 'A':
      return "qqqqqqqqqqqqqqqqqqqqqqqqqqo";
    case 'B':
      return "u7u7u7u7u7u7u7u7u7u7u7u7u7s";
    case 'C':
      return "zMzMzMzMzMzMzMzMzMzMzMzMzMw";
    case 'D':
      return "3d3d3d3d3d3d3d3d3d3d3d3d3d0";
    case 'E':
      return "7u7u7u7u7u7u7u7u7u7u7u7u7u4";
    default:
      return "//////////////////////////8";  // F
  }
}

std::string status(char digit, int bandwidth,
                   std::string const& flags = "Fast Guard Running Stable V2Dir Valid") {
  std::string const name(1, digit);
  return "r relay" + name + " " + identity(digit) + " 2026-11-24 03:00:00 127.0.2." +
         std::to_string(digit - 'A') + " 1 0\ns " + flags +
         "\nw Bandwidth=" + std::to_string(bandwidth) + "\n";
}
std::string descriptor(char digit, int advertised) {
  return "router r 127.0.2.1 1 0 0\nfingerprint " + fp(digit) + "\nbandwidth 9999999 9999999 " +
         std::to_string(advertised) + "\n";
}

struct Told final : GuardObserver {
  std::vector<model::GuardRanking> rankings;
  std::vector<model::GuardChoice> choices;
  std::vector<std::string> troubles;  // "event: detail"

  void on_guard_ranking(model::GuardRanking ranking) override {
    rankings.push_back(std::move(ranking));
  }
  void on_guard_choice(model::GuardChoice const& choice) override { choices.push_back(choice); }
  void on_guard_trouble(std::string const& instance, std::string_view event,
                        std::string const& detail) override {
    EXPECT_EQ(instance, "kept");
    troubles.push_back(std::string(event) + ": " + detail);
  }
  // "reason: ABC" of each choice, with the fingerprints' first digits.
  [[nodiscard]] std::vector<std::string> chosen() const {
    std::vector<std::string> out;
    for (auto const& choice : choices) {
      auto& text = out.emplace_back(choice.reason.substr(0, choice.reason.find(' ') + 2) + ": ");
      if (choice.reason.find(' ') == std::string::npos) text = choice.reason + ": ";
      for (auto const& one : choice.set) text += one[0];
    }
    return out;
  }
};

class GuardKeeperTest : public test::PartTest {
 protected:
  GuardKeeperTest() {
    auto& info = port_.info;
    info["events/names"] = "CIRC STREAM STATUS_CLIENT NEWCONSENSUS GUARD";
    info["status/enough-dir-info"] = "1";
    info["ns/all"] = status('A', 100) + status('B', 200) + status('C', 300) + status('D', 400) +
                     status('E', 900, "Fast Exit Running Stable V2Dir Valid");
    info["ip-to-country/ipv4-available"] = "1";
    for (auto const& [digit, country] :
         {std::pair{'A', "xa"}, {'B', "xb"}, {'C', "xa"}, {'D', "??"}})
      info["ip-to-country/127.0.2." + std::to_string(digit - 'A')] = country;
    settings_.count = 2;
  }

  void start(GuardPolicy policy) {
    settings_.guards.policy = policy;
    settings_.policy = "the policy";
    keeper_ = std::make_unique<GuardKeeper>(loop_, nullptr, settings_, told_);
    make_instance("kept").add_part(*keeper_);
    start_tor();
  }
  void new_consensus(std::string const& valid_after) {
    port_.info["consensus/valid-after"] = valid_after;
    port_.say("650+NEWCONSENSUS\r\nr x\r\n.\r\n650 OK");
    pass(milliseconds(1));
  }
  static std::string set(std::string const& nodes, int count) {
    auto const number = std::to_string(count);
    return "SETCONF EntryNodes=\"" + nodes +
           "\" StrictNodes=\"1\" UseEntryGuards=\"1\" NumEntryGuards=\"" + number +
           "\" NumPrimaryGuards=\"" + number + "\"";
  }
  static std::string two(char a, char b) { return set("$" + fp(a) + ",$" + fp(b), 2); }

  Told told_;
  GuardSettings settings_;
  std::unique_ptr<GuardKeeper> keeper_;
};

TEST_F(GuardKeeperTest, SetsTheFirstOfTheRankingAndTellsWhatIsInForce) {
  start(GuardPolicy::fast);
  EXPECT_THAT(commands(), ElementsAre(two('D', 'C')));
  EXPECT_EQ(instance_->held_back(), std::nullopt);
  EXPECT_THAT(told_.troubles, IsEmpty());
  ASSERT_THAT(told_.choices, SizeIs(1));
  auto const& choice = told_.choices[0];
  EXPECT_EQ(choice.instance, "kept");
  EXPECT_EQ(choice.tor_run, instance_->tracker().run());
  EXPECT_EQ(choice.policy, "the policy");
  EXPECT_EQ(choice.reason, "start");
  EXPECT_THAT(choice.set, ElementsAre(fp('D'), fp('C')));
  EXPECT_EQ(to_us(choice.consensus_valid_after.value()), 1'795'489'200'000'000);
  ASSERT_THAT(told_.rankings, SizeIs(1));
  EXPECT_THAT(told_.rankings[0].guards, SizeIs(4));
  EXPECT_EQ(told_.rankings[0].guards[0].nickname, "relayD");
  EXPECT_EQ(told_.rankings[0].guards[0].country, "");
  EXPECT_EQ(told_.rankings[0].guards[1].country, "xa");
  auto const guards = instance_->view().guards.value();
  EXPECT_EQ(guards.policy, "the policy");
  EXPECT_EQ(guards.set, choice.set);
  EXPECT_EQ(guards.set_at, choice.at);
  EXPECT_FALSE(guards.dropped_at);
}

TEST_F(GuardKeeperTest, SetsTheLightestForSlow) {
  start(GuardPolicy::slow);
  EXPECT_THAT(commands(), ElementsAre(two('A', 'B')));
}

TEST_F(GuardKeeperTest, HoldsMeasurementsBackUntilTorKnowsTheNetwork) {
  port_.info["status/enough-dir-info"] = "0";
  start(GuardPolicy::fast);
  EXPECT_THAT(instance_->held_back().value(),
              HasSubstr("guards: tor has too little directory information"));
  EXPECT_THAT(instance_->view().guards.value().set, IsEmpty());
  EXPECT_FALSE(instance_->view().guards.value().set_at);
  pass(seconds(600));
  EXPECT_THAT(commands(), IsEmpty());
  port_.info["status/enough-dir-info"] = "1";
  // Looks again at least once a minute.
  pass(seconds(60));
  EXPECT_THAT(commands(), ElementsAre(two('D', 'C')));
  EXPECT_EQ(instance_->held_back(), std::nullopt);
}

TEST_F(GuardKeeperTest, RanksByRatioOnceNinetyNinePercentOfTheDescriptorsAreThere) {
  // Ratios: A 2, B 1, C 3, D 0.5.
  auto const known = descriptor('A', 50'000) + descriptor('B', 200'000) + descriptor('C', 100'000) +
                     descriptor('D', 800'000);
  port_.info["desc/all-recent"] = known;
  start(GuardPolicy::fast_ratio);
  EXPECT_EQ(instance_->held_back().value(),
            "guards: the descriptors of 80 % of the relays are known, and 99 are needed");
  EXPECT_THAT(commands(), IsEmpty());
  port_.info["desc/all-recent"] = known + descriptor('E', 1);
  pass(seconds(1));
  EXPECT_THAT(commands(), ElementsAre(two('C', 'A')));
  EXPECT_EQ(told_.rankings.at(0).guards.at(0).self_advertised, 100'000);
}

TEST_F(GuardKeeperTest, ChoosesAnewAtEachConsensusAndForgetsWhatWasUsed) {
  start(GuardPolicy::fast);
  say("GUARD ENTRY $" + fp('D') + "~relayD DOWN");
  commands();
  new_consensus("2026-11-24 04:00:00");
  EXPECT_THAT(commands(), ElementsAre(two('D', 'C')));
  port_.info["ns/all"] = status('A', 900) + status('B', 200);
  new_consensus("2026-11-24 05:00:00");
  EXPECT_THAT(commands(), ElementsAre(two('A', 'B')));
  EXPECT_THAT(told_.chosen(),
              ElementsAre("start: DC", "guard-down D: BC", "consensus: DC", "consensus: AB"));
  EXPECT_THAT(told_.rankings, SizeIs(3));
}

TEST_F(GuardKeeperTest, ReplacesAtOnceWhatFailsAndStartsOverWhenAllWereUsed) {
  start(GuardPolicy::fast);
  commands();
  say("GUARD ENTRY $" + fp('A') + "~relayA DOWN");  // not set
  say("GUARD ENTRY $" + fp('D') + "~relayD UP");
  EXPECT_THAT(commands(), IsEmpty());
  say("GUARD ENTRY $" + fp('D') + "~relayD DOWN");
  EXPECT_THAT(commands(), ElementsAre(two('B', 'C')));
  say("GUARD ENTRY $" + fp('C') + "~relayC BAD");
  EXPECT_THAT(commands(), ElementsAre(two('B', 'A')));
  EXPECT_THAT(told_.troubles, IsEmpty());
  say("CIRC 1 BUILT $" + fp('A') + ",$" + fp('E') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");
  say("GUARD ENTRY $" + fp('B') + "~relayB DROPPED");
  EXPECT_THAT(commands(), ElementsAre(two('D', 'A')));
  ASSERT_THAT(told_.troubles, SizeIs(1));
  EXPECT_THAT(told_.troubles[0], HasSubstr("guards-used-up: guard-dropped " + fp('B')));
  EXPECT_THAT(told_.chosen(), ElementsAre("start: DC", "guard-down D: BC", "guard-bad C: BA",
                                          "guard-dropped B: DA"));
}

// Else a host without a network would use up all guards of the world in minutes.
TEST_F(GuardKeeperTest, TakesItsTimeWhereReplacementsDontHelp) {
  start(GuardPolicy::fast);
  auto const fail = [&] {
    auto const view = instance_->view();
    say("GUARD ENTRY $" + view.guards.value().set[0] + "~x DOWN");
  };
  for (int i = 0; i < 1000; ++i) {
    fail();
    pass(milliseconds(99));
  }
  // The first two, and after 1, 2, 4, 8, 16, 32 and 60 s.
  EXPECT_THAT(told_.choices, SizeIs(testing::AllOf(testing::Ge(8U), testing::Le(10U))));
  // Once a circuit is built it was worth it.
  auto const view = instance_->view();
  say("CIRC 1 BUILT $" + view.guards.value().set[1] + ",$" + fp('E') +
      " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");
  auto const before = told_.choices.size();
  fail();
  EXPECT_EQ(told_.choices.size(), before + 1);
}

TEST_F(GuardKeeperTest, KeepsTheOnlyGuardOfAListAlsoWhenItIsDown) {
  settings_.guards.fingerprints = {fp('B')};
  start(GuardPolicy::list);
  EXPECT_THAT(commands(), ElementsAre(set("$" + fp('B'), 1)));
  say("GUARD ENTRY $" + fp('B') + "~relayB DOWN");
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_EQ(instance_->held_back(), std::nullopt);
}

TEST_F(GuardKeeperTest, TakesAListInItsOrderAndTellsWhatIsNoGuard) {
  settings_.guards.fingerprints = {fp('B'), fp('E'), fp('F')};
  settings_.guards.countries = {"xa", "jp"};
  start(GuardPolicy::list);
  EXPECT_THAT(commands(), ElementsAre(two('B', 'C')));
  EXPECT_THAT(
      told_.troubles,
      ElementsAre("guard-unknown: " + fp('E') + " is no guard in the consensus, and is left out",
                  "guard-unknown: " + fp('F') + " is no guard in the consensus, and is left out",
                  "guard-unknown: {jp} has no guard in the consensus"));
  // Once, not at each consensus.
  new_consensus("2026-11-24 04:00:00");
  EXPECT_THAT(told_.troubles, SizeIs(3));
}

TEST_F(GuardKeeperTest, OffersNothingWhileNoneOfAListIsThere) {
  settings_.guards.fingerprints = {fp('F')};
  start(GuardPolicy::list);
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_EQ(instance_->held_back().value(), "guards: none of the list is a guard in the consensus");
  EXPECT_THAT(told_.chosen(), ElementsAre("start: "));
  EXPECT_THAT(told_.troubles, testing::Contains(HasSubstr("guards-none")));
  // tor may build circuits all the same, or it would never have bootstrapped.
  port_.info["circuit-status"] =
      "1 BUILT $" + fp('A') + ",$" + fp('B') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL\n";
  say("CIRC 1 BUILT $" + fp('A') + ",$" + fp('B') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");
  EXPECT_THAT(commands(), IsEmpty());
  port_.info["circuit-status"] = "";
  // Two consensuses later it is one.
  new_consensus("2026-11-24 04:00:00");
  EXPECT_NE(instance_->held_back(), std::nullopt);
  port_.info["ns/all"] += status('F', 1);
  new_consensus("2026-11-24 05:00:00");
  EXPECT_THAT(commands(), ElementsAre(set("$" + fp('F'), 1)));
  EXPECT_EQ(instance_->held_back(), std::nullopt);
}

TEST_F(GuardKeeperTest, ClosesUnusedCircuitsThatStartElsewhereAndTheOthersWhenTheirStreamsEnd) {
  auto const at = [](char digit) { return "$" + fp(digit) + "~relay" + std::string(1, digit); };
  auto const circuits =
      "1 BUILT " + at('A') + "," + at('B') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL\n" +
      "2 BUILT " + at('D') + "," + at('B') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL\n" +
      "3 BUILT " + at('B') + " BUILD_FLAGS=ONEHOP_TUNNEL,IS_INTERNAL PURPOSE=GENERAL\n" +
      "4 BUILT " + at('A') + "," + at('C') + " PURPOSE=GENERAL\n" + "5 EXTENDED " + at('B') +
      " BUILD_FLAGS=NEED_CAPACITY PURPOSE=CONFLUX_UNLINKED\n" +
      "6 LAUNCHED BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL\n" + "7 BUILT " + at('A') + "," +
      at('C') + " BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_SERVICE_INTRO\n";
  port_.info["circuit-status"] = circuits;
  start(GuardPolicy::fast);
  EXPECT_THAT(commands(),
              ElementsAre(two('D', 'C'), "CLOSECIRCUIT 1 IfUnused", "CLOSECIRCUIT 5 IfUnused"));
  // Still there: they carry streams. One of them ends.
  say("STREAM 9 SUCCEEDED 1 www.perfd.test:80");
  EXPECT_THAT(commands(), IsEmpty());
  port_.info["circuit-status"] = circuits.substr(circuits.find("5 "));
  say("STREAM 9 CLOSED 1 www.perfd.test:80 REASON=END");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 5 IfUnused"));
  port_.info["circuit-status"] = "";
  say("STREAM 10 DETACHED 5 www.perfd.test:80 REASON=END");
  say("STREAM 10 CLOSED 5 www.perfd.test:80 REASON=END");
  EXPECT_THAT(commands(), IsEmpty());
  // One that was begun before the guards were set, and is seen now.
  port_.info["circuit-status"] = "6 EXTENDED " + at('B') + " BUILD_FLAGS=NEED_CAPACITY";
  say("CIRC 6 EXTENDED " + at('B') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 6 IfUnused"));
  say("CIRC 8 EXTENDED " + at('C') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(GuardKeeperTest, DropsAtIntervalsAndChoosesAnew) {
  settings_.drop_every = std::chrono::hours(6);
  start(GuardPolicy::fast);
  commands();
  say("GUARD ENTRY $" + fp('D') + "~relayD DOWN");
  commands();
  pass(std::chrono::hours(6) - seconds(1));
  EXPECT_THAT(commands(), IsEmpty());
  // The guards that tor drops then are not replaced for it.
  port_.replies["DROPGUARDS"] = "650 GUARD ENTRY $" + fp('C') + "~relayC DROPPED\r\n250 OK";
  pass(seconds(1));
  EXPECT_THAT(commands(), ElementsAre("DROPGUARDS", "DROPTIMEOUTS", two('D', 'C')));
  EXPECT_THAT(told_.chosen(), ElementsAre("start: DC", "guard-down D: BC", "dropped: DC"));
  EXPECT_TRUE(instance_->view().guards.value().dropped_at);
  EXPECT_THAT(told_.rankings, SizeIs(1));
  say("GUARD ENTRY $" + fp('C') + "~relayC DROPPED");
  EXPECT_THAT(commands(), ElementsAre(two('D', 'B')));
}

TEST_F(GuardKeeperTest, DropsTorsOwnGuardsAndTheCircuitsThatBeginAtThem) {
  settings_.drop_every = std::chrono::hours(6);
  port_.info["circuit-status"] =
      "5 BUILT $" + fp('B') + ",$" + fp('E') + " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL\n";
  start(GuardPolicy::tor_default);
  EXPECT_EQ(instance_->held_back(), std::nullopt);
  ASSERT_THAT(told_.rankings, SizeIs(1));
  EXPECT_EQ(told_.rankings[0].guards[0].fingerprint, fp('D'));
  EXPECT_THAT(commands(), IsEmpty());
  pass(std::chrono::hours(6));
  EXPECT_THAT(commands(), ElementsAre("DROPGUARDS", "DROPTIMEOUTS", "CLOSECIRCUIT 5 IfUnused"));
  EXPECT_THAT(told_.chosen(), ElementsAre("dropped: "));
  auto const guards = instance_->view().guards.value();
  EXPECT_THAT(guards.set, IsEmpty());
  EXPECT_FALSE(guards.set_at);
  EXPECT_TRUE(guards.dropped_at);
}

TEST_F(GuardKeeperTest, OnlyRanksWhereTorChooses) {
  start(GuardPolicy::tor_default);
  new_consensus("2026-11-24 04:00:00");
  say("GUARD ENTRY $" + fp('D') + "~relayD DOWN");
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_THAT(told_.rankings, SizeIs(2));
  EXPECT_THAT(told_.choices, IsEmpty());
  EXPECT_EQ(instance_->view().guards.value().policy, "the policy");
}

TEST_F(GuardKeeperTest, ChoosesAnewWhenTorHasStartedAgain) {
  start(GuardPolicy::fast);
  commands();
  port_.die();
  pass(milliseconds(600));
  EXPECT_THAT(instance_->view().guards.value().set, IsEmpty());
  EXPECT_EQ(instance_->held_back().value(), "guards: not chosen yet");
  port_.info["process/pid"] = "101";
  port_.listen();
  pass(seconds(2));
  EXPECT_THAT(commands(), ElementsAre(two('D', 'C')));
  EXPECT_THAT(told_.chosen(), ElementsAre("start: DC", "start: DC"));
  EXPECT_NE(told_.choices[0].tor_run, told_.choices[1].tor_run);
}

TEST_F(GuardKeeperTest, HoldsBackAndTriesAgainWhereTorRefuses) {
  port_.replies["SETCONF"] = "553 Unable to set option";
  start(GuardPolicy::fast);
  EXPECT_THAT(instance_->held_back().value(), HasSubstr("553 Unable to set option"));
  EXPECT_THAT(told_.troubles, ElementsAre(HasSubstr("guards-refused")));
  EXPECT_THAT(told_.choices, IsEmpty());
  port_.replies.clear();
  pass(seconds(1));
  EXPECT_EQ(instance_->held_back(), std::nullopt);
  EXPECT_THAT(told_.chosen(), ElementsAre("start: DC"));
}

}  // namespace
}  // namespace perfd::tor
