#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tor/support/script.h"

namespace perfd::tor {
namespace {

using test::at;
using test::relay;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string const kA = relay('A', "guard");
std::string const kB = relay('B', "middle");
std::string const kC = relay('C', "exit");
std::string const kD = relay('D', "extra");

std::vector<std::string> statuses(auto const& object) {
  std::vector<std::string> out;
  for (auto const& state : object.states) out.push_back(state.status);
  return out;
}

// A circuit whose end makes it visible in the sink.
void build(test::Script& tor, std::string const& id, std::int64_t ms,
           std::string const& more = " PURPOSE=GENERAL") {
  tor(ms, "CIRC " + id + " LAUNCHED" + more);
  tor(ms + 10, "CIRC " + id + " EXTENDED " + kA + more);
  tor(ms + 30, "CIRC " + id + " EXTENDED " + kA + "," + kB + more);
  tor(ms + 60, "CIRC " + id + " EXTENDED " + kA + "," + kB + "," + kC + more);
  tor(ms + 61, "CIRC " + id + " BUILT " + kA + "," + kB + "," + kC + more);
}

TEST(TrackedCircuit, HasEveryStateAndTheTimeOfEachHop) {
  test::Script tor;
  tor(0,
      "BUILDTIMEOUT_SET COMPUTED TOTAL_TIMES=100 TIMEOUT_MS=815 XM=283 ALPHA=1.5 "
      "CUTOFF_QUANTILE=0.8 TIMEOUT_RATE=0.2 CLOSE_MS=60000 CLOSE_RATE=0.01");
  build(tor, "5", 100,
        " BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL TIME_CREATED=2026-11-24T03:40:11.098765 "
        "SOCKS_USERNAME=\"u\"");
  EXPECT_THAT(tor.sink.circuits, IsEmpty()) << "still open";
  EXPECT_EQ(tor.tracker.open_circuits(), 1U);
  tor(900, "CIRC 5 CLOSED " + kA + "," + kB + "," + kC +
               " PURPOSE=GENERAL REASON=DESTROYED REMOTE_REASON=OR_CONN_CLOSED");
  ASSERT_THAT(tor.sink.circuits, SizeIs(1));
  auto const& circuit = tor.sink.circuits[0];
  EXPECT_EQ(circuit.id, 5U);
  EXPECT_EQ(circuit.instance, "plain");
  EXPECT_EQ(circuit.tor_run, 7U);
  EXPECT_EQ(to_us(circuit.launched_at), 1'795'491'611'098'765);
  EXPECT_EQ(circuit.purpose, "GENERAL");
  EXPECT_EQ(circuit.build_flags, "NEED_CAPACITY");
  EXPECT_EQ(circuit.socks_username, "u");
  EXPECT_THAT(circuit.path, ElementsAre(model::Hop{std::string(40, 'A'), "guard", at(110)},
                                        model::Hop{std::string(40, 'B'), "middle", at(130)},
                                        model::Hop{std::string(40, 'C'), "exit", at(160)}));
  EXPECT_THAT(statuses(circuit),
              ElementsAre("LAUNCHED", "EXTENDED", "EXTENDED", "EXTENDED", "BUILT", "CLOSED"));
  EXPECT_EQ(circuit.states[4].at, at(161));
  EXPECT_EQ(circuit.built_at, at(161));
  EXPECT_EQ(circuit.closed_at, at(900));
  EXPECT_FALSE(circuit.failed);
  EXPECT_EQ(circuit.reason, "DESTROYED");
  EXPECT_EQ(circuit.remote_reason, "OR_CONN_CLOSED");
  EXPECT_EQ(circuit.build_timeout, Micros{815'000});
  EXPECT_EQ(circuit.timeout_quantile, 0.8);
  EXPECT_EQ(tor.tracker.open_circuits(), 0U);
}

TEST(TrackedCircuit, KeepsTheBuildTimeoutOfItsLaunch) {
  test::Script tor;
  tor(0, "CIRC 1 LAUNCHED");
  tor(1, "BUILDTIMEOUT_SET COMPUTED TIMEOUT_MS=815 CUTOFF_QUANTILE=0.8");
  tor(2, "CIRC 2 LAUNCHED");
  EXPECT_TRUE(tor.tracker.build_timeout().learned);
  tor(3, "BUILDTIMEOUT_SET RESET TIMEOUT_MS=60000 CUTOFF_QUANTILE=0.8");
  EXPECT_FALSE(tor.tracker.build_timeout().learned);
  tor(4, "CIRC 2 FAILED REASON=TIMEOUT");
  tor(4, "CIRC 1 FAILED REASON=TIMEOUT");
  EXPECT_EQ(tor.sink.circuits[0].build_timeout, Micros{815'000});
  EXPECT_FALSE(tor.sink.circuits[1].build_timeout);
}

TEST(TrackedCircuit, ThatFailsIsHandedOverWithWhatItReached) {
  test::Script tor;
  tor(0, "CIRC 6 LAUNCHED PURPOSE=GENERAL");
  tor(5, "CIRC 6 EXTENDED " + kA + " PURPOSE=GENERAL");
  tor(9, "CIRC 6 FAILED " + kA + " PURPOSE=GENERAL REASON=DESTROYED REMOTE_REASON=CONNECTFAILED");
  ASSERT_THAT(tor.sink.circuits, SizeIs(1));
  auto const& circuit = tor.sink.circuits[0];
  EXPECT_TRUE(circuit.failed);
  EXPECT_FALSE(circuit.built_at);
  EXPECT_EQ(circuit.reason, "DESTROYED");
  EXPECT_EQ(circuit.remote_reason, "CONNECTFAILED");
  EXPECT_EQ(circuit.launched_at, at(0)) << "no TIME_CREATED: the event's time";
}

TEST(TrackedCircuit, ThatIsCannibalizedGrowsAndKeepsItsFirstTimes) {
  test::Script tor;
  build(tor, "8", 0, " PURPOSE=GENERAL TIME_CREATED=2026-11-24T03:40:11.000001");
  auto const path = kA + "," + kB + "," + kC;
  tor(5000, "CIRC_MINOR 8 CANNIBALIZED " + path +
                " PURPOSE=HS_CLIENT_REND HS_STATE=HSCR_CONNECTING REND_QUERY=abc "
                "TIME_CREATED=2026-11-24T03:40:15.999999 OLD_PURPOSE=GENERAL");
  tor(5100, "CIRC 8 EXTENDED " + path + "," + kD + " PURPOSE=HS_CLIENT_REND");
  tor(5101, "CIRC 8 BUILT " + path + "," + kD + " PURPOSE=HS_CLIENT_REND");
  tor(5200, "CIRC_MINOR 8 PURPOSE_CHANGED " + path + "," + kD +
                " PURPOSE=HS_CLIENT_REND HS_STATE=HSCR_JOINED OLD_PURPOSE=HS_CLIENT_REND "
                "OLD_HS_STATE=HSCR_ESTABLISHED_IDLE");
  tor(6000, "CIRC 8 CLOSED " + path + "," + kD + " PURPOSE=HS_CLIENT_REND REASON=FINISHED");
  auto const& circuit = tor.sink.circuits.at(0);
  EXPECT_EQ(to_us(circuit.launched_at) % 1'000'000, 1);
  EXPECT_EQ(circuit.built_at, at(61));
  EXPECT_EQ(circuit.hs_state, "HSCR_JOINED");
  EXPECT_EQ(circuit.rend_query, "abc");
  ASSERT_THAT(circuit.path, SizeIs(4));
  EXPECT_EQ(circuit.path[2].extended_at, at(60));
  EXPECT_EQ(circuit.path[3].extended_at, at(5100));
  EXPECT_THAT(statuses(circuit),
              ElementsAre("LAUNCHED", "EXTENDED", "EXTENDED", "EXTENDED", "BUILT", "CANNIBALIZED",
                          "EXTENDED", "BUILT", "PURPOSE_CHANGED", "CLOSED"));
  EXPECT_EQ(circuit.states[5].detail, "HS_CLIENT_REND HSCR_CONNECTING");
  EXPECT_EQ(tor.tracker.tally().total().built, 1U) << "it was built once";
}

TEST(TrackedCircuit, KnowsItsConfluxSet) {
  test::Script tor;
  tor(0,
      "CIRC 18 LAUNCHED BUILD_FLAGS=NEED_CAPACITY,NEED_UPTIME PURPOSE=CONFLUX_UNLINKED "
      "TIME_CREATED=2026-11-24T03:40:11.000000 CONFLUX_ID=AB");
  tor(50, "CIRC_MINOR 18 PURPOSE_CHANGED " + kA +
              " PURPOSE=CONFLUX_LINKED CONFLUX_ID=AB CONFLUX_RTT=61234 "
              "OLD_PURPOSE=CONFLUX_UNLINKED");
  tor(90, "CIRC 18 CLOSED " + kA + " PURPOSE=CONFLUX_LINKED CONFLUX_ID=AB REASON=FINISHED");
  auto const& circuit = tor.sink.circuits.at(0);
  EXPECT_EQ(circuit.conflux_id, "AB");
  EXPECT_EQ(circuit.conflux_rtt, Micros{61234});
  EXPECT_EQ(circuit.purpose, "CONFLUX_LINKED");
  EXPECT_EQ(circuit.states[1].detail, "CONFLUX_LINKED");
}

TEST(TrackedCircuit, WhoseBeginningWasNotSeenClaimsNoTimes) {
  test::Script tor;
  tor(500, "CIRC 3 EXTENDED " + kA + "," + kB + " TIME_CREATED=2026-11-24T03:40:11.000000");
  tor(600, "CIRC 3 BUILT " + kA + "," + kB);
  tor(700, "CIRC 3 CLOSED " + kA + "," + kB + " REASON=FINISHED");
  auto const& circuit = tor.sink.circuits.at(0);
  EXPECT_EQ(circuit.path[0].extended_at, WallTime{});
  EXPECT_EQ(circuit.path[1].extended_at, at(500)) << "this hop came just then";
  EXPECT_EQ(circuit.launched_at, at(0));
  EXPECT_FALSE(circuit.failed);
}

TEST(BuiltCircuits, AreThoseThatAreOpenWithTheirFirstHops) {
  test::Script tor;
  auto const hops = [&] { return tor.tracker.built_circuits().first_hops(); };
  tor(0, "CIRC 1 LAUNCHED PURPOSE=GENERAL");
  tor(5, "CIRC 1 EXTENDED " + kA + " PURPOSE=GENERAL");
  tor(6, "CIRC 2 LAUNCHED BUILD_FLAGS=ONEHOP_TUNNEL,IS_INTERNAL PURPOSE=GENERAL");
  tor(7, "CIRC 2 BUILT " + kD + " BUILD_FLAGS=ONEHOP_TUNNEL,IS_INTERNAL PURPOSE=GENERAL");
  EXPECT_THAT(hops(), IsEmpty()) << "not built yet, and of one hop";
  build(tor, "3", 100);
  build(tor, "4", 200);
  EXPECT_THAT(hops(), ElementsAre(std::pair(std::string(40, 'A'), "guard")));
  EXPECT_THAT(tor.tracker.built_circuits().all(), SizeIs(2));
  EXPECT_EQ(tor.tracker.built_circuits().all().begin()->second.launched_at, at(100));
  tor(300, "CIRC 3 CLOSED " + kA + "," + kB + "," + kC + " PURPOSE=GENERAL REASON=FINISHED");
  EXPECT_THAT(hops(), SizeIs(1)) << "the other has it still";
  tor.tracker.tor_died(at(400));
  EXPECT_THAT(hops(), IsEmpty());
  EXPECT_THAT(tor.tracker.built_circuits().all(), IsEmpty());
}

TEST(Tally, CountsByGuardAndReason) {
  test::Script tor;
  build(tor, "1", 0);
  tor(100, "CIRC 1 CLOSED " + kA + "," + kB + "," + kC + " PURPOSE=GENERAL REASON=FINISHED");
  tor(101, "CIRC 2 LAUNCHED PURPOSE=GENERAL");
  tor(102, "CIRC 2 EXTENDED " + kA + " PURPOSE=GENERAL");
  // A slow one: tor lets it go on to learn, then gives up.
  tor(103, "CIRC_MINOR 2 PURPOSE_CHANGED " + kA + " PURPOSE=MEASURE_TIMEOUT OLD_PURPOSE=GENERAL");
  tor(104, "CIRC 2 FAILED " + kA + " PURPOSE=MEASURE_TIMEOUT REASON=TIMEOUT");
  tor(105, "CIRC 3 LAUNCHED PURPOSE=GENERAL");
  tor(106, "CIRC 3 FAILED PURPOSE=GENERAL REASON=TIMEOUT");
  tor(107, "CIRC 4 LAUNCHED BUILD_FLAGS=ONEHOP_TUNNEL PURPOSE=GENERAL");
  tor(108, "CIRC 4 FAILED BUILD_FLAGS=ONEHOP_TUNNEL PURPOSE=GENERAL REASON=CONNECTFAILED");
  auto const& tally = tor.tracker.tally().by_guard();
  ASSERT_THAT(tally, SizeIs(2));
  EXPECT_EQ(tally.at(std::string(40, 'A')),
            (GuardTally{.built = 1,
                        .failed = 1,
                        .timed_out = 1,
                        .closed = 1,
                        .reasons = {{"FINISHED", 1}, {"TIMEOUT", 1}}}));
  EXPECT_EQ(
      tally.at(""),
      (GuardTally{
          .built = 0, .failed = 1, .timed_out = 1, .closed = 0, .reasons = {{"TIMEOUT", 1}}}));
  EXPECT_EQ(tor.tracker.tally().total().failed, 2U);
  std::map<CircuitTally::Fate, std::uint64_t> const fates{
      {{"built", ""}, 1}, {{"closed", "FINISHED"}, 1}, {{"failed", "TIMEOUT"}, 2}};
  EXPECT_EQ(tor.tracker.tally().by_fate(), fates);
}

}  // namespace
}  // namespace perfd::tor
