#include "net/server.h"

#include <gtest/gtest.h>

#include "net/payload.h"
#include "net/support/run_transfer.h"
#include "net/support/server_fixture.h"
#include "runtime/random.h"
#include "wire/bytes.h"

namespace perfd::net {
namespace {

namespace mark = model::mark;

class ServerTest : public test::ServerFixture {
 protected:
  static bool is_payload(test::Answer const& answer, std::size_t size) {
    auto const tag = PayloadTag::parse(answer.field(kPayloadField));
    if (!tag || answer.body.size() != size) return false;
    PayloadCheck check(*tag);
    return check.check(wire::as_bytes(answer.body));
  }
  // Whether a second request on the connection is answered, too.
  bool keeps(std::string first) {
    auto const answer =
        test::ask(loop_, address(),
                  {.text = std::move(first),
                   .then = "GET /urandom/2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"});
    auto const answers = test::split_answers(answer.text);
    EXPECT_TRUE(!answers.empty() && is_payload(answers[0], 1));
    return answers.size() == 2;
  }
  void await_observation() {
    EXPECT_TRUE(loop_.run_until_done(
        observer_.any.wait_until(runtime::mono_now() + std::chrono::seconds{30})));
  }
};

TEST_F(ServerTest, SendsExactlyAsManyVerifiableBytesAsAskedFor) {
  start();
  // Small ones are copied, those from 24 KiB on sent from a file of 2 MiB.
  for (std::size_t size : {0U, 1U, 63U, 24575U, 24576U, 51200U, 1048576U, 3000001U, 9000000U}) {
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

TEST_F(ServerTest, TheSeedOfTheOptionsIsThePayloads) {
  start({.seed = 77});
  auto const tag = PayloadTag::parse(ask("GET /urandom/1").field(kPayloadField));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->seed, 77U);
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
  start();
  auto const text =
      raw({.text = "HEAD /urandom/51200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"});
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
  EXPECT_EQ(test::split_answers(text, true).at(0).field("Content-Length"), "51200");
  for (auto const* path : {"/urandom/many", "/urandom/999999999999", "/nothing"}) {
    auto const refused = raw({.text = "HEAD " + std::string(path) +
                                      " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"});
    EXPECT_TRUE(refused.ends_with("\r\n\r\n")) << path;
    EXPECT_GE(test::split_answers(refused, true).at(0).status, 400) << path;
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  std::string requests;
  for (int size : {10, 2000, 0})
    requests += "GET /urandom/" + std::to_string(size) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  requests += "GET /urandom/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (std::size_t piece : {65536U, 11U, 1U}) {
    auto const answers = test::split_answers(raw({.text = requests, .piece = piece}));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_TRUE(is_payload(answers[0], 10));
    EXPECT_TRUE(is_payload(answers[1], 2000));
    EXPECT_TRUE(is_payload(answers[2], 0));
    EXPECT_TRUE(is_payload(answers[3], 7));
  }
  EXPECT_EQ(server_->stats().accepted, 3U);
  EXPECT_EQ(server_->stats().requests, 12U);
}

TEST_F(ServerTest, WhatComesBehindTheLastRequestIsDropped) {
  start();
  auto const answer =
      test::ask(loop_, address(),
                {.text = "GET /urandom/5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                         "GET /urandom/6 HTTP/1.1\r\nHost: x\r\n\r\n",
                 .half_close = true});
  EXPECT_TRUE(answer.ended);
  EXPECT_EQ(test::split_answers(answer.text).size(), 1U);
}

TEST_F(ServerTest, KeepsConnectionsAsTheVersionSays) {
  start();
  EXPECT_TRUE(keeps("GET /urandom/1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(keeps("GET /urandom/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET /urandom/1 HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET /urandom/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  // Each side is told what the other can't know by the version.
  EXPECT_EQ(ask("GET /urandom/1").field("Connection"), "close");
  auto const old = raw(
      {.text = "GET /urandom/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", .half_close = true});
  EXPECT_EQ(test::split_answers(old).at(0).field("Connection"), "keep-alive");
}

TEST_F(ServerTest, RefusesClearlyWhatItWillNotDo) {
  start({.max_size = {1000}});
  EXPECT_EQ(ask("GET /urandom/1001").status, 413);
  EXPECT_NE(ask("GET /urandom/1001").body.find("at most 1000 bytes"), std::string::npos);
  EXPECT_EQ(ask("GET /urandom/99999999999999999999999").status, 413);
  EXPECT_EQ(ask("GET /urandom/many").status, 400);
  EXPECT_EQ(ask("GET /urandom/-1").status, 400);
  EXPECT_EQ(ask("GET /urandom/+1").status, 400);
  EXPECT_EQ(ask("GET /urandom/").status, 400);
  EXPECT_EQ(ask("GET /urandom/1", "Content-Length: 3\r\n", "abc").status, 400);
  EXPECT_EQ(ask("DELETE /urandom/1").status, 405);
  EXPECT_EQ(ask("GET /upload").status, 405);
  EXPECT_EQ(ask("GET /nothing").status, 404);
  EXPECT_EQ(ask("GET /").status, 200);
  EXPECT_EQ(ask("GET /urandom/1000").status, 200);
  EXPECT_EQ(test::split_answers(raw({.text = "NONSENSE\r\n\r\n"})).at(0).status, 400);
  EXPECT_EQ(
      test::split_answers(
          raw({.text = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"}))
          .at(0)
          .status,
      431);
  EXPECT_EQ(server_->stats().refused, 13U);
}

TEST_F(ServerTest, AClientThatEndsItsSideStillGetsItsAnswer) {
  start();
  auto const answer =
      test::ask(loop_, address(),
                {.text = "GET /urandom/300000 HTTP/1.1\r\nHost: x\r\n\r\n", .half_close = true});
  EXPECT_TRUE(answer.ended);
  EXPECT_TRUE(is_payload(test::split_answers(answer.text).at(0), 300000));
  // Inside a head or a body there is nothing to answer.
  for (auto const* text : {"", "GET /urandom/1 HTTP/1.1\r\nHo",
                           "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc"}) {
    auto const nothing = test::ask(loop_, address(), {.text = text, .half_close = true});
    EXPECT_TRUE(nothing.ended);
    EXPECT_EQ(nothing.text, "");
  }
}

TEST_F(ServerTest, HandsOverWhatItSawOfAMeasurement) {
  start();
  auto const id = runtime::new_id();
  auto spec = test::payload_of(address(), 5'000'000);
  spec.measurement = id;
  TransferTrace trace;
  ASSERT_TRUE(test::run_transfer(loop_, spec, trace));
  EXPECT_TRUE(trace.verified);
  await_observation();
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
  EXPECT_EQ(server_->stats().payload_bytes, 5'000'000U);
}

TEST_F(ServerTest, WhatIsNoIdIsNotObserved) {
  start();
  (void)ask("GET /urandom/10", "X-Perfd-Measurement: hello\r\n");
  (void)ask("GET /urandom/10");
  EXPECT_TRUE(observer_.seen.empty());
}

TEST_F(ServerTest, ATransferThatTheClientLeavesIsObservedAsIncomplete) {
  start();
  auto const id = runtime::new_id();
  (void)raw({.text = "GET /urandom/100000000 HTTP/1.1\r\nHost: x\r\nX-Perfd-Measurement: " + id +
                     "\r\n\r\n",
             .enough = 1000});
  await_observation();
  ASSERT_EQ(observer_.seen.size(), 1U);
  EXPECT_EQ(observer_.seen[0].measurement, id);
  EXPECT_FALSE(observer_.seen[0].complete);
  EXPECT_GT(observer_.seen[0].bytes, 0);
  EXPECT_NE(observer_.seen[0].marks.find(mark::kServerFirst), nullptr);
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

// Asks for much, and is told when the first of it came.
runtime::Task<> ask_for_much(runtime::Loop& loop, runtime::Address server, runtime::Event& begun,
                             bool& reset_or_ended) {
  auto socket = runtime::StreamSocket::create(loop, server).value();
  EXPECT_TRUE(co_await socket.connect(server));
  co_await test::send_text(socket, "GET /urandom/100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
  (void)co_await test::read_until(socket, "\r\n\r\n");
  begun.set();
  co_await test::drain(socket);
  reset_or_ended = true;
}

TEST_F(ServerTest, StopsWhileTransfersRun) {
  start();
  runtime::Event begun(loop_.context());
  bool ended = false;
  runtime::TaskGroup client(loop_);
  client.spawn("client", ask_for_much(loop_, address(), begun, ended));
  loop_.run_until_done(begun.wait());
  loop_.run_until_done(server_->stop());
  loop_.run_until_done(client.join());
  EXPECT_TRUE(ended);
  EXPECT_EQ(server_->stats().connections, 0U);
}

}  // namespace
}  // namespace perfd::net
