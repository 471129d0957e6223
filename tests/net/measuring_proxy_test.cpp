#include "net/measuring_proxy.h"

#include <gmock/gmock.h>

#include "net/support/fault_server.h"
#include "net/support/raw_client.h"
#include "net/support/run_transfer.h"
#include "net/support/socks_proxy.h"

namespace perfd::net {
namespace {

using test::Fault;
using test::FaultServer;
using test::ProxyFaults;
using test::SocksProxy;
using testing::HasSubstr;
using testing::IsEmpty;
namespace mark = model::mark;

constexpr std::int64_t kSize = 512000;

class MeasuringProxyTest : public testing::Test, public ProxyObserver {
 protected:
  ~MeasuringProxyTest() override {
    if (proxy_) loop_.run_until_done(proxy_->stop());
  }
  void on_connection(model::ProxyConnection connection) override {
    seen_.push_back(std::move(connection));
  }

  // A download from a server of this process, through the measuring proxy and a proxy in tor's
  // place.
  Result<> fetch(ProxyFaults faults, bool optimistic = false, Fault fault = Fault::none) {
    FaultServer server(loop_, fault);
    SocksProxy tor(loop_, std::move(faults));
    start(tor.address(), optimistic);
    auto spec = test::payload_of(server.address(), kSize);
    spec.proxy = proxy_->address();
    auto result = test::run_transfer(loop_, spec, trace_);
    loop_.run_until_done(proxy_->stop());
    request_ = tor.last_request();
    server_port_ = server.address().port();
    return result;
  }

  void start(runtime::Address const& upstream, bool optimistic = false) {
    settings_.upstream = upstream;
    settings_.optimistic = optimistic;
    proxy_ = std::make_unique<MeasuringProxy>(loop_, settings_, *this);
    proxy_->listen(runtime::BoundListener::bind(test::any_port()).value());
  }

  // A tor that answers the request only once it has read what comes behind it.
  static runtime::Task<> late(runtime::StreamSocket socket, std::string& behind) {
    co_await test::read_until(socket, std::string("\x05\x01\x00", 3));
    co_await test::send_text(socket, std::string("\x05\x00", 2));
    behind = co_await test::read_until(socket, "\r\n\r\n");
    co_await test::send_text(socket, std::string("\x05\x00\x00\x01\0\0\0\0\0\0", 10) + "hello");
  }
  // A program that sends its request as soon as it is told that it may.
  runtime::Task<Result<std::string>> hasty() {
    auto const proxy = proxy_->address();
    auto socket = runtime::StreamSocket::create(loop_, proxy).value();
    if (auto connected = co_await socket.connect(proxy); !connected) co_return connected.error();
    co_await test::send_text(socket, std::string("\x05\x01\x00", 3));
    co_await test::read_until(socket, std::string("\x05\x00", 2));
    co_await test::send_text(socket, std::string("\x05\x01\x00\x03\x04host\x00\x50", 11));
    co_await test::read_until(socket, std::string(6, '\0'));
    co_await test::send_text(socket, "GET / HTTP/1.1\r\n\r\n");
    co_return success(co_await test::read_until(socket, "hello"));
  }

  // Every one of these marks is there, none before the one before it.
  void expect_order(std::initializer_list<std::string_view> names) {
    WallTime latest{};
    for (auto const name : names) {
      auto const* const found = seen_.at(0).marks.find(name);
      ASSERT_NE(found, nullptr) << name;
      EXPECT_GE(found->at, latest) << name;
      latest = found->at;
    }
  }

  runtime::Loop loop_;
  ProxySettings settings_;
  std::unique_ptr<MeasuringProxy> proxy_;
  std::vector<model::ProxyConnection> seen_;
  TransferTrace trace_;
  wire::socks::ServerRequest request_;
  std::uint16_t server_port_ = 0;
};

TEST_F(MeasuringProxyTest, WritesDownWhatAConnectionDid) {
  settings_.username = "load-1";
  ASSERT_TRUE(fetch({}));
  ASSERT_EQ(seen_.size(), 1U);
  auto const& one = seen_[0];
  EXPECT_EQ(one.number, 1U);
  EXPECT_EQ(one.host, "127.0.0.1");
  EXPECT_EQ(one.port, server_port_);
  EXPECT_EQ(request_.user, "load-1") << "isolation that the program did not ask for";
  EXPECT_EQ(one.username, "load-1");
  EXPECT_EQ(one.socks_reply, 0);
  EXPECT_EQ(one.early_bytes, 0);
  EXPECT_EQ(one.closed_by, "client");
  EXPECT_EQ(one.error, "");
  EXPECT_THAT(one.source_address, HasSubstr("127.0.0.1:"));
  // The transfer counts its SOCKS handshake, 3 and 10 bytes out and 2 and 10 in, the proxy not.
  EXPECT_EQ(one.bytes_down, trace_.readbytes - 12);
  EXPECT_EQ(one.bytes_up, trace_.writebytes - 13);
  expect_order({mark::kProxyAccept, mark::kProxyNegotiated, mark::kProxyRequested, mark::kSocket,
                mark::kConnect, mark::kNegotiate, mark::kRequest, mark::kResponse,
                mark::kProxyReplied, mark::kUpFirst, mark::kUpLast, mark::kDownFirst,
                mark::kDownLast, mark::kProxyClose});
  // Bytes are seen here before the program has them.
  EXPECT_LE(one.marks.at(mark::kDownFirst), trace_.marks.at(mark::kDataResponse));
  EXPECT_LE(one.marks.at(mark::kDownLast), trace_.marks.at(mark::kDataComplete));
}

TEST_F(MeasuringProxyTest, TorsExtendedReplyReachesTheProgram) {
  ProxyFaults refusing;
  refusing.refuse = 0xF2;
  EXPECT_FALSE(fetch(refusing));
  EXPECT_EQ(trace_.socks_reply, 0xF2);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].socks_reply, 0xF2);
  EXPECT_EQ(seen_[0].closed_by, "server");
  EXPECT_THAT(seen_[0].error, HasSubstr("introduction"));
}

TEST_F(MeasuringProxyTest, EarlyDataGoesOutBeforeTorReplies) {
  std::string behind;
  test::Peer tor(loop_,
                 [&](runtime::StreamSocket socket) { return late(std::move(socket), behind); });
  start(tor.address(), true);
  auto const got = loop_.run_until_done(
      runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{10}, hasty()));
  ASSERT_TRUE(got) << "nobody waits for the reply";
  loop_.run_until_done(proxy_->stop());
  EXPECT_THAT(behind, HasSubstr("GET / HTTP/1.1"));
  EXPECT_EQ(*got, "hello");
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_TRUE(seen_[0].optimistic);
  EXPECT_EQ(seen_[0].early_bytes, 18);
  EXPECT_EQ(seen_[0].bytes_up, 18);
  EXPECT_EQ(seen_[0].bytes_down, 5);
  expect_order({mark::kProxyReplied, mark::kUpFirst, mark::kResponse, mark::kDownFirst});
}

TEST_F(MeasuringProxyTest, ARefusalBehindAnEarlySuccessResetsTheProgram) {
  ProxyFaults refusing;
  refusing.refuse = 4;
  auto const fetched = fetch(refusing, true);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::kReset);
  EXPECT_EQ(trace_.socks_reply, 0);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].socks_reply, 4);
  EXPECT_EQ(seen_[0].closed_by, "server");
}

TEST_F(MeasuringProxyTest, ATorThatIsNotThereIsARefusalWithARecord) {
  auto const nobody = [&] {
    return runtime::Listener(loop_, runtime::BoundListener::bind(test::any_port()).value())
        .address();
  }();
  start(nobody);
  TransferSpec spec;
  spec.host = "host";
  spec.proxy = proxy_->address();
  EXPECT_FALSE(test::run_transfer(loop_, spec, trace_));
  loop_.run_until_done(proxy_->stop());
  EXPECT_EQ(trace_.socks_reply, 1);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].socks_reply, std::nullopt);
  EXPECT_THAT(seen_[0].error, HasSubstr("refused"));
}

TEST_F(MeasuringProxyTest, AResetOfTheServerResetsTheProgram) {
  ProxyFaults resetting;
  resetting.reset_after = 100000;
  auto const fetched = fetch(resetting);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::kReset);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].closed_by, "server");
  EXPECT_THAT(seen_[0].error, HasSubstr("reset"));
}

TEST_F(MeasuringProxyTest, GarbageIsTheProgramsFault) {
  start(test::any_port());
  test::RawAsk ask;
  ask.text = "GET / HTTP/1.1\r\n\r\n";
  (void)test::ask(loop_, proxy_->address(), ask);
  loop_.run_until_done(proxy_->stop());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].closed_by, "client");
  EXPECT_THAT(seen_[0].error, testing::Not(IsEmpty()));
}

TEST_F(MeasuringProxyTest, ASilentProgramIsClosed) {
  settings_.handshake_timeout = std::chrono::milliseconds{1};
  start(test::any_port());
  test::RawAsk ask;
  ask.text = "\x05";
  auto const answer = test::ask(loop_, proxy_->address(), ask);
  EXPECT_THAT(answer.text, IsEmpty());
  loop_.run_until_done(proxy_->stop());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].closed_by, "perfd");
}

TEST_F(MeasuringProxyTest, AStopEndsWhatIsOpenAndKeepsItsRecord) {
  ProxyFaults silent;
  silent.stall_reply = true;
  SocksProxy tor(loop_, silent);
  start(tor.address());
  TransferSpec spec;
  spec.host = "host";
  spec.proxy = proxy_->address();
  auto const fetched = test::run_transfer(loop_, spec, trace_, std::chrono::milliseconds{300});
  EXPECT_TRUE(runtime::is_timeout(fetched.error()));
  loop_.run_until_done(proxy_->stop());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_NE(seen_[0].marks.find(mark::kRequest), nullptr);
  EXPECT_EQ(seen_[0].marks.find(mark::kResponse), nullptr);
}

}  // namespace
}  // namespace perfd::net
