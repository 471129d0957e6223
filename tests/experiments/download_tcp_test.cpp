// What only TCP has: resets, refusals without a proxy, and local ports.
#include "experiments/support/virtual_download.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using net::test::Fault;
using net::test::FaultServer;
using net::test::ProxyFaults;
using net::test::SocksProxy;

class TcpDownload : public testing::Test {
 protected:
  model::Measurement run(Fault fault, ProxyFaults faults, StreamJoin* tor = nullptr) {
    FaultServer server(loop_, fault);
    SocksProxy proxy(loop_, std::move(faults));
    auto spec = test::a_download();
    spec.proxy = proxy.address();
    spec.host = server.address().host();
    spec.port = server.address().port();
    MeasurementPorts const ports{loop_, tor};
    return loop_.run_until_done(measure_once(ports, std::move(spec)));
  }
  runtime::Loop loop_;
};

TEST_F(TcpDownload, EveryResetIsTold) {
  auto const at_head = run(Fault::reset_head, {});
  EXPECT_EQ(at_head.outcome.code, FailureCode::net_closed);  // the proxy closed, in order
  auto const reply = run(Fault::none, {.reset_reply = true});
  EXPECT_EQ(reply.outcome.code, FailureCode::net_reset);
  EXPECT_EQ(reply.outcome.operation, "socks request");
  auto const payload = run(Fault::none, {.reset_after = 20000});
  EXPECT_EQ(payload.outcome.code, FailureCode::net_reset);
  EXPECT_EQ(payload.marks.find("DATAPERC50"), nullptr);
}

TEST_F(TcpDownload, NobodyListens) {
  runtime::Address nobody;
  {
    FaultServer closed(loop_, Fault::none);
    nobody = closed.address();
  }
  auto spec = test::a_download();
  spec.host = nobody.host();
  spec.port = nobody.port();
  MeasurementPorts const ports{loop_};
  auto const direct = loop_.run_until_done(measure_once(ports, spec));
  EXPECT_EQ(direct.outcome.code, FailureCode::net_refused);
  EXPECT_EQ(direct.outcome.operation, "connect");
  spec.proxy = nobody;
  auto const proxied = loop_.run_until_done(measure_once(ports, spec));
  EXPECT_EQ(proxied.outcome.code, FailureCode::socks_refused);
  EXPECT_EQ(proxied.proxy.port, nobody.port());
}

TEST_F(TcpDownload, StreamsAreJoinedByTheLocalPortToo) {
  test::FakeTor tor;
  auto const record = run(Fault::none, {}, &tor);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  ASSERT_EQ(tor.keys.size(), 1U);
  EXPECT_EQ(record.local.address, "127.0.0.1");
  EXPECT_GT(record.local.port, 0);
  EXPECT_EQ(tor.keys[0].source_address, "127.0.0.1:" + std::to_string(record.local.port));
}

}  // namespace
}  // namespace perfd::experiments
