#include "net/transfer.h"

#include <gtest/gtest.h>

#include "net/support/fault_server.h"
#include "net/support/run_transfer.h"
#include "net/support/socks_proxy.h"

namespace perfd::net {
namespace {

using test::Fault;
using test::FaultServer;
using test::ProxyFaults;
using test::SocksProxy;
using wire::socks::Version;
namespace mark = model::mark;

constexpr std::int64_t kSize = 51200;

class TransferTest : public testing::Test {
 protected:
  // Fetches from a server with that fault; directly, or through the given proxy.
  Result<> fetch(Fault fault, std::int64_t size = kSize, bool must_verify = true) {
    FaultServer server(loop_, fault);
    auto spec = test::payload_of(server.address(), size);
    spec.must_verify = must_verify;
    return test::run_transfer(loop_, spec, trace_);
  }
  Result<> fetch_by_proxy(ProxyFaults faults, Version version = Version::kSocks5,
                          bool optimistic = false) {
    FaultServer server(loop_, Fault::none);
    SocksProxy proxy(loop_, std::move(faults));
    auto spec = test::payload_of(server.address(), kSize);
    spec.proxy = proxy.address();
    spec.socks_version = version;
    spec.username = "user";
    if (version == Version::kSocks5) spec.password = "word";
    spec.optimistic = optimistic;
    auto result = test::run_transfer(loop_, spec, trace_);
    request_ = proxy.last_request();
    return result;
  }
  bool has(std::string_view name) const { return trace_.marks.find(name) != nullptr; }

  // Every mark's interval begins no earlier than that of the mark before it in `names` ended
  // in the worst case, and moments never go back.
  void expect_order(std::vector<std::string_view> const& names) {
    WallTime latest{};
    for (auto const name : names) {
      auto const* m = trace_.marks.find(name);
      ASSERT_NE(m, nullptr) << name;
      EXPECT_GE(m->at, latest) << name;
      EXPECT_GE(m->error_bound, Micros{0}) << name;
      latest = m->at;
    }
  }

  runtime::Loop loop_;
  TransferTrace trace_;
  wire::socks::ServerRequest request_;
};

TEST_F(TransferTest, ADirectDownloadSetsItsMarksAndVerifies) {
  ASSERT_TRUE(fetch(Fault::none));
  EXPECT_EQ(trace_.step, Step::done);
  EXPECT_EQ(trace_.payload_bytes, kSize);
  EXPECT_TRUE(trace_.verified);
  EXPECT_EQ(trace_.http_status, 200);
  EXPECT_GT(trace_.readbytes, kSize);
  EXPECT_GT(trace_.writebytes, 50);
  expect_order({mark::kStart, mark::kSocket, mark::kConnect, mark::kDataRequest,
                mark::kDataResponse, "DATAPERC0", "DATAPERC10", "DATAPERC90", "DATAPERC100",
                mark::kDataComplete});
  EXPECT_FALSE(has(mark::kNegotiate));
  EXPECT_TRUE(has("PARTIAL10240"));
  EXPECT_TRUE(has("PARTIAL51200"));
  EXPECT_FALSE(has("PARTIAL102400"));
  EXPECT_EQ(trace_.local.address, "127.0.0.1");
  EXPECT_GT(trace_.local.port, 0);
  EXPECT_TRUE(trace_.proxy.empty());
  EXPECT_EQ(trace_.remote.address, "127.0.0.1");
}

TEST_F(TransferTest, ThroughEverySocksVersionAllMarksAreSet) {
  for (auto const version : {Version::kSocks4, Version::kSocks4a, Version::kSocks5})
    for (bool const optimistic : {false, true}) {
      trace_ = {};
      ASSERT_TRUE(fetch_by_proxy({}, version, optimistic));
      EXPECT_TRUE(trace_.verified);
      EXPECT_EQ(request_.user, "user");
      EXPECT_EQ(trace_.socks_reply, version == Version::kSocks5 ? 0x00 : 0x5A);
      expect_order({mark::kStart, mark::kSocket, mark::kConnect, mark::kNegotiate, mark::kRequest,
                    mark::kResponse, mark::kDataResponse, mark::kDataComplete});
      auto const request = *trace_.marks.at(mark::kDataRequest);
      auto const response = *trace_.marks.at(mark::kResponse);
      EXPECT_EQ(optimistic, request < response) << "optimistic " << optimistic;
    }
}

TEST_F(TransferTest, AnAnswerThatComesWithTheSocksReplyIsNotLost) {
  // A peer that is proxy and server in one writes both at once.
  test::Peer peer(loop_, [](runtime::StreamSocket socket) -> runtime::Task<> {
    (void)co_await test::read_until(socket, "\r\n\r\n");
    co_await test::send_text(socket, std::string("\0\x5A\0\0\0\0\0\0", 8) +
                                         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    co_await test::drain(socket);
  });
  TransferSpec spec;
  spec.proxy = peer.address();
  spec.socks_version = Version::kSocks4a;
  spec.host = "example.invalid";
  spec.optimistic = true;
  spec.expected_bytes = 5;
  ASSERT_TRUE(test::run_transfer(loop_, spec, trace_));
  EXPECT_EQ(trace_.payload_bytes, 5);
  EXPECT_FALSE(trace_.verifiable);
  EXPECT_FALSE(trace_.verified);
  // The reply was not the last thing in its read.
  EXPECT_GE(trace_.marks.find(mark::kResponse)->error_bound,
            trace_.marks.find(mark::kDataComplete)->error_bound);
}

struct FaultCase {
  Fault fault;
  Errc error;
  Step step;
};

TEST_F(TransferTest, EveryFaultOfTheServerHasItsError) {
  for (auto const& [fault, error, step] : std::initializer_list<FaultCase>{
           {Fault::refuse_head, Errc::kClosed, Step::http_response},
           {Fault::cut_head, Errc::kClosed, Step::http_response},
           {Fault::reset_head, Errc::kReset, Step::http_response},
           {Fault::garbage, Errc::kHttpMalformed, Step::http_response},
           {Fault::huge_head, Errc::kHttpMalformed, Step::http_response},
           {Fault::status_500, Errc::kHttpStatus, Step::http_response},
           {Fault::wrong_length, Errc::kWrongLength, Step::http_response},
           {Fault::no_tag, Errc::kCorrupted, Step::http_response},
           {Fault::truncate, Errc::kTruncated, Step::payload},
           {Fault::corrupt, Errc::kCorrupted, Step::payload},
       }) {
    trace_ = {};
    auto const result = fetch(fault);
    ASSERT_FALSE(result) << static_cast<int>(fault);
    EXPECT_EQ(result.error().code, error) << static_cast<int>(fault) << result.error().message;
    EXPECT_EQ(trace_.step, step) << static_cast<int>(fault);
    EXPECT_TRUE(has(mark::kDataRequest));
    EXPECT_FALSE(has(mark::kDataComplete));
    EXPECT_FALSE(trace_.verified);
  }
}

TEST_F(TransferTest, AResetInThePayloadKeepsWhatCameBefore) {
  auto const result = fetch(Fault::reset_payload);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kReset);
  EXPECT_FALSE(has("DATAPERC60"));
}

TEST_F(TransferTest, ACorruptedPayloadCountsOnlyTheBytesBefore) {
  ASSERT_FALSE(fetch(Fault::corrupt));
  EXPECT_EQ(trace_.payload_bytes, kSize / 2);
}

TEST_F(TransferTest, PayloadOfAForeignServerIsTakenUnverified) {
  ASSERT_TRUE(fetch(Fault::no_tag, kSize, false));
  EXPECT_FALSE(trace_.verifiable);
  EXPECT_FALSE(trace_.verified);
  EXPECT_EQ(trace_.payload_bytes, kSize);
}

TEST_F(TransferTest, ChunksAndAnEndByCloseAreBodiesToo) {
  for (auto const fault : {Fault::chunked, Fault::until_close, Fault::close_after}) {
    trace_ = {};
    ASSERT_TRUE(fetch(fault)) << static_cast<int>(fault);
    EXPECT_TRUE(trace_.verified);
    EXPECT_TRUE(has("DATAPERC100"));
    EXPECT_TRUE(has(mark::kDataComplete));
  }
}

TEST_F(TransferTest, AnEmptyPayloadIsComplete) {
  ASSERT_TRUE(fetch(Fault::none, 0));
  EXPECT_TRUE(has("DATAPERC0"));
  EXPECT_TRUE(has("DATAPERC100"));
  EXPECT_TRUE(has(mark::kDataComplete));
}

TEST_F(TransferTest, EveryFaultOfTheProxyHasItsError) {
  struct Case {
    ProxyFaults faults;
    Errc error;
    Step step;
  };
  for (auto const& [faults, error, step] : std::initializer_list<Case>{
           {{.refuse = 0x04}, Errc::kSocksRejected, Step::socks_request},
           {{.garbage = true}, Errc::kSocksProtocol, Step::negotiate},
           {{.no_usernames = true}, Errc::kSocksAuth, Step::negotiate},
           {{.drops_usernames = true}, Errc::kSocksProtocol, Step::negotiate},
           {{.refuse_password = true}, Errc::kSocksAuth, Step::negotiate},
           {{.close_method = true}, Errc::kClosed, Step::negotiate},
           {{.reset_reply = true}, Errc::kReset, Step::socks_request},
           {{.cut_reply = true}, Errc::kClosed, Step::socks_request},
           {{.reset_after = 20000}, Errc::kReset, Step::payload},
       }) {
    trace_ = {};
    auto const result = fetch_by_proxy(faults);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, error) << result.error().message;
    EXPECT_EQ(trace_.step, step) << result.error().message;
    EXPECT_FALSE(has(mark::kDataComplete));
  }
  EXPECT_EQ(trace_.socks_reply, 0);
}

TEST_F(TransferTest, ARefusalOfSocks4HasItsCodeToo) {
  for (auto const version : {Version::kSocks4, Version::kSocks4a}) {
    trace_ = {};
    auto const result = fetch_by_proxy({.refuse = 0x05}, version);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::kSocksRejected);
    EXPECT_EQ(trace_.socks_reply, 0x5B);
    EXPECT_TRUE(has(mark::kResponse));
  }
}

TEST_F(TransferTest, EverySocksReplyIsKept) {
  for (int code : {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0xF0, 0xF3, 0xF7, 0x77}) {
    trace_ = {};
    auto const result = fetch_by_proxy({.refuse = code});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::kSocksRejected);
    EXPECT_EQ(trace_.socks_reply, code);
    EXPECT_TRUE(has(mark::kResponse));
  }
}

runtime::Address closed_port(runtime::Loop& loop) {
  test::Peer peer(loop, [](runtime::StreamSocket) -> runtime::Task<> { co_return; });
  return peer.address();
}

TEST_F(TransferTest, ARefusedConnectionSaysWhose) {
  auto const nobody = closed_port(loop_);
  auto spec = test::payload_of(nobody, kSize);
  auto const direct = test::run_transfer(loop_, spec, trace_);
  EXPECT_EQ(direct.error().code, Errc::kRefused);
  EXPECT_TRUE(has(mark::kSocket));
  EXPECT_FALSE(has(mark::kConnect));
  spec.proxy = nobody;
  trace_ = {};
  auto const proxied = test::run_transfer(loop_, spec, trace_);
  EXPECT_EQ(proxied.error().code, Errc::kProxyRefused);
  EXPECT_EQ(trace_.step, Step::connect);
}

TEST_F(TransferTest, WhatCannotBeAskedForIsToldAtOnce) {
  TransferSpec spec;
  spec.host = "example.com";  // a name, and no proxy to resolve it
  EXPECT_EQ(test::run_transfer(loop_, spec, trace_).error().code, Errc::kBadSpec);
  spec.host = "127.0.0.1";
  spec.target = "/a b\r\nX: y";
  EXPECT_EQ(test::run_transfer(loop_, spec, trace_).error().code, Errc::kBadSpec);
}

}  // namespace
}  // namespace perfd::net
