// A deadline ends a transfer in whatever step it is, and the marks reached before are kept. In
// virtual time, over unix sockets: what was sent before the deadline has arrived before it.
#include <gtest/gtest.h>

#include "net/support/fault_server.h"
#include "net/support/run_transfer.h"
#include "net/support/socks_proxy.h"
#include "net/support/unix_place.h"
#include "net/transfer.h"
#include "runtime/virtual_time.h"

namespace perfd::net {
namespace {

namespace mark = model::mark;
using test::Fault;
using test::ProxyFaults;
using wire::socks::Version;

constexpr std::int64_t kAsked = 51200;
constexpr std::chrono::seconds kLimit{295};

class TransferDeadline : public testing::Test {
 protected:
  // Runs into the deadline, with that proxy and that server.
  void run(ProxyFaults faults, Fault fault, Version version = Version::kSocks5) {
    test::FaultServer server(loop_, fault, place_.address("server"));
    faults.upstream = server.address();
    test::SocksProxy proxy(loop_, std::move(faults), place_.address("proxy"));
    TransferSpec spec;
    spec.proxy = proxy.address();
    spec.socks_version = version;
    spec.username = "user";
    spec.host = "192.0.2.1";
    spec.target = "/urandom/" + std::to_string(kAsked);
    spec.expected_bytes = kAsked;
    auto const begun = runtime::mono_now();
    trace_ = {};
    auto const result =
        time_.run(loop_, runtime::with_deadline(begun + kLimit, transfer(loop_, spec, trace_)));
    ASSERT_FALSE(result);
    EXPECT_TRUE(runtime::is_timeout(result.error()));
    EXPECT_EQ(runtime::mono_now(), begun + kLimit);
    EXPECT_EQ(trace_.marks.find(mark::kDataComplete), nullptr);
    EXPECT_FALSE(trace_.verified);
  }
  void expect_marks(std::vector<std::string> const& names) {
    std::vector<std::string> reached;
    for (auto const& entry : trace_.marks.entries()) reached.push_back(entry.name);
    EXPECT_EQ(reached, names);
  }

  test::UnixPlace place_;
  runtime::VirtualTime time_;
  runtime::Loop loop_;
  TransferTrace trace_;
};

TEST_F(TransferDeadline, WhileTheProxyChoosesAMethod) {
  run({.stall_method = true}, Fault::none);
  EXPECT_EQ(trace_.step, Step::negotiate);
  expect_marks({"START", "SOCKET", "CONNECT"});
}

TEST_F(TransferDeadline, WhileTheProxyConnects) {
  for (auto const version : {Version::kSocks4, Version::kSocks4a, Version::kSocks5}) {
    run({.stall_reply = true}, Fault::none, version);
    EXPECT_EQ(trace_.step, Step::socks_request);
    expect_marks({"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST"});
    EXPECT_EQ(trace_.socks_reply, std::nullopt);
  }
}

TEST_F(TransferDeadline, WhileTheServerThinks) {
  run({}, Fault::stall_head);
  EXPECT_EQ(trace_.step, Step::http_response);
  expect_marks({"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "RESPONSE", "DATAREQUEST"});
  EXPECT_EQ(trace_.socks_reply, 0);
  EXPECT_EQ(trace_.http_status, std::nullopt);
}

TEST_F(TransferDeadline, InTheMiddleOfThePayload) {
  run({}, Fault::stall_payload);
  EXPECT_EQ(trace_.step, Step::payload);
  EXPECT_EQ(trace_.payload_bytes, kAsked / 2);
  EXPECT_EQ(trace_.http_status, 200);
  expect_marks({"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "RESPONSE", "DATAREQUEST",
                "DATARESPONSE", "DATAPERC0", "DATAPERC10", "DATAPERC20", "PARTIAL10240",
                "DATAPERC30", "DATAPERC40", "PARTIAL20480", "DATAPERC50"});
}

}  // namespace
}  // namespace perfd::net
