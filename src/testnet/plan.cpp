#include "testnet/plan.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace perfd::testnet {
namespace {

constexpr std::int64_t kMinRate = 75 * 1024;          // below it tor refuses to be a relay
constexpr std::int64_t kMaxObserved = 2'000'000'000;  // tor counts in 31 bits
constexpr int kMaxAuthorities = 9;
constexpr std::size_t kMaxRelays = 200;
constexpr int kMaxClients = 100;

// What the authorities' voting rules know the roles by.
std::string address_of(Role role, std::size_t index) {
  static constexpr std::array kSubnets = {"127.0.1.", "127.0.2.", "127.0.4.", "127.0.3."};
  if (role == Role::client) return "127.0.0.1";
  return kSubnets[static_cast<std::size_t>(role)] + std::to_string(index + 1);
}

bool is_torrc_line(std::string_view line) {
  return !trim(line).empty() && line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos &&
         !line.ends_with('\\');
}

Result<> check_lines(std::vector<std::string> const& lines) {
  for (auto const& line : lines)
    if (!is_torrc_line(line))
      return Error{"'" + printable(line, 80) + "' is not one line of a torrc"};
  return {};
}

bool is_delay(Micros delay) { return delay.count() >= 0 && delay <= std::chrono::seconds{10}; }

bool is_country(std::string_view code) {
  return code.size() == 2 && std::ranges::all_of(code, [](char c) { return c >= 'a' && c <= 'z'; });
}

Result<> check_relay(RelaySpec const& relay, int authorities) {
  if (relay.role == Role::authority || relay.role == Role::client)
    return Error{"a relay of the private network is a guard, a middle or an exit"};
  if (relay.rate && relay.rate->count < kMinRate)
    return Error{"a relay's rate of " + format_bytes(*relay.rate) +
                 " a second is below tor's minimum, 75 KiB"};
  if (relay.weight && authorities < 3)
    return Error{
        "different weights of relays need three authorities: a consensus takes a "
        "measured bandwidth only from three votes"};
  if (relay.observed && authorities < 3)
    return Error{
        "relays that have carried something need three authorities: with fewer it would "
        "become their weight"};
  if (relay.observed && (relay.observed->count < 1 || relay.observed->count > kMaxObserved))
    return Error{"what a relay has carried is between 1 B and 2 GB a second"};
  if (relay.weight && (*relay.weight < 1 || *relay.weight > 1'000'000'000))
    return Error{"a relay's weight is between 1 and 1000000000 kB/s"};
  if (!is_delay(relay.delay)) return Error{"a relay's delay is between 0 and 10 s"};
  if (!relay.country.empty() && !is_country(relay.country))
    return Error{"'" + printable(relay.country, 20) +
                 "' is no country: write its code of two letters, as in xa or de"};
  return check_lines(relay.torrc);
}

Result<> check(NetworkSpec const& spec) {
  if (!spec.folder.is_absolute())
    return Error{"the private network's folder must be an absolute path, not '" +
                 spec.folder.string() + "'"};
  // tor reads paths from its torrc, where quotes and line ends would mean something else.
  if (spec.folder.native().find_first_of("\"\\\n\r#") != std::string::npos)
    return Error{
        "the private network's folder may not have quotes, backslashes, '#' or line "
        "ends in its path: " +
        printable(spec.folder.native())};
  if (spec.authorities < 1 || spec.authorities > kMaxAuthorities || spec.authorities % 2 == 0)
    return Error{"a private network has 1, 3, 5, 7 or 9 authorities, not " +
                 std::to_string(spec.authorities)};
  if (!is_delay(spec.authority_delay)) return Error{"an authority's delay is between 0 and 10 s"};
  if (spec.clients < 0 || spec.clients > kMaxClients)
    return Error{"a private network has 0 to 100 clients, not " + std::to_string(spec.clients)};
  if (spec.relays.size() > kMaxRelays)
    return Error{"a private network has at most 200 relays, not " +
                 std::to_string(spec.relays.size())};
  for (auto const& relay : spec.relays)
    if (auto ok = check_relay(relay, spec.authorities); !ok) return ok;
  auto const has = [&](Role role) {
    return std::ranges::any_of(spec.relays, [&](auto const& r) { return r.role == role; });
  };
  if (!has(Role::guard) || !has(Role::exit) ||
      spec.relays.size() + static_cast<std::size_t>(spec.authorities) < 3)
    return Error{"a circuit needs a guard, an exit and a third relay or authority between them"};
  for (auto const& entry : spec.zone)
    if (entry.name.empty() || entry.name.size() > 253 || entry.name.ends_with('.'))
      return Error{"'" + printable(entry.name, 80) +
                   "' is no name for the private network's zone: write one without its last dot"};
  if (auto ok = check_lines(spec.torrc); !ok) return ok;
  return check_lines(spec.client_torrc);
}

NodePlan make_node(NetworkSpec const& spec, Role role, std::size_t index) {
  NodePlan node;
  // tor's nicknames have letters and digits alone.
  node.nickname =
      (role == Role::authority ? "auth" : std::string(to_text(role))) + std::to_string(index);
  node.role = role;
  node.folder = spec.folder / node.nickname;
  node.address = address_of(role, index);
  return node;
}

// The ports of a node in a fixed order, with the names under which they are kept.
template <class Node>
auto ports_of(Node& node) {
  return std::array{&node.or_port, &node.inner_or_port, &node.dir_port, &node.control_port,
                    &node.socks_port};
}

constexpr std::string_view kPortsHeader = "perfd private network 1";

}  // namespace

std::string_view to_text(Role role) {
  switch (role) {
    case Role::authority:
      return "authority";
    case Role::guard:
      return "guard";
    case Role::middle:
      return "middle";
    case Role::exit:
      return "exit";
    case Role::client:
      return "client";
  }
  return "?";
}

std::vector<RelaySpec> make_relays(int guards, int middles, int exits) {
  std::vector<RelaySpec> out;
  for (auto const& [role, count] :
       {std::pair{Role::guard, guards}, {Role::middle, middles}, {Role::exit, exits}})
    for (int i = 0; i < count; ++i) {
      RelaySpec relay;
      relay.role = role;
      out.push_back(std::move(relay));
    }
  return out;
}

std::vector<ZoneEntry> default_zone() {
  auto const loopback = wire::IpAddress::v4_from({127, 0, 0, 1});
  return {{"perfd.test", loopback}, {"*.perfd.test", loopback}};
}

bool Plan::weighted() const {
  return std::ranges::any_of(nodes, [](auto const& node) {
    return node.relay.weight.has_value() || node.relay.observed.has_value();
  });
}

std::size_t Plan::count(Role role) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(nodes, [&](auto const& node) { return node.role == role; }));
}

Result<Plan> make_plan(NetworkSpec const& spec) {
  if (auto ok = check(spec); !ok) return ok.error();
  Plan plan;
  plan.folder = spec.folder;
  plan.tor = spec.tor;
  plan.torrc = spec.torrc;
  plan.client_torrc = spec.client_torrc;
  plan.dns = {"127.0.5.1", 0};
  for (int i = 0; i < spec.authorities; ++i) {
    plan.nodes.push_back(make_node(spec, Role::authority, static_cast<std::size_t>(i)));
    plan.nodes.back().relay.delay = spec.authority_delay;
  }
  for (auto const& relay : spec.relays) {
    auto node = make_node(spec, relay.role, plan.count(relay.role));
    node.relay = relay;
    if (relay.country.empty())
      node.relay.country = kCountries[plan.count(relay.role) % kCountries.size()];
    plan.nodes.push_back(std::move(node));
  }
  if (plan.weighted())
    for (auto& node : plan.nodes) {
      if (node.is_authority()) continue;
      auto& relay = node.relay;
      if (!relay.weight) relay.weight = kDefaultWeight;
      if (!relay.observed) relay.observed = relay.rate.value_or(Bytes{kDefaultWeight * 1000});
    }
  for (int i = 0; i < spec.clients; ++i)
    plan.nodes.push_back(make_node(spec, Role::client, static_cast<std::size_t>(i)));
  return plan;
}

std::string describe_bandwidths(Plan const& plan) {
  std::string out;
  auto const or_none = [](std::optional<std::int64_t> number) {
    return number ? std::to_string(*number) : std::string("none");
  };
  auto const count = [](std::optional<Bytes> size) {
    return size ? std::optional(size->count) : std::nullopt;
  };
  for (auto const& node : plan.nodes) {
    if (node.is_client() || node.is_authority()) continue;
    out += node.nickname + " rate " + or_none(count(node.relay.rate)) + " weight " +
           or_none(node.relay.weight) + " observed " + or_none(count(node.relay.observed)) + "\n";
  }
  return out;
}

std::string describe_ports(Plan const& plan) {
  std::string out(kPortsHeader);
  out += "\ndns " + std::to_string(plan.dns.port) + "\n";
  for (auto const& node : plan.nodes) {
    out += node.nickname + (node.relay.delay.count() > 0 ? " delayed" : " direct");
    for (auto const* const port : ports_of(node)) out += " " + std::to_string(*port);
    out += "\n";
  }
  return out;
}

bool adopt_ports(Plan& plan, std::string_view text) {
  auto const lines = split(text, '\n');
  // The header, the responder, a line a node, and nothing behind the last line end.
  if (lines.size() != plan.nodes.size() + 3 || lines[0] != kPortsHeader) return false;
  auto adopted = plan;
  auto const dns = split(lines[1], ' ');
  auto const dns_port = dns.size() == 2 ? parse_int<std::uint16_t>(dns[1]) : std::nullopt;
  if (!dns_port) return false;
  adopted.dns.port = *dns_port;
  for (std::size_t i = 0; i < adopted.nodes.size(); ++i) {
    auto& node = adopted.nodes[i];
    auto const words = split(lines[i + 2], ' ');
    auto const ports = ports_of(node);
    if (words.size() != ports.size() + 2 || words[0] != node.nickname ||
        (words[1] == "delayed") != (node.relay.delay.count() > 0))
      return false;
    for (std::size_t p = 0; p < ports.size(); ++p) {
      auto const port = parse_int<std::uint16_t>(words[p + 2]);
      if (!port) return false;
      *ports[p] = *port;
    }
  }
  plan = std::move(adopted);
  return true;
}

}  // namespace perfd::testnet
