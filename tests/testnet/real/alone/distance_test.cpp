// A delay of a known size is measured back within 2 %.
//
// Round trips with the delay and without it take turns, so that the same load of the machine falls
// on both. A forwarder must further be woken at the end of each delay, and a busy machine wakes
// everybody late: by how much is measured as well, with sleeps of the same length, and taken off.
// Of each series the lower quartile counts, as a load makes times longer and never shorter.
#include <gmock/gmock.h>

#include "testnet/delay.h"
#include "testnet/real/round_trips.h"

namespace perfd::testnet {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr Micros kDelay = milliseconds{25};
constexpr int kRounds = 30;

// What `far` takes longer than `near`, where each round trip waits `delays` times for kDelay.
runtime::Task<Result<Micros>> added(runtime::StreamSocket& near, runtime::StreamSocket& far,
                                    int delays) {
  std::vector<Micros> direct;
  std::vector<Micros> delayed;
  std::vector<Micros> slept;
  for (int i = 0; i < kRounds; ++i) {
    for (auto const& [stream, times] : {std::pair{&near, &direct}, {&far, &delayed}}) {
      auto const took = co_await round_trip(*stream);
      if (!took) co_return took.error();
      times->push_back(*took);
      co_await runtime::sleep_for(kPause);
    }
    auto const began = runtime::mono_now();
    for (int d = 0; d < delays; ++d) co_await runtime::sleep_for(kDelay);
    slept.push_back(floor_us(runtime::mono_now() - began));
  }
  auto const typical = [](std::vector<Micros>& times) {
    std::ranges::sort(times);
    return times[times.size() / 4];
  };
  auto const late = typical(slept) - delays * kDelay;
  auto const out = typical(delayed) - typical(direct) - late;
  std::printf("%d delays of %.2f ms were measured as %.2f ms (%.2f - %.2f - %.2f)\n", delays,
              static_cast<double>(kDelay.count()) / 1e3, static_cast<double>(out.count()) / 1e3,
              static_cast<double>(typical(delayed).count()) / 1e3,
              static_cast<double>(typical(direct).count()) / 1e3,
              static_cast<double>(late.count()) / 1e3);
  co_return out;
}

class DistanceTest : public RealNetworkTest {
 protected:
  DistanceTest() : echo_(loop_), tasks_(loop_) {}
  ~DistanceTest() override { loop_.run_until_done(tasks_.stop()); }

  void expect_within_2_percent(runtime::Task<Result<Micros>> measuring, int delays) {
    auto const measured = loop_.run_until_done(runtime::with_deadline(
        runtime::mono_now() + std::chrono::seconds{60}, std::move(measuring)));
    ASSERT_TRUE(measured) << measured.error().message;
    auto const known = (delays * kDelay).count();
    EXPECT_THAT(measured->count(), AllOf(Ge(known * 98 / 100), Le(known * 102 / 100)));
  }
  // Through a forwarder, while so many others send as much as they may.
  void expect_forwarder_is_right(int floods) {
    auto const forwarder =
        DelayForwarder::start(loop_, {"127.0.0.1", 0}, {"127.0.0.1", echo_.port()}, kDelay).value();
    for (int i = 0; i < floods; ++i) tasks_.spawn("flood", flood(loop_, forwarder->address()));
    expect_within_2_percent(added_directly(loop_, echo_.address(), forwarder->address()), 2);
    loop_.run_until_done(tasks_.stop());
    loop_.run_until_done(forwarder->stop());
  }
  static runtime::Task<Result<Micros>> added_directly(runtime::Loop& loop, runtime::Address near,
                                                      runtime::Address far) {
    auto near_stream = co_await echo_stream(loop, near);
    if (!near_stream) co_return near_stream.error();
    auto far_stream = co_await echo_stream(loop, far);
    if (!far_stream) co_return far_stream.error();
    co_return co_await added(*near_stream, *far_stream, 2);
  }
  static runtime::Task<Result<Micros>> added_by_circuit(runtime::Loop& loop, runtime::Address near,
                                                        runtime::Address far, std::uint16_t port) {
    auto near_stream = co_await echo_stream_through(loop, near, port);
    if (!near_stream) co_return near_stream.error();
    auto far_stream = co_await echo_stream_through(loop, far, port);
    if (!far_stream) co_return far_stream.error();
    co_return co_await added(*near_stream, *far_stream, 6);
  }
  // 3 MB/s in both directions; a tor network of this kind sends about as much.
  static runtime::Task<> flood(runtime::Loop& loop, runtime::Address to) {
    auto socket = co_await echo_stream(loop, to);
    if (!socket) co_return;
    std::vector<std::byte> const chunk(30'000);
    std::vector<std::byte> answer(1 << 20);
    for (;;) {
      if (!socket->send_now(chunk)) co_return;
      if (!socket->receive_now(answer)) co_return;
      co_await runtime::sleep_for(milliseconds{10});
    }
  }
  static NetworkSpec with_delay(NetworkSpec wanted, Micros delay) {
    wanted.clients = 1;
    wanted.folder /= delay.count() > 0 ? "far" : "near";
    // One circuit for all, and no waits of tor's own: its usual scheduler sends at intervals.
    wanted.torrc = {"Schedulers Vanilla", "ConfluxEnabled 0"};
    wanted.authority_delay = delay;
    for (auto& relay : wanted.relays) relay.delay = delay;
    return wanted;
  }

  EchoServer echo_;
  runtime::TaskGroup tasks_;
};

TEST_F(DistanceTest, OfOneForwarderIsMeasuredBack) { expect_forwarder_is_right(0); }

TEST_F(DistanceTest, OfAForwarderThatIsBusyIsMeasuredBack) { expect_forwarder_is_right(3); }

TEST_F(DistanceTest, OfACircuitsThreeHopsIsMeasuredBack) {
  ASSERT_TRUE(start(with_delay(spec(), Micros{}))) << failure_;
  auto const near_socks = socks();
  auto const near = std::move(network_);
  bool const far = start(with_delay(spec(), kDelay));
  EXPECT_TRUE(far) << failure_;
  if (far) expect_within_2_percent(added_by_circuit(loop_, near_socks, socks(), echo_.port()), 6);
  loop_.run_until_done(near->stop());
}

}  // namespace
}  // namespace perfd::testnet
