// Circuits of chosen relays, shared circuits, and how tor allots streams, on real tors.
#include <set>

#include "app/real/station_fixture.h"

namespace perfd::app {
namespace {

using model::FailureCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Paths : public StationTest {
 protected:
  config::Experiment through(std::vector<std::vector<std::string>> nicknames) {
    auto out = experiment("path");
    for (auto& hop : nicknames) {
      for (auto& relay : hop) relay = fingerprint(relay);
      out.path.hops.push_back(std::move(hop));
    }
    return out;
  }
  std::vector<std::string> path_of(model::Measurement const& record) {
    std::vector<std::string> out;
    for (auto const& hop : record.tor.circuits.at(0).path) out.push_back(nickname(hop.fingerprint));
    return out;
  }
  std::string setting(std::string const& name) {
    ControlStrings keys{name};
    auto const values =
        loop_.run_until_done(instance(PrivateStation::kTor).control()->getconf(keys));
    return values.value().at(0).second.value_or("default");
  }
  using ControlStrings = tor::ControlConnection::Strings;
};

TEST_F(Paths, TheStreamGoesThroughTheChosenRelays) {
  start();
  auto const record = measure(through({{"guard1"}, {"middle0"}, {"exit1"}}));
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_THAT(path_of(record), ElementsAre("guard1", "middle0", "exit1"));
  EXPECT_TRUE(record.tor.chosen_path);
  EXPECT_EQ(record.tor.guard, fingerprint("guard1"));
  ASSERT_TRUE(record.tor.stream);
  ASSERT_EQ(record.tor.stream->attachments.size(), 1u);
  EXPECT_EQ(record.tor.stream->attachments[0].circuit_id, record.tor.circuits[0].id);
  EXPECT_LE(record.tor.circuits[0].built_at.value(), record.marks.at("START").value());
  EXPECT_EQ(setting("__LeaveStreamsUnattached"), "0") << "tor is left as it was";

  // Uploads and names go the same way.
  auto upload = through({{"guard0"}, {"middle0"}, {"exit0"}});
  upload.kind = config::Kind::upload;
  auto const uploaded = measure(upload);
  ASSERT_TRUE(uploaded.outcome.ok()) << uploaded.outcome.detail;
  EXPECT_THAT(path_of(uploaded), ElementsAre("guard0", "middle0", "exit0"));
  auto resolve = through({{"guard0"}, {"middle0"}, {"exit0"}});
  resolve.kind = config::Kind::resolve;
  resolve.query = PrivateStation::kServerName;
  resolve.size = Bytes{0};
  auto const resolved = measure(resolve);
  ASSERT_TRUE(resolved.outcome.ok()) << resolved.outcome.detail;
  EXPECT_EQ(resolved.resolved, "127.0.0.1");
  EXPECT_THAT(path_of(resolved), ElementsAre("guard0", "middle0", "exit0"));
}

// Around a path tor attaches some streams by itself. Taken off their circuits they would begin
// anew, and an early request's answer would be lost.
TEST_F(Paths, AStreamBehindAPathGoesItsWayOnce) {
  config::Tor tor;
  tor.name = "no-conflux";
  tor.torrc = {"ConfluxEnabled 0"};
  start({tor});
  await(tor.name);
  auto early = experiment("early");
  early.tor = tor.name;
  early.circuit = config::CircuitUse::shared;
  early.optimistic = true;
  auto path = through({{"guard1"}, {"middle0"}, {"exit1"}});
  path.tor = tor.name;
  ASSERT_TRUE(measure(early).outcome.ok());  // its circuit stands from now on
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(measure(path).outcome.ok());
    auto const record = measure(early);
    ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
    ASSERT_TRUE(record.tor.stream);
    EXPECT_EQ(record.tor.stream->attachments.size(), 1u);
    EXPECT_EQ(std::ranges::count(record.tor.stream->states, "SENTCONNECT",
                                 [](auto const& state) { return state.status; }),
              1);
  }
}

TEST_F(Paths, OfASetOneRelayIsTaken) {
  start();
  std::set<std::string> exits;
  for (int i = 0; i < 12 && exits.size() < 2; ++i) {
    auto const record = measure(through({{"guard0"}, {"middle0"}, {"exit0", "exit1"}}));
    ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
    exits.insert(path_of(record).back());
  }
  EXPECT_EQ(exits, (std::set<std::string>{"exit0", "exit1"}));
}

TEST_F(Paths, WhatCanNotBeBuiltSaysWhichHop) {
  start();
  auto unknown = through({{"guard0"}, {"middle0"}});
  unknown.path.hops.push_back({std::string(40, 'A')});
  auto const record = measure(unknown);
  EXPECT_EQ(record.outcome.code, FailureCode::tor_circuit) << record.outcome.detail;
  EXPECT_EQ(record.outcome.operation, "build circuit");
  EXPECT_THAT(record.outcome.detail, HasSubstr(std::string(40, 'A')));

  auto const twice = measure(through({{"guard0"}, {"middle0"}, {"guard0"}}));
  EXPECT_EQ(twice.outcome.code, FailureCode::tor_circuit);
  EXPECT_THAT(twice.outcome.detail, HasSubstr("hop 3 has no relay left"));

  // A relay that is gone, and that the consensus still has.
  kill_node("exit0");
  auto const gone = measure(through({{"guard0"}, {"middle0"}, {"exit0"}}));
  EXPECT_EQ(gone.outcome.code, FailureCode::tor_circuit) << gone.outcome.detail;
  EXPECT_THAT(gone.outcome.detail, HasSubstr("hop 3 of 3 failed"));
  ASSERT_EQ(gone.tor.circuits.size(), 1u);
  EXPECT_TRUE(gone.tor.circuits[0].failed);
  EXPECT_EQ(gone.tor.circuits[0].path.size(), 2u);
  auto const next = measure(through({{"guard0"}, {"middle0"}, {"exit1"}}));
  EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
}

TEST_F(Paths, AnExitThatRefusesIsTheMeasurementsFailure) {
  start();
  // A middle's policy refuses everything: tor would try other exits, a chosen path has none.
  auto const record = measure(through({{"guard0"}, {"exit0"}, {"middle0"}}));
  EXPECT_FALSE(record.outcome.ok());
  EXPECT_EQ(record.outcome.operation, "socks request") << record.outcome.detail;
  ASSERT_TRUE(record.tor.stream);
  EXPECT_TRUE(record.tor.stream->failed);
  auto unknown = through({{"guard0"}, {"middle0"}, {"exit0"}});
  unknown.target = {config::TargetKind::url, "http://nosuch.invalid/"};
  unknown.size = Bytes{0};
  auto const answer = measure(unknown);
  EXPECT_EQ(answer.outcome.code, FailureCode::socks_host_unreachable) << answer.outcome.detail;
  ASSERT_EQ(answer.tor.stream->attachments.size(), 1u) << "no other circuit was tried";
  EXPECT_EQ(answer.tor.stream->attachments[0].remote_reason, "RESOLVEFAILED");
}

TEST_F(Paths, OthersStreamsAreLeftToTor) {
  start();
  auto const both = [&]() -> runtime::Task<std::pair<model::Measurement, model::Measurement>> {
    std::pair<model::Measurement, model::Measurement> out;
    runtime::TaskGroup group(loop_);
    auto const run = [this](config::Experiment e, model::Measurement& into) -> runtime::Task<> {
      into = co_await station_->station().measure(std::move(e));
    };
    auto chosen = through({{"guard0"}, {"middle0"}, {"exit0"}});
    chosen.size = MiB(5);
    group.spawn("chosen", run(chosen, out.first));
    // In its midst: the setting is in force, and this stream is none of the path's.
    co_await until([&] { return instance(PrivateStation::kTor).tracker().open_streams() > 0; });
    group.spawn("plain", run(experiment("plain"), out.second));
    co_await group.join();
    co_return out;
  };
  auto const records = loop_.run_until_done(both());
  EXPECT_TRUE(records.first.outcome.ok()) << records.first.outcome.detail;
  ASSERT_TRUE(records.second.outcome.ok()) << records.second.outcome.detail;
  EXPECT_FALSE(records.second.tor.chosen_path);
  EXPECT_NE(records.second.tor.circuits.at(0).id, records.first.tor.circuits.at(0).id);
  EXPECT_LT(records.second.started_at, records.first.marks.at("DATACOMPLETE").value());
}

class Circuits : public Paths {};

TEST_F(Circuits, AreSharedWhereTheExperimentSaysSo) {
  // With conflux tor may prefer a set that stands to the circuit that the first stream had.
  config::Tor plain;
  plain.name = "plain";
  plain.torrc = {"ConfluxEnabled 0"};
  start({plain});
  await("plain");
  auto shared = experiment("shared");
  shared.tor = "plain";
  shared.circuit = config::CircuitUse::shared;
  auto const one = measure(shared);
  auto const two = measure(shared);
  ASSERT_TRUE(one.outcome.ok() && two.outcome.ok()) << one.outcome.detail << two.outcome.detail;
  EXPECT_EQ(one.tor.stream->socks_username, two.tor.stream->socks_username);
  EXPECT_NE(one.tor.stream->id, two.tor.stream->id);
  EXPECT_EQ(one.tor.stream->attachments.at(0).circuit_id,
            two.tor.stream->attachments.at(0).circuit_id);
  shared.circuit = config::CircuitUse::fresh;
  auto const fresh = measure(shared);
  EXPECT_NE(fresh.tor.stream->attachments.at(0).circuit_id,
            two.tor.stream->attachments.at(0).circuit_id);
}

TEST_F(Circuits, WaitUntilTorHasLearnedItsTimeout) {
  start();
  auto gated = experiment("gated");
  gated.learned_timeout = true;
  auto const record = measure(gated);
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_missed_slot);
  EXPECT_THAT(record.outcome.detail, HasSubstr("has not learned its circuit build time-out"));
  EXPECT_TRUE(record.marks.entries().empty());
}

class Allocation : public Paths {
 protected:
  static config::Experiment series(config::Isolation isolation) {
    auto out = experiment("allocation");
    out.kind = config::Kind::allocation;
    out.requests = 4;
    out.isolation = isolation;
    return out;
  }
};

TEST_F(Allocation, FollowsTheIsolationOfTheStreams) {
  config::Tor ports;
  ports.name = "ports";
  ports.socks_ports = 2;
  // With conflux tor prefers any set that stands to the circuit that the first stream had.
  ports.torrc = {"ConfluxEnabled 0"};
  start({ports});
  await("ports");
  auto const by = [](config::Isolation isolation) {
    auto out = series(isolation);
    out.tor = "ports";
    return out;
  };

  auto const same = measure(by(config::Isolation::same));
  ASSERT_TRUE(same.outcome.ok()) << same.outcome.detail;
  ASSERT_TRUE(same.allocation);
  EXPECT_EQ(same.allocation->streams.size(), 4u);
  EXPECT_EQ(same.allocation->circuits, 1);
  EXPECT_EQ(same.allocation->streams_per_circuit.max, 4);
  for (auto const& one : same.allocation->streams) {
    ASSERT_EQ(one.stays.size(), 1u);
    EXPECT_EQ(one.stays[0].streams, 4);
    EXPECT_TRUE(one.stays[0].age);
    EXPECT_TRUE(one.waited && one.first_byte && one.last_byte);
    EXPECT_NE(one.stays[0].origin, model::CircuitOrigin::unknown);
  }
  EXPECT_EQ(same.allocation->streams[3].stays[0].origin, model::CircuitOrigin::ready)
      << "the first one had it built";
  EXPECT_EQ(same.payload_bytes, 4 * 51200);
  EXPECT_GT(same.marks.at("DATACOMPLETE").value(), same.allocation->streams[3].started_at)
      << "the last one's";

  auto const each = measure(by(config::Isolation::each));
  ASSERT_TRUE(each.outcome.ok()) << each.outcome.detail;
  EXPECT_EQ(each.allocation->circuits, 4);
  EXPECT_EQ(each.allocation->streams_per_circuit.max, 1);

  auto const by_port = measure(by(config::Isolation::port));
  ASSERT_TRUE(by_port.outcome.ok()) << by_port.outcome.detail;
  EXPECT_EQ(by_port.allocation->circuits, 2);
  EXPECT_EQ(by_port.allocation->streams_per_circuit.min, 2);

  auto at_once = by(config::Isolation::same);
  at_once.at_once = true;
  auto const together = measure(at_once);
  ASSERT_TRUE(together.outcome.ok()) << together.outcome.detail;
  auto const& streams = together.allocation->streams;
  ASSERT_EQ(streams.size(), 4u);
  for (auto const& one : streams)
    EXPECT_LT(one.started_at, streams[0].started_at + streams[0].last_byte.value())
        << "they overlap";
}

TEST_F(Allocation, APauseLongerThanMaxCircuitDirtinessTakesAnotherCircuit) {
  config::Tor dirty;
  dirty.name = "dirty";
  dirty.torrc = {"MaxCircuitDirtiness 10"};
  start({dirty});
  await("dirty");
  auto paused = series(config::Isolation::same);
  paused.tor = "dirty";
  paused.requests = 2;
  paused.pause = std::chrono::seconds(11);
  paused.timeout = std::chrono::seconds(60);
  auto const record = measure(paused);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.allocation->circuits, 2);
  EXPECT_GE(record.allocation->streams[1].started_at - record.allocation->streams[0].started_at,
            std::chrono::seconds(11));
}

TEST_F(Allocation, FailedRequestsAreTold) {
  start();
  auto failing = series(config::Isolation::each);
  failing.target = {config::TargetKind::url, "http://nosuch.invalid/"};
  failing.size = Bytes{0};
  failing.requests = 2;
  auto const record = measure(failing);
  EXPECT_EQ(record.outcome.code, FailureCode::socks_host_unreachable) << record.outcome.detail;
  EXPECT_THAT(record.outcome.detail,
              AllOf(HasSubstr("2 of 2 requests failed"), HasSubstr("request 1")));
  auto const& one = record.allocation->streams.at(0);
  EXPECT_EQ(one.outcome.code, FailureCode::socks_host_unreachable);
  EXPECT_GT(one.stays.size(), 1u) << "tor tries other exits, on circuits that are in the record";
  EXPECT_EQ(one.stream->attachments.at(0).remote_reason, "RESOLVEFAILED");
  EXPECT_GT(record.allocation->detachments, 0);
}

}  // namespace
}  // namespace perfd::app
