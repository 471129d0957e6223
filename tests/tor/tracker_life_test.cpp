// What the tracker keeps, for how long, and what becomes of it when tor dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "places.h"
#include "tor/support/script.h"
#include "wire/torctl/support/control_log.h"

namespace perfd::tor {
namespace {

using test::at;
using testing::IsEmpty;
using testing::SizeIs;

// A stream with a circuit of its own, both closed.
void whole_life(test::Script& tor, int id, std::string const& username) {
  auto const n = std::to_string(id);
  auto const user = username.empty() ? "" : " SOCKS_USERNAME=\"" + username + "\"";
  tor(id, "CIRC " + n + " LAUNCHED");
  tor(id, "STREAM " + n + " NEW 0 a:80 SOURCE_ADDR=127.0.0.1:" + n + user);
  tor(id, "STREAM " + n + " SENTCONNECT " + n + " a:80" + user);
  tor(id, "STREAM " + n + " CLOSED " + n + " a:80 REASON=DONE" + user);
  tor(id, "CIRC " + n + " CLOSED REASON=FINISHED");
}

TrackerLimits few() {
  return {.open_circuits = 10, .open_streams = 10, .closed = 20, .object = {.states = 4}};
}

TEST(Tracker, KeepsClosedObjectsForAWhileOnly) {
  test::Script tor(few());
  for (int id = 1; id <= 2000; ++id) whole_life(tor, id, "m" + std::to_string(id));
  EXPECT_THAT(tor.sink.streams, SizeIs(2000));
  EXPECT_THAT(tor.sink.circuits, SizeIs(2000));
  EXPECT_TRUE(tor.tracker.stream_for("m2000"));
  EXPECT_TRUE(tor.tracker.stream_for("m1990"));
  EXPECT_FALSE(tor.tracker.stream_for("m1500"));
  EXPECT_EQ(tor.tracker.counters().dropped_objects, 0U);
}

TEST(Tracker, KeepsWhatIsWatchedForAsLongAsItIs) {
  test::Script tor(few());
  {
    auto const watch = tor.tracker.watch("mine");
    auto second = tor.tracker.watch("mine");
    whole_life(tor, 1, "mine");
    for (int id = 2; id <= 2000; ++id) whole_life(tor, id, "");
    second = {};
    auto const stream = tor.tracker.stream_for("mine");
    ASSERT_TRUE(stream);
    EXPECT_THAT(tor.tracker.circuits_for(*stream), SizeIs(1)) << "its circuit as well";
  }
  for (int id = 2001; id <= 4000; ++id) whole_life(tor, id, "");
  EXPECT_FALSE(tor.tracker.stream_for("mine"));
  EXPECT_EQ(tor.tracker.counters().forgotten_watched, 0U);
}

TEST(Tracker, AWatchMayOutliveIt) {
  CircuitStreamTracker::Watch watch;
  {
    test::Script tor;
    watch = tor.tracker.watch("mine");
  }
  watch = {};
}

TEST(Tracker, IsBoundedWhenTorNeverClosesAnything) {
  test::Script tor(few());
  auto const watch = tor.tracker.watch("u");
  for (int id = 1; id <= 100; ++id) {
    tor(id, "CIRC " + std::to_string(id) + " LAUNCHED SOCKS_USERNAME=\"u\"");
    tor(id, "STREAM " + std::to_string(id) + " NEW 0 a:80 SOCKS_USERNAME=\"u\"");
  }
  EXPECT_EQ(tor.tracker.open_circuits(), 10U);
  EXPECT_EQ(tor.tracker.open_streams(), 10U);
  EXPECT_EQ(tor.tracker.counters().dropped_objects, 180U);
  EXPECT_THAT(tor.sink.circuits, SizeIs(90)) << "handed over, not lost";
  EXPECT_FALSE(tor.sink.circuits[0].closed_at);
  EXPECT_EQ(tor.sink.circuits[0].id, 1U) << "the oldest go first";
}

TEST(Tracker, IsBoundedWhenOneCircuitNeverStopsChanging) {
  test::Script tor(few());
  tor(0, "CIRC 1 LAUNCHED");
  for (int i = 1; i <= 100; ++i) tor(i, "CIRC_MINOR 1 PURPOSE_CHANGED PURPOSE=X OLD_PURPOSE=Y");
  tor(200, "CIRC 1 CLOSED REASON=FINISHED");
  auto const& circuit = tor.sink.circuits.at(0);
  EXPECT_THAT(circuit.states, SizeIs(4));
  EXPECT_EQ(circuit.closed_at, at(200)) << "its end is known all the same";
  EXPECT_EQ(tor.tracker.counters().dropped_details, 98U);
}

TEST(Tracker, IsBoundedWhenEverythingIsWatched) {
  test::Script tor(few());
  auto const watch = tor.tracker.watch("u");
  for (int id = 1; id <= 2000; ++id) whole_life(tor, id, "u");
  EXPECT_GT(tor.tracker.counters().forgotten_watched, 0U);
  EXPECT_LT(tor.tracker.streams_for("u").size(), 500U);
  EXPECT_EQ(tor.tracker.stream_for("u")->id, 2000U);
}

TEST(Tracker, EndsEverythingWhenTorDies) {
  test::Script tor;
  tor(0, "BUILDTIMEOUT_SET COMPUTED TIMEOUT_MS=815 CUTOFF_QUANTILE=0.8");
  tor(0, "CIRC 1 LAUNCHED");
  tor(1, "CIRC 1 BUILT");
  tor(1, "CIRC 2 LAUNCHED");
  tor(2, "STREAM 3 NEW 0 a:80 SOCKS_USERNAME=\"u\"");
  tor(3, "STREAM 3 SENTCONNECT 1 a:80 SOCKS_USERNAME=\"u\"");
  tor.tracker.tor_died(at(9));
  ASSERT_THAT(tor.sink.streams, SizeIs(1));
  auto const& stream = tor.sink.streams[0];
  EXPECT_TRUE(stream.failed);
  EXPECT_EQ(stream.reason, "TOR_DIED");
  EXPECT_EQ(stream.closed_at, at(9));
  EXPECT_EQ(stream.attachments[0].detached_at, at(9));
  ASSERT_THAT(tor.sink.circuits, SizeIs(2));
  EXPECT_FALSE(tor.sink.circuits[0].failed) << "it was built";
  EXPECT_TRUE(tor.sink.circuits[1].failed);
  EXPECT_EQ(tor.sink.circuits[1].reason, "TOR_DIED");
  EXPECT_FALSE(tor.tracker.build_timeout().timeout);

  tor.tracker.tor_started(at(10), 8);
  EXPECT_THAT(tor.sink.circuits, SizeIs(2)) << "told once";
  tor(11, "CIRC 1 LAUNCHED");
  tor(12, "STREAM 3 NEW 0 a:80 SOCKS_USERNAME=\"u\"");
  EXPECT_EQ(tor.tracker.stream_for("u")->tor_run, 8U) << "the same ids, another run";
  EXPECT_THAT(tor.tracker.streams_for("u"), SizeIs(2));
  EXPECT_THAT(tor.tracker.circuits_for(tor.sink.streams[0]), SizeIs(1));
  EXPECT_EQ(tor.tracker.circuits_for(tor.sink.streams[0])[0].tor_run, 7U);
}

TEST(Tracker, AdoptsWhatARunningTorHas) {
  test::Script tor;
  auto const circuits =
      wire::torctl::parse_circuit_status("4 BUILT " + test::relay('A', "g") +
                                         " PURPOSE=GENERAL TIME_CREATED=2026-11-24T03:40:10\n"
                                         "5 LAUNCHED PURPOSE=GENERAL\n");
  auto const streams = wire::torctl::parse_stream_status("7 SUCCEEDED 4 a:80\n");
  tor.tracker.adopt(at(100), circuits, streams);
  EXPECT_EQ(tor.tracker.open_circuits(), 2U);
  EXPECT_EQ(tor.tracker.open_streams(), 1U);
  EXPECT_EQ(tor.tracker.tally().total().built, 0U) << "it was not built before our eyes";
  tor(200, "STREAM 7 CLOSED 4 a:80 REASON=DONE");
  tor(200, "CIRC 4 CLOSED " + test::relay('A', "g") + " REASON=FINISHED");
  EXPECT_THAT(tor.tracker.circuits_for(tor.sink.streams.at(0)), SizeIs(1));
  auto const& circuit = tor.sink.circuits.at(0);
  EXPECT_EQ(circuit.launched_at, at(-1000));
  EXPECT_EQ(circuit.path.at(0).extended_at, WallTime{});
  EXPECT_FALSE(circuit.built_at) << "nobody knows when";

  // The connection was lost for a while: what is gone has ended unseen.
  tor(250, "STREAM 8 NEW 0 a:80");
  tor.tracker.adopt(at(300), {}, {});
  EXPECT_EQ(tor.tracker.open_circuits(), 0U);
  EXPECT_EQ(tor.sink.streams.at(1).reason, "UNSEEN");
  EXPECT_EQ(tor.sink.circuits.at(1).reason, "UNSEEN");
}

TEST(Tracker, AdoptsTheSameAgainWithoutHarm) {
  test::Script tor;
  tor(0, "CIRC 4 LAUNCHED");
  tor(1, "CIRC 4 EXTENDED " + test::relay('A', "g"));
  tor.tracker.adopt(at(2),
                    wire::torctl::parse_circuit_status("4 EXTENDED " + test::relay('A', "g")), {});
  tor(3, "CIRC 4 BUILT " + test::relay('A', "g"));
  tor(4, "CIRC 4 CLOSED REASON=FINISHED");
  EXPECT_EQ(tor.sink.circuits.at(0).path.at(0).extended_at, at(1));
  EXPECT_EQ(tor.sink.circuits.at(0).built_at, at(3));
}

TEST(Tracker, DoesNotTakeWhatIsYoungerThanTheListsForGone) {
  test::Script tor;
  tor(0, "CIRC 4 LAUNCHED");
  auto const mark = tor.tracker.mark();
  // The lists were made here; these events were read before the lists' answer was looked at.
  tor(1, "CIRC 5 LAUNCHED");
  tor(1, "STREAM 6 NEW 0 a:80");
  tor.tracker.adopt(at(2), {}, {}, mark);
  EXPECT_EQ(tor.tracker.open_streams(), 1U);
  EXPECT_EQ(tor.tracker.open_circuits(), 1U);
  ASSERT_THAT(tor.sink.circuits, SizeIs(1));
  EXPECT_EQ(tor.sink.circuits[0].id, 4U);
}

// The real log begins in the middle and holds downloads of onion services by tor 0.3.5.
TEST(Tracker, UnderstandsARealLog) {
  test::Script tor;
  for (auto const& [time, reply] :
       test::read_control_log(perfd::test::data("onionperf.torctl.log")))
    tor.tracker.on_event(time, wire::torctl::parse_event(reply));
  auto const& counters = tor.tracker.counters();
  EXPECT_EQ(counters.dropped_objects + counters.dropped_details, 0U);
  EXPECT_EQ(counters.circuits, tor.sink.circuits.size() + tor.tracker.open_circuits());
  EXPECT_EQ(counters.streams, tor.sink.streams.size() + tor.tracker.open_streams());

  // Circuit 25 was built with three hops and carried the download of an onion service.
  tor.tracker.tor_died(wall_from_us(1'600'000'000'000'000));
  model::Circuit rend;
  for (auto const& circuit : tor.sink.circuits)
    if (circuit.id == 25) rend = circuit;
  EXPECT_EQ(rend.purpose, "HS_CLIENT_REND");
  EXPECT_EQ(rend.hs_state, "HSCR_JOINED");
  EXPECT_EQ(rend.rend_query, "5g73myzr5vf5uqajbs6vzo4bqkapzvpbavod5zdhf5g5fgz75dwe7gad");
  ASSERT_THAT(rend.path, SizeIs(3));
  EXPECT_EQ(rend.path[0].nickname, "NewYorkInternet0");
  EXPECT_LT(rend.path[0].extended_at, rend.path[1].extended_at);
  EXPECT_LE(rend.path[2].extended_at, *rend.built_at);
  bool carried = false;
  for (auto const& stream : tor.sink.streams)
    for (auto const& attachment : stream.attachments)
      if (attachment.circuit_id == 25) {
        carried = true;
        EXPECT_GT(stream.bytes_read, 0U);
      }
  EXPECT_TRUE(carried);
}

}  // namespace
}  // namespace perfd::tor
