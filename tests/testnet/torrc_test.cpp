// The configuration that each node gets, and the lines for everybody else.
#include "testnet/torrc.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::testnet {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

// A network whose ports and keys are known.
Plan plan_of(NetworkSpec wanted) {
  wanted.folder = "/n";
  auto plan = make_plan(wanted).value();
  std::uint16_t next = 20000;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    auto& node = plan.nodes[i];
    node.or_port = next++;
    if (node.relay.delay.count() > 0) node.inner_or_port = next++;
    node.dir_port = next++;
    node.control_port = next++;
    node.socks_port = next++;
    node.fingerprint = std::string(40, static_cast<char>('A' + i % 6));
    node.v3_identity = std::string(40, static_cast<char>('0' + i % 10));
  }
  return plan;
}

NodePlan const& node_of(Plan const& plan, std::string const& nickname) {
  for (auto const& node : plan.nodes)
    if (node.nickname == nickname) return node;
  throw std::logic_error("no node " + nickname);
}

std::vector<std::string> torrc(Plan const& plan, std::string const& nickname,
                               TorrcOptions const& options = {}) {
  std::vector<std::string> out;
  auto const text = torrc_of(plan, node_of(plan, nickname), options);
  for (auto const line : split(text, '\n')) out.emplace_back(line);
  return out;
}

TEST(TestnetTorrcTest, EveryNodeKnowsThisNetworkAndNoOther) {
  NetworkSpec wanted;
  wanted.authorities = 3;
  wanted.clients = 1;
  auto const plan = plan_of(wanted);
  for (auto const& node : plan.nodes) {
    auto const lines = torrc(plan, node.nickname);
    EXPECT_THAT(lines, Contains("TestingTorNetwork 1")) << node.nickname;
    EXPECT_THAT(lines, Contains(StartsWith("DirAuthority ")).Times(3)) << node.nickname;
    EXPECT_THAT(lines, Contains("DataDirectory \"/n/" + node.nickname + "\""));
    EXPECT_THAT(lines, Contains("CookieAuthentication 1"));
    EXPECT_THAT(lines, IsSupersetOf({"GeoIPFile \"/n/geoip\"", "GeoIPv6File \"/n/empty\""}));
  }
  auto const& first = plan.nodes[0];
  EXPECT_THAT(torrc(plan, "client0"),
              Contains("DirAuthority auth0 orport=" + std::to_string(first.or_port) +
                       " v3ident=" + first.v3_identity +
                       " 127.0.1.1:" + std::to_string(first.dir_port) + " " + first.fingerprint));
}

TEST(TestnetTorrcTest, EveryServerAsksTheNetworksOwnResolver) {
  auto const plan = plan_of({});
  for (auto const& node : plan.nodes)
    EXPECT_THAT(torrc(plan, node.nickname),
                IsSupersetOf({"ServerDNSResolvConfFile \"/n/resolv.conf\"", "AssumeReachable 1",
                              "ServerDNSSearchDomains 0", "SocksPort 0"}))
        << node.nickname;
}

TEST(TestnetTorrcTest, AuthoritiesVoteByAddressAndRarelyOfTheirOwnAccord) {
  auto const plan = plan_of({});
  TorrcOptions options;
  options.voting_offset = 123;
  EXPECT_THAT(
      torrc(plan, "auth0", options),
      IsSupersetOf({"V3AuthoritativeDirectory 1", "V3AuthVotingInterval 1800",
                    "TestingV3AuthVotingStartOffset 123", "TestingDirAuthVoteGuard 127.0.2.0/24",
                    "TestingDirAuthVoteGuardIsStrict 1", "TestingDirAuthVoteExit 127.0.3.0/24",
                    "TestingDirAuthVoteExitIsStrict 1", "ExitPolicy reject *:*"}));
  EXPECT_THAT(torrc(plan, "guard0", options), Not(Contains(HasSubstr("Vot"))));
}

TEST(TestnetTorrcTest, ExitsAloneLetOut) {
  auto const plan = plan_of({});
  EXPECT_THAT(torrc(plan, "exit0"),
              IsSupersetOf({"ExitRelay 1", "ExitPolicy accept *:*", "ExitPolicyRejectPrivate 0"}));
  for (auto const* other : {"guard0", "middle0", "auth0"})
    EXPECT_THAT(torrc(plan, other), Contains("ExitPolicy reject *:*")) << other;
}

TEST(TestnetTorrcTest, RatesDelaysAndOwnLinesReachTheRelayTheyAreFor) {
  NetworkSpec wanted;
  wanted.relays[0].rate = KiB(100);
  wanted.relays[1].delay = std::chrono::milliseconds{5};
  wanted.relays[2].torrc = {"Schedulers Vanilla"};
  wanted.torrc = {"ConfluxEnabled 0"};
  wanted.client_torrc = {"UseEntryGuards 0"};
  wanted.clients = 1;
  auto const plan = plan_of(wanted);
  EXPECT_THAT(torrc(plan, "guard0"), IsSupersetOf({"RelayBandwidthRate 102400 bytes",
                                                   "RelayBandwidthBurst 102400 bytes"}));
  EXPECT_THAT(torrc(plan, "guard1"), Not(Contains(StartsWith("RelayBandwidth"))));

  auto const& delayed = node_of(plan, "guard1");
  EXPECT_THAT(
      torrc(plan, "guard1"),
      IsSupersetOf(
          {"ORPort 127.0.2.2:" + std::to_string(delayed.or_port) + " NoListen IPv4Only",
           "ORPort 127.0.2.2:" + std::to_string(delayed.inner_or_port) + " NoAdvertise IPv4Only"}));
  EXPECT_THAT(torrc(plan, "guard0"),
              Contains("ORPort 127.0.2.1:" + std::to_string(node_of(plan, "guard0").or_port) +
                       " IPv4Only"));

  for (auto const& node : plan.nodes) {
    auto const lines = torrc(plan, node.nickname);
    EXPECT_EQ(std::ranges::count(lines, "Schedulers Vanilla"), node.nickname == "middle0" ? 1 : 0);
    EXPECT_EQ(std::ranges::count(lines, "UseEntryGuards 0"), node.nickname == "client0" ? 1 : 0);
    EXPECT_EQ(std::ranges::count(lines, "ConfluxEnabled 0"), 1);
  }
}

TEST(TestnetTorrcTest, ClientsOfAColdNetworkKeepStill) {
  NetworkSpec wanted;
  wanted.clients = 1;
  auto const plan = plan_of(wanted);
  TorrcOptions cold;
  cold.disable_network = true;
  EXPECT_THAT(torrc(plan, "client0", cold), Contains("DisableNetwork 1"));
  EXPECT_THAT(torrc(plan, "client0"), Not(Contains("DisableNetwork 1")));
  EXPECT_THAT(
      torrc(plan, "client0"),
      IsSupersetOf({"SocksPort 127.0.0.1:" + std::to_string(node_of(plan, "client0").socks_port),
                    std::string("ClientOnly 1"), std::string("UseDefaultFallbackDirs 0")}));
}

TEST(TestnetTorrcTest, LinesForOthersHaveTheNetworkAndNothingThatIsTheirs) {
  auto const plan = plan_of({});
  auto const lines = client_lines(plan);
  EXPECT_THAT(lines,
              IsSupersetOf({"TestingTorNetwork 1", "ClientOnly 1", "UseDefaultFallbackDirs 0"}));
  EXPECT_THAT(lines, Contains(StartsWith("DirAuthority auth0 ")));
  EXPECT_THAT(lines, Contains("GeoIPFile \"/n/geoip\""));
  EXPECT_THAT(lines, Each(Not(HasSubstr("\n"))));
  for (auto const* own : {"DataDirectory", "SocksPort", "ControlPort", "Log", "Nickname"})
    EXPECT_THAT(lines, Not(Contains(StartsWith(own)))) << own;
}

TEST(GeoipFileTest, TellsWhereEachRelayIs) {
  NetworkSpec wanted;
  wanted.clients = 1;
  wanted.relays[4].country = "de";
  // 127.0.2.1 and .2, 127.0.4.1, 127.0.3.1 and .2 as numbers; neither authority nor client.
  EXPECT_EQ(geoip_file(plan_of(wanted)),
            "2130706945,2130706945,xa\n2130706946,2130706946,xb\n2130707457,2130707457,xa\n"
            "2130707201,2130707201,xa\n2130707202,2130707202,de\n");
}

TEST(StateFileTest, RemembersADayInWhichSoMuchPassed) {
  NetworkSpec wanted;
  wanted.authorities = 3;
  wanted.relays[0].observed = Bytes{2'000'000};
  auto const plan = plan_of(wanted);
  auto const now = parse_time("2026-11-24T03:37:40.25Z").value();
  EXPECT_EQ(state_file(node_of(plan, "guard0"), now),
            "BWHistoryReadEnds 2026-11-25 03:36:40\nBWHistoryReadInterval 86400\n"
            "BWHistoryReadValues 0,0\nBWHistoryReadMaxima 2000000,0\n"
            "BWHistoryWriteEnds 2026-11-25 03:36:40\nBWHistoryWriteInterval 86400\n"
            "BWHistoryWriteValues 0,0\nBWHistoryWriteMaxima 2000000,0\n");
  EXPECT_EQ(state_file(node_of(plan, "auth0"), now), "");
  EXPECT_EQ(state_file(node_of(plan_of({}), "guard0"), now), "");
}

TEST(BandwidthFileTest, NamesEveryRelayWhereOneHasAWeight) {
  EXPECT_EQ(bandwidth_file(plan_of({}), 1'700'000'000), "");
  NetworkSpec wanted;
  wanted.authorities = 3;
  wanted.relays = make_relays(1, 0, 1);
  wanted.relays[0].weight = 4000;
  auto const plan = plan_of(wanted);
  EXPECT_EQ(bandwidth_file(plan, 1'700'000'000),
            "1700000000\nversion=1.4.0\nsoftware=perfd\n=====\n"
            "bw=4000 node_id=$" +
                node_of(plan, "guard0").fingerprint +
                " nick=guard0\n"
                "bw=1000 node_id=$" +
                node_of(plan, "exit0").fingerprint + " nick=exit0\n");
  EXPECT_THAT(torrc(plan, "auth0"), Contains("V3BandwidthsFile \"/n/bandwidths\""));
}

}  // namespace
}  // namespace perfd::testnet
