#include "net/upload.h"

#include <gmock/gmock.h>

#include <future>

#include "net/digest.h"
#include "net/support/server_fixture.h"
#include "net/support/socks_proxy.h"
#include "net/upload_body.h"
#include "runtime/deadline.h"
#include "runtime/random.h"

namespace perfd::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace mark = model::mark;

constexpr std::int64_t kUploadSize = 1'500'000;  // more than a block, and no multiple of a piece

// A server that reads the request's head and `enough` bytes of its body, says `answer` and closes.
struct Scripted {
  std::size_t enough = 0;
  std::string answer;
  std::string at_once = {};  // said behind the head
};

runtime::Task<> follow(Scripted script, runtime::StreamSocket socket) {
  auto const head = co_await test::read_until(socket, "\r\n\r\n");
  if (!script.at_once.empty()) co_await test::send_text(socket, script.at_once);
  auto got = head.size() - head.find("\r\n\r\n") - 4;
  std::array<std::byte, 65536> buffer;
  while (got < script.enough) {
    auto const received = co_await socket.receive(buffer);
    if (!received || received->bytes == 0) co_return;
    got += received->bytes;
  }
  co_await test::send_text(socket, script.answer);
  socket.shutdown_send();
  co_await test::drain(socket);
}

class UploadTest : public test::ServerFixture {
 protected:
  TransferSpec spec_for(runtime::Address const& server) {
    TransferSpec spec;
    spec.host = server.host();
    spec.port = server.port();
    spec.target = "/upload";
    spec.measurement = runtime::new_id();
    spec.must_verify = true;
    return spec;
  }
  Result<> send(TransferSpec spec, std::int64_t size = kUploadSize) {
    return loop_.run_until_done(
        runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{10},
                               upload(loop_, std::move(spec), size, trace_)));
  }
  Result<> send_to(Scripted script, bool must_verify = true, std::int64_t size = kUploadSize) {
    test::Peer peer(loop_, [script](runtime::StreamSocket socket) {
      return follow(script, std::move(socket));
    });
    auto spec = spec_for(peer.address());
    spec.must_verify = must_verify;
    return send(std::move(spec), size);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (auto const& entry : trace_.marks.entries()) out.push_back(entry.name);
    return out;
  }

  TransferTrace trace_;
};

TEST_F(UploadTest, EveryStepIsMarkedOnBothSides) {
  start();
  auto const spec = spec_for(address());
  ASSERT_TRUE(send(spec));
  EXPECT_THAT(names(), ElementsAre("START", "SOCKET", "CONNECT", "DATAREQUEST", "HANDEDFIRST",
                                   "HANDEDLAST", "DATARESPONSE", "DATACOMPLETE"));
  WallTime last{};
  for (auto const& entry : trace_.marks.entries()) {
    EXPECT_GE(entry.mark.at, last) << entry.name;
    last = entry.mark.at;
  }
  EXPECT_EQ(trace_.payload_bytes, kUploadSize);
  EXPECT_EQ(trace_.handed_bytes, kUploadSize);
  EXPECT_GT(trace_.writebytes, kUploadSize);
  EXPECT_TRUE(trace_.verified);
  EXPECT_EQ(trace_.http_status, 200);
  EXPECT_EQ(trace_.step, Step::done);

  ASSERT_TRUE(loop_.run_until_done(
      observer_.any.wait_until(runtime::mono_now() + std::chrono::seconds{10})));
  ASSERT_EQ(observer_.seen.size(), 1U);
  auto const& seen = observer_.seen[0];
  EXPECT_EQ(seen.measurement, spec.measurement);
  EXPECT_EQ(seen.bytes, kUploadSize);
  EXPECT_TRUE(seen.complete);
  last = {};
  for (auto const* name :
       {"FIRST_BYTE", "DATAPERC10", "DATAPERC20", "DATAPERC30", "DATAPERC40", "DATAPERC50", "HALF",
        "DATAPERC60", "DATAPERC70", "DATAPERC80", "DATAPERC90", "LAST_BYTE"}) {
    auto const at = seen.marks.at(name);
    ASSERT_TRUE(at) << name;
    EXPECT_GE(*at, last) << name;
    last = *at;
  }
}

TEST_F(UploadTest, GoesThroughAProxyAndCanFollowItsRequestAtOnce) {
  start();
  for (bool const optimistic : {false, true}) {
    test::SocksProxy proxy(loop_);
    auto spec = spec_for(address());
    spec.proxy = proxy.address();
    spec.optimistic = optimistic;
    trace_ = {};
    ASSERT_TRUE(send(spec, 51200));
    EXPECT_EQ(proxy.last_request().address.port, address().port());
    EXPECT_EQ(trace_.marks.at(mark::kDataRequest) < trace_.marks.at(mark::kResponse), optimistic);
    EXPECT_GE(trace_.marks.at(mark::kHandedFirst), trace_.marks.at(mark::kResponse));
  }
}

TEST_F(UploadTest, ARefusalEndsItBeforeAllIsSent) {
  start({.max_size = {1000}});
  constexpr std::int64_t kMuch = 200'000'000;
  auto const result = send(spec_for(address()), kMuch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kHttpStatus);
  EXPECT_EQ(trace_.http_status, 413);
  EXPECT_LT(trace_.handed_bytes, kMuch);
  EXPECT_EQ(trace_.marks.find(mark::kHandedLast), nullptr);
  EXPECT_EQ(trace_.marks.find(mark::kDataComplete), nullptr);
}

std::string answer_of(std::string const& json) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
}

TEST_F(UploadTest, WhatTheServerGotIsCompared) {
  auto const sum = UploadBody::of(kUploadSize)->sha256();
  auto const told = [](std::int64_t bytes, std::string const& sha256) {
    return answer_of(R"({"bytes":)" + std::to_string(bytes) + R"(,"sha256":")" + sha256 + "\"}");
  };
  EXPECT_TRUE(send_to({kUploadSize, told(kUploadSize, sum)}));
  auto other = sum;
  other[5] = other[5] == '0' ? '1' : '0';
  EXPECT_EQ(send_to({kUploadSize, told(kUploadSize, other)}).error().code, Errc::kCorrupted);
  EXPECT_EQ(send_to({kUploadSize, told(kUploadSize - 1, sum)}).error().code, Errc::kWrongLength);
  for (auto const* text : {"", "no JSON", "[]", "{}", R"({"bytes":"1","sha256":"x"})"})
    EXPECT_EQ(send_to({kUploadSize, answer_of(text)}).error().code, Errc::kCorrupted) << text;
}

TEST_F(UploadTest, AnAnswerBeforeTheEndIsNoSuccess) {
  constexpr std::int64_t kMuch = 200'000'000;
  auto const result = send_to({1000, answer_of("{}")}, false, kMuch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kWrongLength);
  EXPECT_THAT(result.error().message, HasSubstr("of 200000000 bytes"));
}

TEST_F(UploadTest, AForeignServerMaySayWhatItLikes) {
  for (auto const* status : {"200 OK", "201 Created", "204 No Content"}) {
    trace_ = {};
    EXPECT_TRUE(send_to({kUploadSize, "HTTP/1.1 " + std::string(status) + "\r\n\r\n"}, false))
        << status;
    EXPECT_FALSE(trace_.verified);
  }
  EXPECT_EQ(send_to({kUploadSize, "HTTP/1.1 302 Found\r\n\r\n"}, false).error().code,
            Errc::kHttpStatus);
  EXPECT_EQ(send_to({kUploadSize, answer_of(std::string(70'000, 'x'))}, false).error().code,
            Errc::kHttpMalformed);
}

TEST_F(UploadTest, AnInterimAnswerIsNoneAndSetsNoMark) {
  constexpr std::int64_t kMuch = 50'000'000;
  ASSERT_TRUE(send_to({kMuch, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                       "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"},
                      false, kMuch));
  EXPECT_EQ(trace_.handed_bytes, kMuch);
  EXPECT_GE(trace_.marks.at(mark::kDataResponse), trace_.marks.at(mark::kHandedLast));
}

TEST_F(UploadTest, AnEndWithoutAnAnswerIsAFailure) {
  EXPECT_EQ(send_to({kUploadSize, ""}).error().code, Errc::kClosed);
  EXPECT_EQ(send_to({kUploadSize, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"}).error().code,
            Errc::kTruncated);
  EXPECT_EQ(trace_.step, Step::http_response);
}

runtime::Task<> end_own_side(runtime::StreamSocket socket) {
  (void)co_await test::read_until(socket, "\r\n\r\n");
  socket.shutdown_send();
  co_await runtime::sleep_for(std::chrono::hours{1});
}

// It can't answer any more, but it need not reset the connection either.
TEST_F(UploadTest, AServerThatEndsItsSideAndTakesNoMoreIsNotWaitedFor) {
  test::Peer peer(loop_, end_own_side);
  constexpr std::int64_t kMuch = 200'000'000;
  EXPECT_EQ(send(spec_for(peer.address()), kMuch).error().code, Errc::kClosed);
  EXPECT_LT(trace_.handed_bytes, kMuch);
}

TEST(UploadBody, IsTheSameForEverySizeUpToWhereItEnds) {
  auto const body = UploadBody::of(kUploadSize);
  EXPECT_EQ(UploadBody::of(kUploadSize), body);
  Sha256 digest;
  std::int64_t at = 0;
  while (at < kUploadSize) {
    auto const piece = body->piece(at, 1000);
    ASSERT_GT(piece.size(), 0U);
    digest.add(piece);
    at += static_cast<std::int64_t>(piece.size());
  }
  EXPECT_EQ(at, kUploadSize);
  EXPECT_EQ(digest.hex(), body->sha256());
  EXPECT_NE(UploadBody::of(kUploadSize - 1)->sha256(), body->sha256());
}

TEST(UploadBody, TheOneThatWasUsedLeastLatelyMakesPlace) {
  constexpr std::int64_t kKept = 32;
  std::vector<std::shared_ptr<UploadBody const>> bodies;
  for (std::int64_t size = 0; size <= kKept; ++size) bodies.push_back(UploadBody::of(size));
  for (auto size = kKept; size > 0; --size)
    EXPECT_EQ(UploadBody::of(size), bodies[static_cast<std::size_t>(size)]) << size;
  EXPECT_NE(UploadBody::of(0), bodies[0]);
}

runtime::Task<> hold_pool(runtime::Task<bool> held) { (void)co_await std::move(held); }

runtime::Task<> prepare(runtime::Loop& loop, runtime::Pool& pool, bool& prepared) {
  co_await prepare_upload(loop, &pool, kUploadSize + 1);
  prepared = true;
}

TEST(PrepareUpload, LeavesTheLoopToOthersMeanwhile) {
  runtime::Loop loop;
  runtime::Pool pool(1);
  std::promise<void> go_on;
  auto hold = [released = go_on.get_future().share()] {
    released.wait();
    return true;
  };
  bool prepared = false;
  runtime::TaskGroup tasks(loop);
  tasks.spawn("hold the pool", hold_pool(pool.run(loop, std::move(hold))));
  loop.run_until_done(runtime::sleep_for(Nanos{0}));
  tasks.spawn("prepare", prepare(loop, pool, prepared));
  for (int turn = 0; turn < 10; ++turn) loop.run_until_done(runtime::sleep_for(Nanos{0}));
  EXPECT_FALSE(prepared);
  go_on.set_value();
  loop.run_until_done(tasks.join());
  EXPECT_TRUE(prepared);
}

// FIPS 180-2, appendix B.1.
TEST(Sha256, IsTheStandards) {
  Sha256 digest;
  digest.add(std::as_bytes(std::span(std::string_view("ab"))));
  digest.add(std::as_bytes(std::span(std::string_view("c"))));
  EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace perfd::net
