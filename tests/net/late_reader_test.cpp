// The promise of a mark, against a sender whose moments are known: what arrived lies in
// [at - error_bound, at], however late the reader comes, and nothing looks exact that is not.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "net/measured_socket.h"
#include "net/support/fault_server.h"
#include "net/transfer.h"
#include "runtime/deadline.h"

namespace perfd::net {
namespace {

using runtime::mono_now;
using runtime::StreamSocket;
using runtime::Task;

// Segment by segment with pauses, each between two moments that are kept. The receiver is
// on the same loop and can't run meanwhile: it comes late to all of them.
struct Sent {
  MonoTime before, after;
};

void pause(Nanos span) {
  for (auto const until = mono_now() + span; mono_now() < until;) {
  }
}

Sent send_segment(StreamSocket& socket, std::string_view text) {
  Sent sent;
  sent.before = mono_now();
  EXPECT_EQ(socket.send_now(wire::as_bytes(text)).value(), text.size());
  sent.after = mono_now();
  return sent;
}

// Sender and receiver on loopback, the receiver measuring.
struct Pair {
  static Task<Result<Pair>> make(runtime::Loop& loop, TransferTrace& trace) {
    auto bound = runtime::BoundListener::bind(runtime::Address::numeric("127.0.0.1", 0).value());
    runtime::Listener listener(loop, std::move(*bound));
    auto receiver = co_await MeasuredSocket::connect(loop, listener.address(), trace);
    if (!receiver) co_return receiver.error();
    auto accepted = co_await listener.accept();
    (void)accepted->socket.set_no_delay();
    co_return Pair{std::move(accepted->socket), std::move(*receiver)};
  }
  StreamSocket sender;
  MeasuredSocket receiver;
};

// The clock that turned the stamps into wall time is the trace's; allow for its sampling.
constexpr Nanos kSlack = std::chrono::microseconds{2};

void expect_within(model::Mark const& mark, TransferTrace const& trace, Sent const& sent,
                   std::string_view what) {
  auto const latest = mark.at;
  auto const earliest = mark.at - mark.error_bound;
  EXPECT_LE(earliest, trace.clock.wall(sent.after + kSlack)) << what;
  EXPECT_GE(latest, trace.clock.wall(sent.before - kSlack)) << what;
}

// An exact mark must lie between the moments around the call that sent it.
void expect_exact(model::Mark const& mark, TransferTrace const& trace, Sent const& sent) {
  EXPECT_EQ(mark.source, model::MarkSource::kernel);
  EXPECT_EQ(mark.error_bound, Micros{0});
  EXPECT_GE(mark.at, trace.clock.wall(sent.before - kSlack));
  EXPECT_LE(mark.at, trace.clock.wall(sent.after + kSlack));
}

class LateReader : public testing::Test {
 protected:
  // Runs `test` with a connected pair.
  void run(Task<> (*test)(Pair, TransferTrace&)) {
    struct Body {
      static Task<> go(runtime::Loop& loop, TransferTrace& trace,
                       Task<> (*test)(Pair, TransferTrace&)) {
        auto pair = co_await Pair::make(loop, trace);
        EXPECT_TRUE(pair.has_value());
        // The kernel turns stamping on a moment after it was first asked to.
        co_await warm_up(*pair);
        co_await test(std::move(*pair), trace);
      }
      static Task<> warm_up(Pair& pair) {
        for (int i = 0; i < 200; ++i) {
          auto const sent = send_segment(pair.sender, "w");
          (void)sent;
          EXPECT_TRUE((co_await pair.receiver.read()).value());
          if (pair.receiver.judge().last.source == model::MarkSource::kernel) co_return;
          co_await runtime::sleep_for(std::chrono::milliseconds{1});
        }
        ADD_FAILURE() << "the kernel stamps no segment";
      }
    };
    loop_.run_until_done(Body::go(loop_, trace_, test));
  }
  runtime::Loop loop_;
  TransferTrace trace_;
};

// Waits as a prompt reader would, so that the queue is known to be empty.
Task<> note_empty(Pair& pair) {
  EXPECT_EQ(pair.receiver.read_now().value(), runtime::Received::Status::would_block);
  // wait() notes the counts; the segment that ends it is sent here at once.
  co_return;
}

Task<Result<>> wait_only(MeasuredSocket& socket) {
  co_await socket.wait();
  co_return Result<>{};
}

TEST_F(LateReader, ASegmentThatCameAloneIsExactHoweverLateItIsRead) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    co_await note_empty(pair);
    (void)co_await runtime::with_deadline(mono_now(), wait_only(pair.receiver));
    auto const sent = send_segment(pair.sender, "hello");
    pause(std::chrono::milliseconds{5});
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    expect_exact(pair.receiver.arrival(true), trace, sent);
    expect_exact(pair.receiver.arrival(false), trace, sent);
  });
}

TEST_F(LateReader, OfSeveralSegmentsReadInOneGoEveryByteLiesInItsBound) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    co_await note_empty(pair);
    (void)co_await runtime::with_deadline(mono_now(), wait_only(pair.receiver));
    std::vector<Sent> sent;
    for (int i = 0; i < 5; ++i) {
      sent.push_back(send_segment(pair.sender, "0123456789"));
      pause(std::chrono::milliseconds{1});
    }
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    EXPECT_EQ(pair.receiver.chunk().size(), 50U);
    auto const first = pair.receiver.arrival(false);
    for (auto const& each : sent) expect_within(first, trace, each, "a byte of the burst");
    // The first segment came 4 ms before the stamp: exact would be a lie.
    EXPECT_GE(first.error_bound, Micros{4000});
    expect_exact(pair.receiver.arrival(true), trace, sent.back());
  });
}

TEST_F(LateReader, ReadByteByByteTheBoundsHoldToo) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    co_await note_empty(pair);
    (void)co_await runtime::with_deadline(mono_now(), wait_only(pair.receiver));
    std::vector<Sent> sent;
    for (int i = 0; i < 3; ++i) {
      sent.push_back(send_segment(pair.sender, "x"));
      pause(std::chrono::milliseconds{1});
    }
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    expect_within(pair.receiver.arrival(false), trace, sent[0], "first");
    expect_within(pair.receiver.arrival(false), trace, sent[1], "second");
    expect_exact(pair.receiver.arrival(true), trace, sent[2]);
  });
}

TEST_F(LateReader, AnEndMergedBehindTheLastSegmentTakesTheExactnessAway) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    co_await note_empty(pair);
    (void)co_await runtime::with_deadline(mono_now(), wait_only(pair.receiver));
    auto const sent = send_segment(pair.sender, "the last bytes");
    pause(std::chrono::milliseconds{3});
    pair.sender.shutdown_send();  // FIN alone, 3 ms later
    pause(std::chrono::milliseconds{1});
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    auto const mark = pair.receiver.arrival(true);
    expect_within(mark, trace, sent, "last byte");
    EXPECT_GT(mark.error_bound, Micros{0});
  });
}

TEST_F(LateReader, AnEndThatComesAfterTheReadDoesNoHarm) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    co_await note_empty(pair);
    (void)co_await runtime::with_deadline(mono_now(), wait_only(pair.receiver));
    auto const sent = send_segment(pair.sender, "the last bytes");
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    auto const judged_before = pair.receiver.arrival(true);
    pair.sender.shutdown_send();
    expect_exact(judged_before, trace, sent);
    EXPECT_FALSE((co_await pair.receiver.read()).value());
    auto const judged_after = pair.receiver.arrival(true);
    expect_within(judged_after, trace, sent, "after the end");
    EXPECT_GT(judged_after.error_bound, Micros{0});
  });
}

TEST_F(LateReader, AReaderThatIsLateAlreadyWhenItBeginsToWaitClaimsNoLess) {
  run([](Pair pair, TransferTrace& trace) -> Task<> {
    auto const sent = send_segment(pair.sender, "hello");
    pause(std::chrono::milliseconds{2});
    EXPECT_TRUE((co_await pair.receiver.read()).value());
    expect_within(pair.receiver.arrival(false), trace, sent, "first byte");
    expect_exact(pair.receiver.arrival(true), trace, sent);
  });
}

}  // namespace
}  // namespace perfd::net
