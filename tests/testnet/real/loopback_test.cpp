// The parts of a private network that speak over loopback without a tor: ports, names, distance.
#include <gmock/gmock.h>

#include <set>

#include "runtime/datagram.h"
#include "testnet/delay.h"
#include "testnet/dns_responder.h"
#include "testnet/ports.h"
#include "testnet/real/world.h"

namespace perfd::testnet {
namespace {

using std::chrono::milliseconds;
using testing::Gt;
using testing::HasSubstr;

Plan plan_for(std::filesystem::path const& folder) {
  NetworkSpec spec;
  spec.folder = folder;
  spec.clients = 2;
  spec.relays[0].delay = milliseconds{1};
  return make_plan(spec).value();
}

TEST(PortsTest, AreFreeDistinctAndOutOfTheWayOfOutgoingConnections) {
  auto plan = plan_for("/n");
  ASSERT_TRUE(assign_ports(plan));
  std::vector<std::uint16_t> ports{plan.dns.port};
  for (auto const& node : plan.nodes)
    for (auto const port :
         {node.or_port, node.inner_or_port, node.dir_port, node.control_port, node.socks_port})
      if (port != 0) ports.push_back(port);
  // 6 servers and 2 clients with a control port, ORPorts, one inner, a DirPort, 2 SOCKS, DNS.
  EXPECT_EQ(ports.size(), 8U + 6U + 1U + 1U + 2U + 1U);
  EXPECT_EQ(std::set(ports.begin(), ports.end()).size(), ports.size());
  auto const text = runtime::read_file("/proc/sys/net/ipv4/ip_local_port_range", 64).value();
  EXPECT_LT(*std::ranges::max_element(ports), std::stoi(text));
  EXPECT_TRUE(check_ports(plan));
}

TEST(PortsTest, OneThatIsTakenIsNamedAndAnotherIsChosen) {
  auto plan = plan_for("/n");
  ASSERT_TRUE(assign_ports(plan));
  auto& exit = plan.nodes[4];
  auto const address = runtime::Address::numeric(exit.address, exit.or_port).value();
  auto const thief = runtime::BoundListener::bind(address);
  ASSERT_TRUE(thief);
  auto const checked = check_ports(plan);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr(exit.nickname + ": "));
  EXPECT_THAT(checked.error().message, HasSubstr(address.text()));
  EXPECT_EQ(checked.error().code, boost::system::errc::address_in_use);

  auto const before = exit.or_port;
  exit.or_port = 0;
  ASSERT_TRUE(assign_ports(plan));
  EXPECT_NE(exit.or_port, before);
  EXPECT_TRUE(check_ports(plan));
}

runtime::Task<Result<wire::dns::Response>> ask(runtime::Loop& loop, runtime::Address server,
                                               std::string name) {
  auto socket = runtime::DatagramSocket::bind(loop, runtime::Address::parse("127.0.0.1:0").value());
  if (!socket) co_return socket.error();
  wire::dns::Question question;
  question.id = 77;
  question.name = std::move(name);
  // What is no question is dropped, and hinders none.
  for (std::string const junk : {"", "x", "this is no question at all, but long enough"})
    (void)socket->send_now(std::as_bytes(std::span<const char>(junk)), server);
  if (auto ok = socket->send_now(wire::dns::write_question(question).value(), server); !ok)
    co_return ok.error();
  std::array<std::byte, 512> buffer;
  auto const received = co_await socket->receive(buffer);
  if (!received) co_return received.error();
  co_return wire::dns::parse_response(std::span(buffer).first(received->bytes));
}

TEST(DnsResponderTest, AnswersOverUdp) {
  runtime::Loop loop;
  auto const responder =
      DnsResponder::start(loop, runtime::Address::parse("127.0.5.1:0").value(), default_zone())
          .value();
  auto const limit = runtime::mono_now() + std::chrono::seconds{5};
  auto const known = loop.run_until_done(
      runtime::with_deadline(limit, ask(loop, responder->address(), "wWw.perfd.test")));
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->question.id, 77);
  EXPECT_EQ(known->question.name, "wWw.perfd.test");  // tor wants its own case back
  EXPECT_EQ(known->answers.size(), 1U);
  auto const unknown = loop.run_until_done(
      runtime::with_deadline(limit, ask(loop, responder->address(), "perfd.example")));
  ASSERT_TRUE(unknown) << unknown.error().message;
  EXPECT_EQ(unknown->rcode, wire::dns::Rcode::kNameError);
  EXPECT_EQ(responder->answered(), 2U);
  loop.run_until_done(responder->stop());
}

class DelayTest : public testing::Test {
 protected:
  DelayTest() : server_(loop_) {}
  ~DelayTest() override {
    if (forwarder_) loop_.run_until_done(forwarder_->stop());
  }
  void forward_to(std::uint16_t port, Micros delay) {
    forwarder_ = DelayForwarder::start(loop_, {"127.0.0.1", 0}, {"127.0.0.1", port}, delay).value();
  }
  // Sends a line, and reads until the end.
  Result<std::size_t> get() {
    return loop_.run_until_done(runtime::with_deadline(
        runtime::mono_now() + std::chrono::seconds{10}, get_from(loop_, forwarder_->address())));
  }
  static runtime::Task<Result<std::size_t>> get_from(runtime::Loop& loop, runtime::Address from) {
    auto socket = runtime::StreamSocket::create(loop, from);
    if (!socket) co_return socket.error();
    if (auto ok = co_await socket->connect(from); !ok) co_return ok.error();
    std::string const request = "GET /\r\n";
    (void)socket->send_now(std::as_bytes(std::span<const char>(request)));
    std::array<std::byte, 65536> buffer;
    std::size_t total = 0;
    for (;;) {
      auto const part = co_await socket->receive(buffer);
      if (!part) co_return part.error();
      if (part->status == runtime::Received::Status::end) co_return total;
      total += part->bytes;
    }
  }

  runtime::Loop loop_;
  WebServer server_;
  std::unique_ptr<DelayForwarder> forwarder_;
};

TEST_F(DelayTest, HoldsEachDirectionAndLosesNothing) {
  forward_to(server_.port(), milliseconds{30});
  auto const began = runtime::mono_now();
  auto const got = get();
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_THAT(*got, Gt(WebServer::kBody));
  // The handshake's two ways, the request's, and the answer's way back.
  EXPECT_GE(runtime::mono_now() - began, milliseconds{120});
}

TEST_F(DelayTest, WhereNobodyListensTheConnectionEnds) {
  auto const nobody = runtime::BoundListener::bind(runtime::Address::parse("127.0.0.1:0").value())
                          .value()
                          .address()
                          .port();
  forward_to(nobody, milliseconds{1});
  auto const got = get();
  EXPECT_TRUE(!got || *got == 0);
}

TEST_F(DelayTest, StopsInTheMiddleOfAConnection) {
  forward_to(server_.port(), std::chrono::seconds{5});
  runtime::TaskGroup tasks(loop_);
  struct Once {
    static runtime::Task<> run(runtime::Loop& loop, runtime::Address from, bool& ended) {
      (void)co_await get_from(loop, from);
      ended = true;
    }
  };
  bool ended = false;
  tasks.spawn("get", Once::run(loop_, forwarder_->address(), ended));
  loop_.run_until_done(runtime::sleep_for(milliseconds{20}));
  EXPECT_FALSE(ended);
  loop_.run_until_done(forwarder_->stop());
  loop_.run_until_done(tasks.join());
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace perfd::testnet
