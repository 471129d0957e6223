// A series of requests: who shares a circuit with whom, and what becomes of a series that fails or
// is cut short.
#include "experiments/series.h"

#include <gmock/gmock.h>

#include <list>

#include "experiments/support/virtual_download.h"

namespace perfd::experiments {
namespace {

namespace mark = model::mark;
using model::CircuitOrigin;
using model::FailureCode;
using net::test::Fault;
using net::test::ProxyFaults;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::a_download;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

WallTime moment(std::int64_t ms) { return wall_from_us(1'700'000'000'000'000 + ms * 1000); }

model::Circuit a_circuit(std::uint64_t id, std::uint64_t run = 1, std::string conflux = {}) {
  model::Circuit out;
  out.id = id;
  out.tor_run = run;
  out.conflux_id = std::move(conflux);
  return out;
}

// What tor tells of a stream that was on these circuits, one after the other; `more` were not its
// own: other legs.
StreamJoin::Joined on(std::vector<model::Circuit> circuits, std::vector<model::Circuit> more = {}) {
  StreamJoin::Joined out;
  auto& stream = out.stream.emplace();
  stream.tor_run = circuits.front().tor_run;
  for (auto& circuit : circuits) {
    stream.attachments.push_back({circuit.id, moment(0), {}, {}, {}});
    out.circuits.push_back(std::move(circuit));
  }
  for (auto& circuit : more) out.circuits.push_back(std::move(circuit));
  return out;
}

// "circuit×streams" of each stay, streams apart by a '|'.
std::string stays(model::Measurement const& record) {
  std::string out;
  for (auto const& stream : record.allocation.value().streams) {
    if (!out.empty()) out += " | ";
    std::string mine;
    for (auto const& stay : stream.stays)
      mine += (mine.empty() ? "" : " ") + std::to_string(stay.circuit_id) + "x" +
              std::to_string(stay.streams);
    out += mine;
  }
  return out;
}

std::vector<bool> worked(model::Measurement const& record) {
  std::vector<bool> out;
  for (auto const& stream : record.allocation.value().streams) out.push_back(stream.outcome.ok());
  return out;
}

class Series : public test::VirtualDownload {
 protected:
  static SeriesSpec a_series(int requests) {
    SeriesSpec spec;
    spec.request = a_download();
    spec.request.kind = model::Kind::allocation;
    spec.request.experiment = "allocation";
    spec.requests = requests;
    return spec;
  }

  // Through proxies with these faults, to the real measurement server.
  model::Measurement run(SeriesSpec spec, std::vector<ProxyFaults> faults = {{}}) {
    net::MeasurementServer server(loop_, {}, nullptr, &marks_);
    auto const where = place_.address("server");
    server.listen(std::move(*runtime::BoundListener::bind(where)));
    auto record = run_to(where, std::move(spec), std::move(faults));
    time_.run(loop_, server.stop());
    return record;
  }
  model::Measurement run_to(runtime::Address const& server, SeriesSpec spec,
                            std::vector<ProxyFaults> faults = {{}}) {
    std::list<net::test::SocksProxy> proxies;
    for (auto& one : faults) {
      one.upstream = server;
      proxies.emplace_back(loop_, one, place_.address("proxy" + std::to_string(proxies.size())));
      spec.proxies.push_back(proxies.back().address());
    }
    spec.request.proxy = spec.proxies.front();
    begun_ = runtime::mono_now();
    std::optional<model::Measurement> record;
    tasks_.spawn("series", keep(measure_series(ports(), std::move(spec)), record));
    time_.run(loop_, tasks_.join());
    took_ = runtime::mono_now() - begun_;
    for (auto& proxy : proxies) users_.push_back(proxy.last_request().user);
    if (!record) throw std::runtime_error("no record");
    return std::move(*record);
  }
  void stop_at(Nanos span) { watch_.spawn("stop", set_after(stop_, span)); }
  void cancel_at(Nanos span) { watch_.spawn("cancel", cancel_after(tasks_, span)); }
  void TearDown() override { time_.run(loop_, watch_.stop()); }

  std::vector<std::string> usernames() const {
    std::vector<std::string> out;
    for (auto const& key : tor_.keys) out.push_back(key.username);
    return out;
  }

  std::vector<std::string> users_;  // the last at each proxy

 private:
  static runtime::Task<> keep(runtime::Task<model::Measurement> series,
                              std::optional<model::Measurement>& out) {
    auto record = co_await std::move(series);
    out.emplace(std::move(record));
  }
  static runtime::Task<> set_after(runtime::Event& event, Nanos span) {
    co_await runtime::sleep_for(span);
    event.set();
  }
  static runtime::Task<> cancel_after(runtime::TaskGroup& tasks, Nanos span) {
    co_await runtime::sleep_for(span);
    tasks.cancel();
  }

  runtime::TaskGroup tasks_{loop_};
  runtime::TaskGroup watch_{loop_};
};

TEST_F(Series, IsOneRecordOfAllItsRequests) {
  auto spec = a_series(3);
  spec.pause = seconds(10);
  auto const record = run(spec);
  EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.kind, model::Kind::allocation);
  EXPECT_EQ(record.id, spec.request.id);
  EXPECT_EQ(record.payload_bytes, 3 * 51200);
  EXPECT_EQ(record.filesize, 51200);
  EXPECT_EQ(took_, seconds(20));
  EXPECT_EQ(record.marks.between(mark::kStart, mark::kDataComplete), seconds(20));
  auto const& allocation = record.allocation.value();
  EXPECT_FALSE(allocation.at_once);
  EXPECT_EQ(allocation.pause, seconds(10));
  EXPECT_EQ(allocation.isolation, "same");
  ASSERT_THAT(allocation.streams, SizeIs(3));
  for (int i = 0; i < 3; ++i) {
    auto const& stream = allocation.streams[static_cast<std::size_t>(i)];
    EXPECT_EQ(stream.started_at, record.started_at + i * seconds(10));
    EXPECT_EQ(stream.first_byte, Micros{0});
    EXPECT_FALSE(stream.stream);
  }
}

TEST_F(Series, IsolatesAsItWasTold) {
  auto spec = a_series(3);
  auto const& id = spec.request.id;
  EXPECT_EQ(run(spec).allocation->isolation, "same");
  EXPECT_THAT(usernames(), ElementsAre(id, id, id));
  tor_.keys.clear();
  spec.isolation = SeriesIsolation::each;
  EXPECT_EQ(run(spec).allocation->isolation, "each");
  EXPECT_THAT(usernames(), ElementsAre(id + "-0", id + "-1", id + "-2"));
  tor_.keys.clear();
  users_.clear();
  spec.isolation = SeriesIsolation::port;
  EXPECT_EQ(run(spec, {{}, {}, {}, {}}).allocation->isolation, "port");
  EXPECT_THAT(usernames(), ElementsAre(id, id, id));
  EXPECT_THAT(users_, ElementsAre(id, id, id, "")) << "a proxy each, in their order";
}

TEST_F(Series, AtOnceIsAtOnce) {
  auto spec = a_series(4);
  tor_.answers_after = seconds(1);
  EXPECT_TRUE(run(spec).outcome.ok());
  EXPECT_EQ(took_, seconds(4));
  spec.at_once = true;
  auto const record = run(spec);
  EXPECT_TRUE(record.outcome.ok());
  EXPECT_EQ(took_, seconds(1));
  EXPECT_TRUE(record.allocation->at_once);
  for (auto const& stream : record.allocation->streams)
    EXPECT_EQ(stream.started_at, record.started_at);
}

TEST_F(Series, CountsTheStreamsThatEachCircuitEverHad) {
  auto const a = a_circuit(5);
  auto const b = a_circuit(9);
  // The fourth is on another circuit, which a tor that was started anew gave the same id.
  tor_.in_turn = {on({a}), on({b, a}), on({b}), on({a_circuit(5, 2)}), on({b, b})};
  auto const record = run(a_series(5));
  EXPECT_EQ(stays(record), "5x2 | 9x3 5x2 | 9x3 | 5x1 | 9x3 9x3");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> circuits;
  for (auto const& circuit : record.tor.circuits)
    circuits.emplace_back(circuit.tor_run, circuit.id);
  using testing::Pair;
  EXPECT_THAT(circuits, ElementsAre(Pair(1, 5), Pair(1, 9), Pair(2, 5)));
  EXPECT_FALSE(record.tor.stream);
}

TEST_F(Series, LegsOfAConfluxSetAreOneCircuit) {
  auto const a = a_circuit(11, 1, "set");
  auto const b = a_circuit(12, 1, "set");
  auto const other = a_circuit(13, 1, "other");
  // The first was on both legs.
  tor_.in_turn = {on({a, b}), on({b}, {a}), on({other}), on({a}, {b})};
  auto const record = run(a_series(4));
  EXPECT_EQ(stays(record), "11x3 12x3 | 12x3 | 13x1 | 11x3");
  EXPECT_EQ(record.allocation->streams[0].stays[1].conflux_id, "set");
}

TEST_F(Series, TheFirstFailureStandsForAll) {
  auto spec = a_series(5);
  spec.isolation = SeriesIsolation::port;
  tor_.in_turn = {on({a_circuit(5)}), {}, {}, {}, on({a_circuit(5)})};
  auto const record = run(spec, {{}, {.refuse = 0x05}, {.refuse = 0x04}, {.refuse = 0x04}});
  EXPECT_EQ(record.outcome.code, FailureCode::socks_connection_refused);
  EXPECT_EQ(record.outcome.operation, "socks request");
  EXPECT_THAT(record.outcome.detail, HasSubstr("3 of 5 requests failed; request 2: "));
  EXPECT_THAT(worked(record), ElementsAre(true, false, false, false, true));
  EXPECT_EQ(record.allocation->streams[2].outcome.code, FailureCode::socks_host_unreachable);
  EXPECT_EQ(record.payload_bytes, 2 * 51200);
  EXPECT_EQ(stays(record), "5x2 |  |  |  | 5x2") << "those that worked count";
}

TEST_F(Series, HasOneDeadlineForAllRequests) {
  auto spec = a_series(5);
  spec.request.timeout = seconds(25);
  spec.pause = seconds(10);
  auto const record = run(spec);
  EXPECT_EQ(took_, seconds(25));
  EXPECT_EQ(record.outcome.code, FailureCode::net_timeout);
  EXPECT_THAT(record.outcome.detail, HasSubstr("2 of 5 requests failed; request 4: "));
  EXPECT_THAT(worked(record), ElementsAre(true, true, true, false, false));
}

TEST_F(Series, ThatIsCutShortInAPauseBeginsNothingMore) {
  auto spec = a_series(5);
  spec.pause = seconds(10);
  stop_at(seconds(15));
  auto const record = run(spec);
  EXPECT_EQ(took_, seconds(15));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_EQ(record.outcome.detail, "perfd was told to stop after 2 of 5 requests");
  EXPECT_THAT(worked(record), ElementsAre(true, true));
}

TEST_F(Series, ThatIsCutShortInARequestTellsHowManyWereNotBegun) {
  auto spec = a_series(5);
  net::test::FaultServer server(loop_, Fault::stall_payload, place_.address("server"));
  stop_at(seconds(15));
  auto const record = run_to(server.address(), spec);
  EXPECT_EQ(took_, seconds(15));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_THAT(record.outcome.detail, HasSubstr("1 of 1 requests failed; request 1: "));
  EXPECT_THAT(record.outcome.detail, HasSubstr("4 more were not begun"));
  EXPECT_EQ(record.payload_bytes, 25600);
}

TEST_F(Series, AtOnceThatIsCutShortIsARecordOfAll) {
  auto spec = a_series(3);
  spec.at_once = true;
  net::test::FaultServer server(loop_, Fault::stall_payload, place_.address("server"));
  stop_at(seconds(15));
  auto const record = run_to(server.address(), spec);
  EXPECT_EQ(took_, seconds(15));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_THAT(record.outcome.detail, HasSubstr("3 of 3 requests failed; request 1: "));
  EXPECT_THAT(worked(record), Each(false));
  EXPECT_EQ(record.payload_bytes, 3 * 25600);
}

// The record must come also where nobody can wait long for it.
TEST_F(Series, WhoseTaskIsCancelledIsARecordOfWhatItDid) {
  auto spec = a_series(5);
  spec.pause = seconds(10);
  cancel_at(seconds(15));
  auto record = run(spec);
  EXPECT_EQ(took_, seconds(15));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_THAT(worked(record), ElementsAre(true, true));

  net::test::FaultServer server(loop_, Fault::stall_payload, place_.address("server2"));
  cancel_at(seconds(5));
  record = run_to(server.address(), spec);
  EXPECT_EQ(took_, seconds(5));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_THAT(worked(record), ElementsAre(false));
}

// Its requests end by their deadline or by the order to stop, and none is left running behind it.
TEST_F(Series, AtOnceWhoseTaskIsCancelledWaitsForItsRequests) {
  auto spec = a_series(3);
  spec.at_once = true;
  net::test::FaultServer server(loop_, Fault::stall_payload, place_.address("server"));
  cancel_at(seconds(5));
  stop_at(seconds(15));
  auto const record = run_to(server.address(), spec);
  EXPECT_EQ(took_, seconds(15));
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_THAT(worked(record), ElementsAre(false, false, false));
}

TEST(AllocatedStreamTest, TellsWhatACircuitWasWhenItsStreamCame) {
  auto const circuit = [](std::uint64_t id, std::int64_t launched, std::int64_t built) {
    auto out = a_circuit(id);
    out.launched_at = moment(launched);
    if (built >= 0) out.built_at = moment(built);
    return out;
  };
  model::Measurement request;
  request.marks.set(mark::kStart, {moment(0)});
  request.marks.set(mark::kDataResponse, {moment(700)});
  request.marks.set(mark::kDataComplete, {moment(900)});
  request.tor.circuits = {circuit(1, 10, 50), circuit(2, 60, 150), circuit(3, 110, 160),
                          circuit(4, 20, -1), circuit(6, 95, 160), circuit(7, 95, 160)};
  request.tor.circuits[1].states = {{moment(70), "CANNIBALIZED", "GENERAL"}};
  // tor's own time of the launch lies before the moment when NEW was read, its event does not.
  request.tor.circuits[4].states = {{moment(100), "LAUNCHED", ""}};
  request.tor.circuits[5].states = {{moment(99), "LAUNCHED", ""}};
  auto& stream = request.tor.stream.emplace();
  stream.created_at = moment(100);
  for (auto const& [id, ms] :
       {std::pair{1U, 120}, {2U, 220}, {3U, 320}, {4U, 420}, {5U, 520}, {6U, 620}, {7U, 720}})
    stream.attachments.push_back({id, moment(ms), {}, {}, {}});
  auto const out = allocated(request);
  EXPECT_EQ(out.waited, milliseconds(20));
  EXPECT_EQ(out.first_byte, milliseconds(700));
  EXPECT_EQ(out.last_byte, milliseconds(900));
  std::vector<CircuitOrigin> origins;
  std::vector<bool> cannibalized;
  std::vector<std::int64_t> ages;
  for (auto const& stay : out.stays) {
    origins.push_back(stay.origin);
    cannibalized.push_back(stay.cannibalized);
    ages.push_back(stay.age ? stay.age->count() / 1000 : -1);
  }
  using enum CircuitOrigin;
  EXPECT_THAT(origins, ElementsAre(ready, pending, built, unknown, unknown, built, pending));
  EXPECT_THAT(cannibalized, ElementsAre(false, true, false, false, false, false, false));
  EXPECT_THAT(ages, ElementsAre(110, 160, 210, 400, -1, 525, 625)) << "nobody knows circuit 5";
}

TEST(AllocatedStreamTest, OfAStreamThatTorNeverSawHasNoStays) {
  model::Measurement request;
  request.marks.set(mark::kStart, {moment(0)});
  request.outcome = {FailureCode::net_timeout, "socks request", "x"};
  auto const out = allocated(request);
  EXPECT_EQ(out.outcome, request.outcome);
  EXPECT_FALSE(out.stream || out.waited || out.first_byte || out.last_byte);
  EXPECT_THAT(out.stays, SizeIs(0));
}

}  // namespace
}  // namespace perfd::experiments
