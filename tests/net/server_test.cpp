#include "net/server.h"

#include <gtest/gtest.h>

#include "base/id.h"
#include "net/payload.h"
#include "net/support/raw_client.h"
#include "net/support/run_transfer.h"
#include "runtime/random.h"

namespace perfd::net {
namespace {

using test::Answer;
namespace mark = model::mark;

class Observer final : public ServerObserver {
 public:
  void on_transfer(ServerObservation observation) override { seen.push_back(observation); }
  std::vector<ServerObservation> seen;
};

class ServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    server_.emplace(loop_, options, nullptr, &observer_);
    server_->listen(std::move(
        *runtime::BoundListener::bind(runtime::Address::numeric("127.0.0.1", 0).value())));
  }
  void TearDown() override {
    if (server_) loop_.run_until_done(server_->stop());
  }
  runtime::Address address() { return server_->addresses().at(0); }
  std::string raw(std::string text, std::size_t piece = 65536) {
    return test::ask(loop_, address(), std::move(text), std::chrono::milliseconds{300}, piece).text;
  }
  // One request on a connection that closes after it.
  Answer ask(std::string_view request_line, std::string_view fields = "",
             std::string_view body = "") {
    auto answers = test::split_answers(
        raw(std::string(request_line) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
            std::string(fields) + "\r\n" + std::string(body)),
        request_line.starts_with("HEAD"));
    return answers.empty() ? Answer{} : answers.front();
  }
  static bool is_payload(Answer const& answer, std::size_t size) {
    auto const tag = PayloadTag::parse(answer.field(kPayloadField));
    if (!tag || answer.body.size() != size) return false;
    PayloadCheck check(*tag);
    return check.check(wire::as_bytes(answer.body));
  }

  runtime::Loop loop_;
  Observer observer_;
  std::optional<MeasurementServer> server_;
};

TEST_F(ServerTest, SendsExactlyAsManyVerifiableBytesAsAskedFor) {
  start();
  for (std::size_t size : {0U, 1U, 63U, 51200U, 1048576U, 3000001U}) {
    auto const answer = ask("GET /urandom/" + std::to_string(size));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), std::to_string(size));
    EXPECT_EQ(answer.field("Content-Type"), "application/octet-stream");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_TRUE(is_payload(answer, size)) << size;
  }
}

TEST_F(ServerTest, NoTwoAnswersAreTheSame) {
  start();
  EXPECT_NE(ask("GET /urandom/100").body, ask("GET /urandom/100").body);
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
  start();
  auto const text = raw("HEAD /urandom/51200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
  EXPECT_EQ(test::split_answers(text, true).at(0).field("Content-Length"), "51200");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  std::string requests;
  for (int size : {10, 2000, 0, 7}) {
    requests += "GET /urandom/" + std::to_string(size) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  for (std::size_t piece : {65536U, 11U, 1U}) {
    auto const answers = test::split_answers(raw(requests, piece));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_TRUE(is_payload(answers[0], 10));
    EXPECT_TRUE(is_payload(answers[1], 2000));
    EXPECT_TRUE(is_payload(answers[2], 0));
    EXPECT_TRUE(is_payload(answers[3], 7));
  }
}

TEST_F(ServerTest, KeepsConnectionsAsTheVersionSays) {
  start();
  auto const ends = [&](std::string text) {
    auto const answer =
        test::ask(loop_, address(), std::move(text), std::chrono::milliseconds{150});
    EXPECT_FALSE(answer.text.empty());
    return answer.ended;
  };
  EXPECT_FALSE(ends("GET /urandom/1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(ends("GET /urandom/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(ends("GET /urandom/1 HTTP/1.0\r\n\r\n"));
  EXPECT_FALSE(ends("GET /urandom/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_F(ServerTest, RefusesClearlyWhatItWillNotDo) {
  start({.max_size = {1000}});
  EXPECT_EQ(ask("GET /urandom/1001").status, 413);
  EXPECT_NE(ask("GET /urandom/1001").body.find("at most 1000 bytes"), std::string::npos);
  EXPECT_EQ(ask("GET /urandom/99999999999999999999999").status, 413);
  EXPECT_EQ(ask("GET /urandom/many").status, 400);
  EXPECT_EQ(ask("GET /urandom/-1").status, 400);
  EXPECT_EQ(ask("GET /urandom/").status, 400);
  EXPECT_EQ(ask("DELETE /urandom/1").status, 405);
  EXPECT_EQ(ask("GET /upload").status, 405);
  EXPECT_EQ(ask("GET /nothing").status, 404);
  EXPECT_EQ(ask("GET /").status, 200);
  EXPECT_EQ(test::split_answers(raw("NONSENSE\r\n\r\n")).at(0).status, 400);
  EXPECT_EQ(test::split_answers(
                raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"))
                .at(0)
                .status,
            431);
  EXPECT_EQ(server_->stats().refused, 11U);
}

TEST_F(ServerTest, ReadsAndDropsUploads) {
  start();
  std::string const body(300000, 'u');
  auto const answer = ask("POST /upload", "Content-Length: 300000\r\n", body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"bytes\":300000"), std::string::npos);
  for (auto const* name : {"ACCEPT", "REQUEST", "FIRST_BYTE", "HALF", "LAST_BYTE"})
    EXPECT_NE(answer.body.find("\"" + std::string(name) + "\":"), std::string::npos) << name;
  auto const chunked = ask("POST /upload", "Transfer-Encoding: chunked\r\n",
                           "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  EXPECT_NE(chunked.body.find("\"bytes\":11,"), std::string::npos);
  EXPECT_NE(ask("POST /upload", "Content-Length: 0\r\n").body.find("\"bytes\":0,"),
            std::string::npos);
}

TEST_F(ServerTest, BoundsUploads) {
  start({.max_size = {1000}});
  EXPECT_EQ(ask("POST /upload", "Content-Length: 1001\r\n", std::string(1001, 'x')).status, 413);
  EXPECT_EQ(ask("POST /upload", "Transfer-Encoding: chunked\r\n",
                "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n")
                .status,
            413);
}

TEST_F(ServerTest, AnUploadThatAsksFirstIsToldToGoOn) {
  start();
  auto const text =
      raw("POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
          "Connection: close\r\n\r\nhi");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, HandsOverWhatItSawOfAMeasurement) {
  start();
  auto const id = runtime::new_id();
  auto spec = test::payload_of(address(), 5'000'000);
  spec.measurement = id;
  TransferTrace trace;
  ASSERT_TRUE(test::run_transfer(loop_, spec, trace));
  EXPECT_TRUE(trace.verified);
  loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds{1}));
  ASSERT_EQ(observer_.seen.size(), 1U);
  auto const& seen = observer_.seen[0];
  EXPECT_EQ(seen.measurement, id);
  EXPECT_TRUE(seen.complete);
  EXPECT_EQ(seen.bytes, 5'000'000);
  WallTime last{};
  for (auto const name : {mark::kServerAccept, mark::kServerRequest, mark::kServerFirst,
                          mark::kServerHalf, mark::kServerLast}) {
    ASSERT_NE(seen.marks.find(name), nullptr) << name;
    EXPECT_GE(*seen.marks.at(name), last) << name;
    last = *seen.marks.at(name);
  }
  EXPECT_EQ(seen.peer, trace.local.address + ":" + std::to_string(trace.local.port));
}

TEST_F(ServerTest, WhatIsNoIdIsNotObserved) {
  start();
  (void)ask("GET /urandom/10", "X-Perfd-Measurement: hello\r\n");
  (void)ask("GET /urandom/10");
  EXPECT_TRUE(observer_.seen.empty());
}

TEST_F(ServerTest, ATransferThatTheClientLeavesIsObservedAsIncomplete) {
  start();
  auto spec = test::payload_of(address(), 100'000'000);
  spec.measurement = runtime::new_id();
  TransferTrace trace;
  EXPECT_FALSE(test::run_transfer(loop_, spec, trace, std::chrono::milliseconds{5}));
  loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds{50}));
  ASSERT_EQ(observer_.seen.size(), 1U);
  EXPECT_FALSE(observer_.seen[0].complete);
  EXPECT_EQ(observer_.seen[0].marks.find(mark::kServerLast), nullptr);
}

runtime::Task<> fetch_into(runtime::Loop& loop, TransferSpec spec, int& verified) {
  TransferTrace trace;
  auto const done = co_await transfer(loop, std::move(spec), trace);
  if (done && trace.verified) ++verified;
}

TEST_F(ServerTest, ServesManyAtOnce) {
  start();
  int verified = 0;
  runtime::TaskGroup clients(loop_);
  for (int i = 0; i < 100; ++i)
    clients.spawn("client", fetch_into(loop_, test::payload_of(address(), 300'000 + i), verified));
  loop_.run_until_done(clients.join());
  EXPECT_EQ(verified, 100);
  EXPECT_EQ(server_->stats().accepted, 100U);
}

TEST_F(ServerTest, MoreConnectionsThanAllowedWaitForTheirTurn) {
  start({.max_connections = 2});
  int verified = 0;
  runtime::TaskGroup clients(loop_);
  for (int i = 0; i < 10; ++i)
    clients.spawn("client", fetch_into(loop_, test::payload_of(address(), 1000), verified));
  loop_.run_until_done(clients.join());
  EXPECT_EQ(verified, 10);
  EXPECT_LE(server_->stats().connections, 2U);
}

// One byte now and then never completes a head.
runtime::Task<> drip(runtime::Loop& loop, runtime::Address server, std::string text, Nanos interval,
                     bool& ended) {
  auto socket = runtime::StreamSocket::create(loop, server).value();
  (void)co_await socket.connect(server);
  for (char const c : text) {
    if (!co_await socket.send_all(wire::as_bytes({&c, 1}))) break;
    co_await runtime::sleep_for(interval);
  }
  co_await test::drain(socket);
  ended = true;
}

TEST_F(ServerTest, AHeadThatDripsInIsCutOffInTime) {
  using std::chrono::milliseconds;
  start({.head_timeout = milliseconds{200}});
  bool ended = false;
  runtime::TaskGroup client(loop_);
  client.spawn("drip", drip(loop_, address(), "GET / HTTP/1.1\r\nX-Slow: " + std::string(400, 'x'),
                            milliseconds{10}, ended));
  auto const begun = runtime::mono_now();
  while (!ended && runtime::mono_now() < begun + std::chrono::seconds{4})
    loop_.run_until_done(runtime::sleep_for(milliseconds{20}));
  EXPECT_TRUE(ended);
  EXPECT_EQ(server_->stats().timed_out, 1U);
  EXPECT_LT(runtime::mono_now() - begun, std::chrono::seconds{3});
  loop_.run_until_done(client.stop());
}

TEST_F(ServerTest, AnIdleConnectionAndAStalledReaderAreEnded) {
  using std::chrono::milliseconds;
  start({.idle_timeout = milliseconds{100}, .stall_timeout = milliseconds{100}});
  struct Stall {
    static runtime::Task<> run(runtime::Loop& loop, runtime::Address server, std::string text) {
      auto socket = runtime::StreamSocket::create(loop, server).value();
      (void)co_await socket.connect(server);
      co_await test::send_text(socket, std::move(text));
      co_await runtime::sleep_for(std::chrono::seconds{60});  // reads nothing
    }
  };
  runtime::TaskGroup clients(loop_);
  clients.spawn("idle", Stall::run(loop_, address(), ""));
  clients.spawn("stalled",
                Stall::run(loop_, address(), "GET /urandom/100000000 HTTP/1.1\r\nHost: x\r\n\r\n"));
  auto const begun = runtime::mono_now();
  while (server_->stats().timed_out < 2 && runtime::mono_now() < begun + std::chrono::seconds{4})
    loop_.run_until_done(runtime::sleep_for(milliseconds{20}));
  EXPECT_EQ(server_->stats().timed_out, 2U);
  EXPECT_EQ(server_->stats().connections, 0U);
  loop_.run_until_done(clients.stop());
}

TEST_F(ServerTest, StopsWhileTransfersRun) {
  start();
  struct Wait {
    static runtime::Task<> run(runtime::Loop& loop, TransferSpec spec, bool& ended) {
      TransferTrace trace;
      ended = !(co_await transfer(loop, std::move(spec), trace)).has_value();
    }
  };
  bool ended = false;
  runtime::TaskGroup client(loop_);
  client.spawn("client", Wait::run(loop_, test::payload_of(address(), 100'000'000), ended));
  loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds{3}));
  loop_.run_until_done(server_->stop());
  loop_.run_until_done(client.join());
  EXPECT_TRUE(ended);
  EXPECT_EQ(server_->stats().connections, 0U);
}

}  // namespace
}  // namespace perfd::net
