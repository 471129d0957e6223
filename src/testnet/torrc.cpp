#include "testnet/torrc.h"

#include <fmt/format.h>

#include "base/time_text.h"

namespace perfd::testnet {
namespace {

void add(std::string& out, std::string_view line) {
  out += line;
  out += '\n';
}

// What tells any tor which network it belongs to and where its relays are; the machine's own
// GeoIP files would cost each a second of CPU and know nothing of loopback.
void add_network(std::string& out, Plan const& plan) {
  add(out, "TestingTorNetwork 1");
  for (auto const& node : plan.nodes)
    if (node.is_authority())
      add(out,
          fmt::format("DirAuthority {} orport={} v3ident={} {}:{} {}", node.nickname, node.or_port,
                      node.v3_identity, node.address, node.dir_port, node.fingerprint));
  add(out, fmt::format("GeoIPFile \"{}\"", plan.geoip().string()));
  add(out, fmt::format("GeoIPv6File \"{}\"", plan.empty_file().string()));
}

void add_server(std::string& out, Plan const& plan, NodePlan const& node) {
  add(out, "SocksPort 0");
  add(out, "Address " + node.address);
  if (node.inner_or_port == 0) {
    add(out, fmt::format("ORPort {}:{} IPv4Only", node.address, node.or_port));
  } else {
    // The forwarder that delays listens on the advertised port.
    add(out, fmt::format("ORPort {}:{} NoListen IPv4Only", node.address, node.or_port));
    add(out, fmt::format("ORPort {}:{} NoAdvertise IPv4Only", node.address, node.inner_or_port));
  }
  // Without it a relay waits for a proof of its reachability and never uploads its descriptor.
  add(out, "AssumeReachable 1");
  add(out, "NumCPUs 1");
  // Exits ask the network's own responder; no question may leave the machine.
  add(out, fmt::format("ServerDNSResolvConfFile \"{}\"", plan.resolv_conf().string()));
  add(out, "ServerDNSDetectHijacking 0");
  add(out, "ServerDNSAllowBrokenConfig 1");
  add(out, "ServerDNSTestAddresses");
  add(out, "ServerDNSSearchDomains 0");
}

void add_authority(std::string& out, Plan const& plan, NodePlan const& node, int offset) {
  add(out, fmt::format("DirPort {}:{}", node.address, node.dir_port));
  add(out, "AuthoritativeDirectory 1");
  add(out, "V3AuthoritativeDirectory 1");
  add(out, "ContactInfo nobody@perfd.test");
  add(out, "ExitPolicy reject *:*");
  add(out, fmt::format("TestingV3AuthInitialVotingInterval {}", kVotingInterval));
  add(out, fmt::format("V3AuthVotingInterval {}", kVotingInterval));
  for (auto const* const delay : {"TestingV3AuthInitialVoteDelay", "TestingV3AuthInitialDistDelay",
                                  "V3AuthVoteDelay", "V3AuthDistDelay"})
    add(out, fmt::format("{} 2", delay));  // tor's minimum
  add(out, fmt::format("TestingV3AuthVotingStartOffset {}", offset));
  for (auto const* const vote : {"TestingDirAuthVoteGuard", "TestingDirAuthVoteExit"}) {
    add(out,
        fmt::format("{} 127.0.{}.0/24", vote, std::string_view(vote).ends_with("Exit") ? 3 : 2));
    add(out, fmt::format("{}IsStrict 1", vote));
  }
  // A relay that has a descriptor is up. Tests would take their time, and forcing a vote breaks
  // the connections with which they are made.
  add(out, "AuthDirTestReachability 0");
  add(out, "TestingDirAuthVoteHSDir *");
  // Without these a young network has no stable relays, and clients hang at 75 %.
  add(out, "AuthDirVoteStableGuaranteeMinUptime 0");
  add(out, "AuthDirVoteStableGuaranteeMTBF 0");
  add(out, "AuthDirFastGuarantee 1 bytes");
  if (plan.weighted())
    add(out, fmt::format("V3BandwidthsFile \"{}\"", (plan.folder / "bandwidths").string()));
}

void add_relay(std::string& out, NodePlan const& node) {
  if (node.role == Role::exit) {
    add(out, "ExitRelay 1");
    add(out, "ExitPolicy accept *:*");
    add(out, "ExitPolicyRejectPrivate 0");
    add(out, "RefuseUnknownExits 0");
  } else {
    add(out, "ExitPolicy reject *:*");
  }
  if (node.relay.rate) {
    add(out, fmt::format("RelayBandwidthRate {} bytes", node.relay.rate->count));
    add(out, fmt::format("RelayBandwidthBurst {} bytes", node.relay.rate->count));
  }
  for (auto const& line : node.relay.torrc) add(out, line);
}

void add_client(std::string& out, Plan const& plan, NodePlan const& node) {
  add(out, "SocksPort " + node.socks().text());
  add(out, "ClientOnly 1");
  add(out, "UseDefaultFallbackDirs 0");
  for (auto const& line : plan.client_torrc) add(out, line);
}

}  // namespace

std::vector<std::string> client_lines(Plan const& plan) {
  std::string text;
  add_network(text, plan);
  add(text, "ClientOnly 1");
  add(text, "UseDefaultFallbackDirs 0");
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = text.find('\n', begin);
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string torrc_of(Plan const& plan, NodePlan const& node, TorrcOptions const& options) {
  std::string out;
  add(out, "# Written by perfd for a private network on loopback; written anew at each start.");
  add_network(out, plan);
  add(out, fmt::format("DataDirectory \"{}\"", node.folder.string()));
  add(out, "Nickname " + node.nickname);
  add(out, "Log notice stdout");
  add(out, fmt::format("Log \"notice file {}\"", (node.folder / "tor.log").string()));
  add(out, "ControlPort " + node.control().text());
  add(out, "CookieAuthentication 1");
  add(out, "ShutdownWaitLength 0");
  if (options.disable_network) add(out, "DisableNetwork 1");
  if (node.is_client()) {
    add_client(out, plan, node);
  } else {
    add_server(out, plan, node);
    if (node.is_authority())
      add_authority(out, plan, node, options.voting_offset);
    else
      add_relay(out, node);
  }
  for (auto const& line : plan.torrc) add(out, line);
  return out;
}

std::string geoip_file(Plan const& plan) {
  std::string out;
  for (auto const& node : plan.nodes) {
    auto const address = wire::parse_ip(node.address);
    if (node.relay.country.empty() || !address) continue;
    std::uint32_t number = 0;
    for (auto const byte : address->bytes())
      number = number << 8 | std::to_integer<std::uint32_t>(byte);
    add(out, fmt::format("{},{},{}", number, number, node.relay.country));
  }
  return out;
}

std::string bandwidth_file(Plan const& plan, std::int64_t timestamp) {
  if (!plan.weighted()) return {};
  auto out = fmt::format("{}\nversion=1.4.0\nsoftware=perfd\n=====\n", timestamp);
  for (auto const& node : plan.nodes)
    if (node.relay.weight)
      add(out, fmt::format("bw={} node_id=${} nick={}", *node.relay.weight, node.fingerprint,
                           node.nickname));
  return out;
}

std::string state_file(NodePlan const& node, WallTime now) {
  if (!node.relay.observed) return {};
  // Two days: tor counts the maximum of one that is over. The second began a minute ago.
  constexpr std::chrono::seconds kDay{86400};
  auto ends = format_iso_seconds(std::chrono::floor<std::chrono::seconds>(now) + kDay -
                                 std::chrono::seconds{60});
  ends.pop_back();  // tor writes 2026-11-24 03:37:40
  ends[10] = ' ';
  std::string out;
  for (auto const* const direction : {"Read", "Write"})
    add(out, fmt::format("BWHistory{0}Ends {1}\nBWHistory{0}Interval {2}\n"
                         "BWHistory{0}Values 0,0\nBWHistory{0}Maxima {3},0",
                         direction, ends, kDay.count(), node.relay.observed->count));
  return out;
}

}  // namespace perfd::testnet
