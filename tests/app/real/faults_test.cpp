// What goes wrong under a measurement becomes a record with its code, and the next one works.
#include "app/real/station_fixture.h"
#include "wire/torctl/event.h"

namespace perfd::app {
namespace {

using model::FailureCode;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

// A network whose guards pass on so little that a transfer is under way for long.
testnet::NetworkSpec slow() {
  testnet::NetworkSpec out;
  for (auto& relay : out.relays)
    if (relay.role == testnet::Role::guard) relay.rate = KiB(100);
  return out;
}

// The streams of perfd's measurements whose connections stand; tor's own have no user name.
class SeesStreams final : public tor::InstancePart {
 public:
  std::optional<wire::torctl::Stream> stands;

  void on_up(tor::Instance&, runtime::TaskGroup&) override {}
  void on_down(tor::Instance&) override {}
  void on_event(tor::Instance&, WallTime, wire::torctl::Event const& event) override {
    auto const* const stream = std::get_if<wire::torctl::Stream>(&event);
    if (stream != nullptr && stream->status == "SUCCEEDED" && !stream->socks_username.empty())
      stands = *stream;
  }
};

class Faults : public StationTest {
 protected:
  ~Faults() override { stop(); }  // before what it tells its events to

  // The record of a measurement in whose midst `fault` came.
  using Fault = std::function<runtime::Task<>(wire::torctl::Stream const& stream)>;
  model::Measurement measure_with(config::Experiment experiment, Fault fault) {
    auto const measuring = [this](config::Experiment e,
                                  model::Measurement& into) -> runtime::Task<> {
      into = co_await station_->station().measure(std::move(e));
    };
    auto const run = [&]() -> runtime::Task<model::Measurement> {
      model::Measurement out;
      runtime::TaskGroup group(loop_);
      group.spawn("measuring", measuring(experiment, out));
      seen_.stands.reset();
      bool const began = co_await until([&] { return seen_.stands.has_value(); });
      EXPECT_TRUE(began) << "the transfer never began";
      if (began) co_await fault(*seen_.stands);
      co_await group.join();
      co_return out;
    };
    instance(experiment.tor).add_part(seen_);
    return loop_.run_until_done(run());
  }
  SeesStreams seen_;
};

TEST_F(Faults, ACircuitThatIsClosedUnderItsStream) {
  start({}, slow());
  auto big = experiment("big");
  big.size = MiB(5);
  std::uint64_t closed = 0;
  auto const record = measure_with(big, [&](wire::torctl::Stream const& stream) -> runtime::Task<> {
    closed = stream.circuit;
    auto& tor = instance(PrivateStation::kTor);
    // All legs of a conflux set, or tor goes on with the others.
    auto const text = co_await tor.control()->getinfo("circuit-status");
    auto const circuits = wire::torctl::parse_circuit_status(text.value());
    for (auto const& circuit : circuits) (void)co_await tor.control()->closecircuit(circuit.id);
  });
  EXPECT_THAT(record.outcome.code, AnyOf(Eq(FailureCode::http_truncated),
                                         Eq(FailureCode::net_closed), Eq(FailureCode::net_reset)))
      << record.outcome.detail;
  ASSERT_TRUE(record.tor.stream);
  EXPECT_EQ(record.tor.stream->attachments.back().circuit_id, closed);
  EXPECT_FALSE(record.tor.stream->reason.empty());
  ASSERT_FALSE(record.tor.circuits.empty());
  EXPECT_EQ(record.tor.circuits.front().reason, "REQUESTED");
  auto const next = measure(experiment("next"));
  EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
}

TEST_F(Faults, AnExitThatEndsDuringAnUpload) {
  start({}, slow());
  auto upload = experiment("upload");
  upload.kind = config::Kind::upload;
  upload.size = MiB(5);
  for (auto const* hop : {"guard0", "middle0", "exit0"})
    upload.path.hops.push_back({fingerprint(hop)});
  auto const record = measure_with(upload, [&](wire::torctl::Stream const&) -> runtime::Task<> {
    kill_node("exit0");
    co_return;
  });
  EXPECT_THAT(record.outcome.code, AnyOf(Eq(FailureCode::http_truncated),
                                         Eq(FailureCode::net_closed), Eq(FailureCode::net_reset)))
      << record.outcome.detail;
  ASSERT_TRUE(record.tor.stream);
  EXPECT_THAT(record.tor.stream->reason + record.tor.stream->remote_reason,
              AnyOf(HasSubstr("DESTROY"), HasSubstr("CHANNEL_CLOSED")));
  EXPECT_LT(record.payload_bytes, 5 << 20) << "what the server got before";
  EXPECT_TRUE(record.marks.at("HANDEDFIRST"));

  upload.size = KiB(50);
  upload.path.hops.back() = {fingerprint("exit1")};
  auto const next = measure(upload);
  EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
}

TEST_F(Faults, AServicesTorThatEndsUnderTheMeasurement) {
  config::Tor host;
  host.name = "host";
  start({host}, slow());
  auto onion = experiment("onion");
  onion.target.kind = config::TargetKind::onion;
  onion.service = "host";
  onion.size = MiB(5);
  // Nothing tells the client that the service is gone.
  onion.timeout = std::chrono::seconds(12);
  auto const record = measure_with(onion, [&](wire::torctl::Stream const&) -> runtime::Task<> {
    EXPECT_EQ(::kill(instance("host").pid().value(), SIGKILL), 0);
    co_return;
  });
  EXPECT_EQ(record.outcome.code, FailureCode::tor_service_down) << record.outcome.detail;
  EXPECT_THAT(record.outcome.detail, HasSubstr("tor.host"));
  EXPECT_TRUE(record.marks.at("RESPONSE")) << "the marks that were reached are kept";
  ASSERT_TRUE(record.tor.onion && record.tor.onion->service);

  ASSERT_TRUE(loop_.run_until_done(
      until([&] { return instance("host").state() == tor::InstanceState::ready; })));
  onion.size = KiB(50);
  forget_descriptors();
  onion.timeout = std::chrono::seconds(60);
  auto const next = measure(onion);
  EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
  EXPECT_EQ(next.tor.onion->address, record.tor.onion->address);
}

}  // namespace
}  // namespace perfd::app
