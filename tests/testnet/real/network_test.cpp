#include "testnet/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testnet/real/world.h"

namespace perfd::testnet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(RealNetworkTest, FetchesThroughAColdNetworkThenAWarmOneAndLeavesNothing) {
  auto wanted = spec();
  wanted.clients = 1;
  for (bool const warm : {false, true}) {
    ASSERT_TRUE(start(wanted)) << failure_;
    EXPECT_EQ(network_->warm(), warm);
    EXPECT_EQ(network_->pids().size(), 7U);

    auto const by_address = fetch_page("127.0.0.1");
    ASSERT_TRUE(by_address) << by_address.error().message;
    EXPECT_EQ(*by_address, WebServer::kBody);
    std::printf("%6.3f s  first fetch\n",
                std::chrono::duration<double>(runtime::mono_now() - network_->started()).count());
    auto const by_name = fetch_page("www.perfd.test");
    ASSERT_TRUE(by_name) << by_name.error().message;
    EXPECT_EQ(*by_name, WebServer::kBody);
    EXPECT_GT(network_->names_answered(), 0U);
    EXPECT_FALSE(fetch_page("no.such.name"));

    auto const began = runtime::mono_now();
    stop();
    EXPECT_LT(runtime::mono_now() - began, std::chrono::seconds{2});
    EXPECT_THAT(processes_naming(folder_), IsEmpty());
  }

  // Left alone for so long that the consensus is too old: the same keys and ports, one vote.
  auto const file = folder_ / "ports";
  auto const ports = runtime::read_file(file, 1 << 20).value();
  std::filesystem::remove(folder_ / "auth0" / "cached-microdesc-consensus");
  ASSERT_TRUE(start(wanted)) << failure_;
  EXPECT_FALSE(network_->warm());
  EXPECT_EQ(runtime::read_file(file, 1 << 20).value(), ports);
  auto const again = fetch_page("127.0.0.1");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, WebServer::kBody);
}

TEST_F(RealNetworkTest, RelaysCanBeFarAwayAndSlow) {
  auto wanted = spec();
  wanted.clients = 1;
  for (auto& relay : wanted.relays) {
    relay.delay = std::chrono::milliseconds{15};
    if (relay.role == Role::exit) relay.rate = KiB(100);
  }
  ASSERT_TRUE(start(wanted)) << failure_;
  auto const first = fetch_page("127.0.0.1");
  ASSERT_TRUE(first) << first.error().message;
  auto const began = runtime::mono_now();
  ASSERT_TRUE(fetch_page("127.0.0.1"));
  // Two round trips; at least two of the three hops are relays that hold bytes for 15 ms each
  // way (the middle one may be an authority). Of the 200 kB an exit lets 100 KiB pass at once.
  EXPECT_GE(runtime::mono_now() - began, std::chrono::milliseconds{120 + 700});

  // What they may pass on is in their descriptors, too.
  auto const descriptor = [&](std::string const& nickname) {
    return loop_.run_until_done(network_->get_info("auth0", "desc/name/" + nickname)).value();
  };
  EXPECT_THAT(descriptor("exit0"), HasSubstr("\nbandwidth 102400 102400 "));
  EXPECT_THAT(descriptor("guard0"), HasSubstr("\nbandwidth 1073741824 1073741824 "));
}

TEST_F(RealNetworkTest, ANodeThatDiesIsNoticedByName) {
  ASSERT_TRUE(start(spec())) << failure_;
  std::optional<Error> reason;
  network_->on_node_death([&](Error const& error) { reason = error; });
  ::kill(network_->pids()[1], SIGKILL);  // the first after the authority
  auto const began = runtime::mono_now();
  while (!reason && runtime::mono_now() - began < std::chrono::seconds{2})
    loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds{10}));
  ASSERT_TRUE(reason);
  EXPECT_THAT(reason->message, HasSubstr("guard0"));
  EXPECT_THAT(reason->message, HasSubstr("killed by signal 9"));
  EXPECT_THAT(reason->message, HasSubstr("its log says"));
  EXPECT_TRUE(network_->failure());
}

TEST_F(RealNetworkTest, ANodeThatRefusesItsTorrcIsQuoted) {
  auto wanted = spec();
  wanted.relays[3].torrc = {"NoSuchOption 1"};
  ASSERT_FALSE(start(wanted));
  EXPECT_THAT(failure_, HasSubstr("exit0"));
  EXPECT_THAT(failure_, HasSubstr("Unknown option 'NoSuchOption'"));
  EXPECT_THAT(processes_naming(folder_), IsEmpty());
}

TEST_F(RealNetworkTest, ABinaryThatIsMissingIsNamed) {
  auto wanted = spec();
  wanted.tor = "/no/such/tor";
  ASSERT_FALSE(start(wanted));
  EXPECT_THAT(failure_, HasSubstr("/no/such/tor"));
  EXPECT_THAT(failure_, HasSubstr("No such file"));
}

TEST_F(RealNetworkTest, APortThatIsTakenMeanwhileMakesTheNextStartColdOnOtherPorts) {
  ASSERT_TRUE(start(spec())) << failure_;
  auto const before = network_->plan();
  stop();
  auto const& exit = before.nodes[5];
  auto const address = runtime::Address::numeric(exit.address, exit.or_port).value();
  auto const thief = runtime::BoundListener::bind(address);
  ASSERT_TRUE(thief);
  ASSERT_TRUE(start(spec())) << failure_;
  EXPECT_FALSE(network_->warm());
  EXPECT_NE(network_->plan().nodes[5].or_port, exit.or_port);
  EXPECT_EQ(network_->plan().nodes[0].v3_identity, before.nodes[0].v3_identity);
}

TEST_F(RealNetworkTest, AStartThatIsGivenUpLeavesNothing) {
  auto const given_up = loop_.run_until_done(
      runtime::with_deadline(runtime::mono_now() + std::chrono::milliseconds{300},
                             TestNetwork::start(loop_, launcher_, spec(), {})));
  EXPECT_FALSE(given_up);
  EXPECT_THAT(processes_naming(folder_), IsEmpty());
}

}  // namespace
}  // namespace perfd::testnet
