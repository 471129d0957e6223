// What early data saves: one round trip, on a network where that is long.
//
// Every hop is 25 ms away, so a round trip from client to exit takes 150 ms longer than loopback
// alone. Without early data a first byte takes two of them (connected, answered), with it one.
#include "app/real/station_fixture.h"
#include "stats/bootstrap.h"
#include "testnet/real/round_trips.h"

namespace perfd::app {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr Micros kDelay = milliseconds{25};
constexpr double kAdded = 6 * 25'000.0;  // to a round trip of three hops, µs
constexpr int kBlocks = 12;              // of four measurements each
constexpr auto kTor = "without-conflux";

class EarlyData : public StationTest {
 protected:
  EarlyData() : echo_(loop_) {}

  void start_far_away() {
    testnet::NetworkSpec network;
    network.authority_delay = kDelay;
    for (auto& relay : network.relays) relay.delay = kDelay;
    config::Tor tor;
    tor.name = kTor;
    // tor sends early data early on no conflux circuit.
    tor.torrc = {"ConfluxEnabled 0"};
    start({tor}, network);
    if (!HasFatalFailure()) await(kTor);
  }
  // The time to the first byte of a small download, in µs. All share a circuit, so that none
  // waits until one is built.
  double first_byte(bool early) {
    auto wanted = experiment("early-data");
    wanted.tor = kTor;
    wanted.size = KiB(1);
    wanted.circuit = config::CircuitUse::shared;
    wanted.optimistic = early;
    auto const record = measure(wanted);
    EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
    auto const took = record.marks.between(model::mark::kStart, model::mark::kDataResponse);
    return took ? static_cast<double>(took->count()) : 0;
  }
  // A byte's way from client to exit and back, beside the downloads.
  double round_trip() {
    auto const took = loop_.run_until_done(runtime::with_deadline(
        runtime::mono_now() + std::chrono::seconds{30},
        round_trip_through(loop_, instance(kTor).socks().value(), echo_.port(), echo_stream_)));
    EXPECT_TRUE(took) << took.error().message;
    return took ? static_cast<double>(took->count()) : 0;
  }
  static runtime::Task<Result<Micros>> round_trip_through(
      runtime::Loop& loop, runtime::Address socks, std::uint16_t port,
      std::optional<runtime::StreamSocket>& stream) {
    if (!stream) {
      auto opened = co_await testnet::echo_stream_through(loop, socks, port);
      if (!opened) co_return opened.error();
      stream.emplace(std::move(*opened));
    }
    co_return co_await testnet::round_trip(*stream);
  }

  testnet::EchoServer echo_;
  std::optional<runtime::StreamSocket> echo_stream_;
};

TEST_F(EarlyData, SavesOneRoundTrip) {
  start_far_away();
  ASSERT_FALSE(HasFatalFailure());
  first_byte(false);  // builds the circuits
  round_trip();
  stats::Blocked plain;
  stats::Blocked early;
  std::vector<double> round_trips;
  for (int block = 0; block < kBlocks; ++block) {
    // In turns, and each as often first: what changes with time falls on both.
    for (bool const with : {block % 2 == 0, block % 2 != 0, block % 2 != 0, block % 2 == 0})
      (with ? early : plain).add(first_byte(with), block);
    for (int i = 0; i < 2; ++i) round_trips.push_back(round_trip());
  }
  // What they are longer by than 150 ms is the machine's and tor's own time.
  std::ranges::sort(round_trips);
  EXPECT_GE(round_trips.front(), kAdded);

  stats::Bootstrap how;
  how.level = 0.999;  // a test that is wrong one time in twenty is no test
  std::array const median{0.5};
  auto const found = stats::quantile_differences(early, plain, median, how);
  ASSERT_TRUE(found);
  auto const& saved = found->front();
  std::printf(
      "first byte after %.1f ms, with early data %.1f ms: saved %.1f ms, %.1f to %.1f ms; "
      "a round trip takes %.1f ms\n",
      saved.other / 1e3, saved.base / 1e3, saved.difference() / 1e3, saved.interval.low / 1e3,
      saved.interval.high / 1e3, round_trips[round_trips.size() / 2] / 1e3);
  // The added round trip is known to 2 % (tests/testnet/real/distance_test.cpp).
  EXPECT_THAT(kAdded, AllOf(Ge(saved.interval.low / 1.02), Le(saved.interval.high / 0.98)));
  // And it is seen for certain, whatever the machine did meanwhile.
  EXPECT_GE(saved.interval.low, kAdded / 2);
}

}  // namespace
}  // namespace perfd::app
