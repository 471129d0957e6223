// Clients that mean harm, or are merely slow, against the server's default limits. Hours pass in
// virtual time.
#include "net/support/server_fixture.h"
#include "runtime/random.h"
#include "wire/bytes.h"

namespace perfd::net {
namespace {

using runtime::StreamSocket;
using runtime::Task;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kMuch = "GET /urandom/100000000 HTTP/1.1\r\nHost: x\r\n\r\n";

Task<StreamSocket> connected(runtime::Loop& loop, runtime::Address server) {
  auto socket = StreamSocket::create(loop, server).value();
  EXPECT_TRUE(co_await socket.connect(server));
  co_return socket;
}

// When the server ended the connection, by the clock; the epoch while it did not.
struct Ended {
  MonoTime at{};
};

// Says `first`, then `again` once an interval, until the server has had enough.
Task<> drip(runtime::Loop& loop, runtime::Address server, std::string first, std::string again,
            Nanos interval, Ended& ended) {
  auto socket = co_await connected(loop, server);
  co_await test::send_text(socket, std::move(first));
  for (;;) {
    if (!co_await socket.send_all(wire::as_bytes(again))) break;
    co_await runtime::sleep_for(interval);
  }
  ended.at = runtime::mono_now();
}

// Says `text` and reads nothing until something tells it that the connection is over.
Task<> ignore(runtime::Loop& loop, runtime::Address server, std::string text) {
  auto socket = co_await connected(loop, server);
  co_await test::send_text(socket, std::move(text));
  co_await runtime::sleep_until(MonoTime::max());
}

// Reads a little once an interval.
Task<> sip(runtime::Loop& loop, runtime::Address server, std::string text, Nanos interval,
           Ended& ended) {
  auto socket = co_await connected(loop, server);
  co_await test::send_text(socket, std::move(text));
  std::vector<std::byte> buffer(512 * 1024);
  for (;;) {
    auto const n = co_await socket.read_some(buffer);
    if (!n || *n == 0) break;
    co_await runtime::sleep_for(interval);
  }
  ended.at = runtime::mono_now();
}

class ServerLimits : public test::VirtualServerFixture {
 protected:
  void expect_ended(Ended const& ended, Nanos after, Nanos within) {
    ASSERT_NE(ended.at, MonoTime{}) << "the server still serves";
    EXPECT_GE(ended.at - begun_, after);
    EXPECT_LE(ended.at - begun_, after + within);
    EXPECT_EQ(server_->stats().timed_out, 1U);
    EXPECT_EQ(server_->stats().connections, 0U);
  }
};

TEST_F(ServerLimits, AHeadThatDripsInIsCutOffHoweverSteadily) {
  start();
  Ended ended;
  clients_.spawn("slowloris",
                 drip(loop_, address(), "GET / HTTP/1.1\r\n", "X-A: b\r\n", seconds{1}, ended));
  time_.advance(loop_, minutes{5});
  expect_ended(ended, seconds{30}, seconds{3});
}

TEST_F(ServerLimits, AHeadWithoutEndIsRefusedAtItsBound) {
  start();
  auto const answer = ask({.text = "GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'x')});
  EXPECT_TRUE(answer.text.starts_with("HTTP/1.1 431 ")) << answer.text;
  EXPECT_TRUE(answer.ended);
  EXPECT_LT(passed(), seconds{5});
  // Its client is gone; nothing is left of it.
  time_.advance(loop_, seconds{5});
  EXPECT_EQ(server_->stats().connections, 0U);
}

TEST_F(ServerLimits, AClientThatGoesOnSendingBehindARefusalIsCutOff) {
  start();
  Ended ended;
  clients_.spawn("deaf", drip(loop_, address(), "NONSENSE\r\n\r\n", "more\r\n",
                              std::chrono::milliseconds{100}, ended));
  time_.advance(loop_, minutes{1});
  expect_ended(ended, seconds{2}, seconds{2});
}

TEST_F(ServerLimits, AConnectionWithoutARequestIsEnded) {
  start();
  clients_.spawn("silent", ignore(loop_, address(), ""));
  time_.advance(loop_, seconds{119});
  EXPECT_EQ(server_->stats().connections, 1U);
  time_.advance(loop_, seconds{3});
  EXPECT_EQ(server_->stats().connections, 0U);
  EXPECT_EQ(server_->stats().timed_out, 1U);
}

TEST_F(ServerLimits, AReaderThatStallsIsEnded) {
  start();
  clients_.spawn("stalled", ignore(loop_, address(), std::string(kMuch)));
  time_.advance(loop_, minutes{10} - seconds{1});
  EXPECT_EQ(server_->stats().connections, 1U);
  time_.advance(loop_, seconds{3});
  EXPECT_EQ(server_->stats().connections, 0U);
}

TEST_F(ServerLimits, AReaderThatSipsHasAnHour) {
  start();
  Ended ended;
  clients_.spawn("sipping", sip(loop_, address(), std::string(kMuch), minutes{9}, ended));
  time_.advance(loop_, hours{2});
  EXPECT_EQ(server_->stats().timed_out, 1U);
  ASSERT_NE(ended.at, MonoTime{});
  EXPECT_GE(ended.at - begun_, hours{1});
  EXPECT_LE(ended.at - begun_, hours{1} + minutes{20});
}

TEST_F(ServerLimits, RequestsWithoutEndThatNobodyReadsTheAnswersOfAreEnded) {
  start();
  std::string flood;
  for (int i = 0; i < 20000; ++i) flood += "HEAD /urandom/1 HTTP/1.1\r\nHost: x\r\n\r\n";
  clients_.spawn("flood", ignore(loop_, address(), std::move(flood)));
  time_.advance(loop_, minutes{11});
  EXPECT_EQ(server_->stats().connections, 0U);
  // It stopped to answer, and so to read, when nobody read.
  EXPECT_LT(server_->stats().requests, 20000U);
}

TEST_F(ServerLimits, AnUploadThatStallsIsEnded) {
  start();
  clients_.spawn("stalled", ignore(loop_, address(),
                                   "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
                                   "X-Perfd-Measurement: " +
                                       runtime::new_id() + "\r\n\r\nabc"));
  time_.advance(loop_, minutes{10} + seconds{2});
  EXPECT_EQ(server_->stats().connections, 0U);
  ASSERT_EQ(observer_.seen.size(), 1U);
  EXPECT_EQ(observer_.seen[0].bytes, 3);
  EXPECT_FALSE(observer_.seen[0].complete);
}

TEST_F(ServerLimits, AnUploadThatDripsHasAnHour) {
  start();
  Ended ended;
  clients_.spawn(
      "dripping",
      drip(loop_, address(), "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
           "u", minutes{1}, ended));
  time_.advance(loop_, hours{2});
  expect_ended(ended, hours{1}, minutes{1} + seconds{2});
}

TEST_F(ServerLimits, ABodyThatNobodyWantsDoesNotHoldTheServerForLong) {
  start();
  Ended ended;
  clients_.spawn("dripping", drip(loop_, address(),
                                  "POST /nothing HTTP/1.1\r\nHost: x\r\n"
                                  "Content-Length: 100000\r\n\r\n",
                                  "u", seconds{10}, ended));
  time_.advance(loop_, hours{1});
  expect_ended(ended, minutes{10}, seconds{12});
}

TEST_F(ServerLimits, TheNextOneWaitsUntilASlotIsFree) {
  start({.max_connections = 2});
  for (int i = 0; i < 2; ++i) clients_.spawn("holder", ignore(loop_, address(), ""));
  time_.advance(loop_, seconds{10});
  auto const answer =
      ask({.text = "GET /urandom/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"});
  EXPECT_TRUE(answer.text.starts_with("HTTP/1.1 200 OK\r\n"));
  // The holders said nothing, and were ended for it.
  EXPECT_GE(passed(), seconds{120});
  EXPECT_LE(passed(), seconds{123});
}

}  // namespace
}  // namespace perfd::net
