// A whole transfer whose truth is known: the server notes the moments around every send, each of
// which ends at the byte of a mark. However late the client reads, and whatever came merged, a
// mark's interval holds the moment at which its byte was sent.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/support/peer.h"
#include "net/support/run_transfer.h"
#include "net/transfer.h"

namespace perfd::net {
namespace {

constexpr std::int64_t kTenth = 1000;
constexpr std::int64_t kPayload = 10 * kTenth;
// The stamps are turned into the monotonic clock by an offset that was sampled.
constexpr Nanos kSampling = std::chrono::microseconds{2};

struct Moments {
  MonoTime before, after;
};
struct Segment {
  std::string text;
  std::vector<std::string> marks;  // of whose byte it has the last one that counts
  Moments sent{};
};

// Two for the head, then the payload's first byte and its tenths.
std::vector<Segment> segments() {
  std::vector<Segment> out;
  out.push_back({"HTTP/1.1 200 OK\r\n", {"DATARESPONSE"}});
  out.push_back({fmt::format("Content-Length: {}\r\n\r\n", kPayload), {}});
  out.push_back({"p", {"DATAPERC0"}});
  out.push_back({std::string(kTenth - 1, 'p'), {"DATAPERC10"}});
  for (int percent = 20; percent <= 100; percent += 10)
    out.push_back({std::string(kTenth, 'p'), {fmt::format("DATAPERC{}", percent)}});
  out.back().marks.push_back("DATACOMPLETE");
  return out;
}

void keep_busy(Nanos span) {
  for (auto const until = runtime::mono_now() + span; runtime::mono_now() < until;) {
  }
}

// Whether the client, which shares the thread, may read between one segment and the next.
using MayRead = bool (*)(std::size_t segment);

runtime::Task<> serve(runtime::StreamSocket socket, std::vector<Segment>& segments,
                      MayRead may_read, bool end_behind) {
  (void)socket.set_no_delay();
  (void)co_await test::read_until(socket, "\r\n\r\n");
  for (std::size_t i = 0; i < segments.size(); ++i) {
    auto& segment = segments[i];
    segment.sent.before = runtime::mono_now();
    auto const sent = socket.send_now(std::as_bytes(std::span(segment.text)));
    segment.sent.after = runtime::mono_now();
    EXPECT_EQ(sent.value(), segment.text.size());
    keep_busy(std::chrono::microseconds{300});
    // Several turns: the client waits anew, and finds nothing.
    for (int turn = 0; may_read(i) && turn < 4; ++turn)
      co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                 boost::asio::use_awaitable_t<runtime::Executor>{});
  }
  if (end_behind) co_return;
  co_await test::drain(socket);
}

struct Pattern {
  char const* name;
  MayRead may_read;
};

class LateTransfer : public testing::TestWithParam<Pattern> {
 protected:
  void run(bool end_behind) {
    auto sent = segments();
    test::Peer peer(loop_, [&](runtime::StreamSocket socket) {
      return serve(std::move(socket), sent, GetParam().may_read, end_behind);
    });
    auto spec = test::payload_of(peer.address(), kPayload);
    spec.must_verify = false;
    TransferTrace trace;
    ASSERT_TRUE(test::run_transfer(loop_, spec, trace));
    for (auto const& segment : sent)
      for (auto const& name : segment.marks) {
        auto const* found = trace.marks.find(name);
        ASSERT_NE(found, nullptr) << name;
        EXPECT_LE(found->at - found->error_bound, trace.clock.wall(segment.sent.after + kSampling))
            << name << " claims to be later than it was";
        EXPECT_GE(found->at, trace.clock.wall(segment.sent.before - kSampling))
            << name << " claims to be earlier than it was";
      }
  }
  runtime::Loop loop_;
};

TEST_P(LateTransfer, EveryMarksIntervalHoldsTheTruth) { run(false); }
TEST_P(LateTransfer, EveryMarksIntervalHoldsTheTruthWithAnEndRightBehind) { run(true); }

INSTANTIATE_TEST_SUITE_P(
    Reads, LateTransfer,
    testing::Values(Pattern{"AfterEverySegment", [](std::size_t) { return true; }},
                    Pattern{"OnceAtTheEnd", [](std::size_t) { return false; }},
                    Pattern{"AfterEverySecond", [](std::size_t i) { return i % 2 == 1; }},
                    Pattern{"AfterEveryThird", [](std::size_t i) { return i % 3 == 2; }},
                    Pattern{"AfterTheHead", [](std::size_t i) { return i == 1; }},
                    Pattern{"InTheMiddle", [](std::size_t i) { return i == 6; }},
                    Pattern{"LateInTheFirstHalf", [](std::size_t i) { return i > 6; }},
                    Pattern{"LateInTheSecondHalf", [](std::size_t i) { return i < 6; }}),
    [](auto const& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace perfd::net
