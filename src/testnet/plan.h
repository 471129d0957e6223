// What a private network consists of, before anything is started.
//
// A NetworkSpec says what is wanted; make_plan() turns it into nodes with nicknames,
// folders and loopback addresses. The authorities vote by address: guards are in
// 127.0.2.0/24, exits in 127.0.3.0/24, so a relay's role is never a matter of chance.
// Thread: values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "wire/ip.h"

namespace perfd::testnet {

enum class Role : std::uint8_t { authority, guard, middle, exit, client };
[[nodiscard]] std::string_view to_text(Role role);

struct RelaySpec {
  Role role = Role::middle;  // guard, middle or exit
  // What the relay passes on per second (RelayBandwidthRate and Burst); at least 75 KiB,
  // which is tor's minimum. Unset: no limit.
  std::optional<Bytes> rate;
  // The relay's weight in the consensus, in kB/s. Needs at least three authorities: fewer
  // can't measure, and all relays then weigh the same.
  std::optional<std::int64_t> weight;
  // What the relay says that it has carried per second (the third figure of its descriptor's
  // bandwidth): with the rate, its self-advertised bandwidth. Needs three authorities as well.
  // Unset where any relay has a weight: the rate, or what fits the weight that relays have
  // without a word. Unset elsewhere: nothing, as of every new relay.
  std::optional<Bytes> observed;
  // How long every byte to the relay's ORPort, and back, is held: the distance to it.
  Micros delay{};
  // The country that every node and client of the network takes the relay to be in: two letters
  // in lower case. Empty: the plan gives one of kCountries, by the relay's number in its role.
  std::string country;
  std::vector<std::string> torrc;  // further lines
};

// What a relay weighs among others that have weights, in kB/s; and what it has then carried.
inline constexpr std::int64_t kDefaultWeight = 1000;

// Where relays are if nobody says so: guard0, middle0 and exit0 in the first, guard1 and exit1 in
// the second, and so on in turn. ISO 3166 leaves these codes to users: no real country has them.
inline constexpr std::array<std::string_view, 3> kCountries = {"xa", "xb", "xc"};

// `guards` + `middles` + `exits` relays without limits.
[[nodiscard]] std::vector<RelaySpec> make_relays(int guards, int middles, int exits);

// A name that the network's DNS responder knows. "*.perfd.test" stands for every name below.
struct ZoneEntry {
  std::string name;
  wire::IpAddress address;
};
[[nodiscard]] std::vector<ZoneEntry> default_zone();  // perfd.test and *.perfd.test: 127.0.0.1

struct NetworkSpec {
  std::filesystem::path folder;  // absolute; holds everything, and makes the next start warm
  std::filesystem::path tor;     // the binary, found beforehand
  int authorities = 1;           // odd, so that a majority is clear
  // As RelaySpec::delay. Circuits go through authorities as well: a network in which every path
  // is equally long needs it.
  Micros authority_delay{};
  std::vector<RelaySpec> relays = make_relays(2, 1, 2);
  int clients = 0;                        // tor clients that belong to the network
  std::vector<std::string> torrc;         // further lines for every node
  std::vector<std::string> client_torrc;  // further lines for the network's own clients
  std::vector<ZoneEntry> zone = default_zone();
};

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const { return address + ":" + std::to_string(port); }
  friend bool operator==(Endpoint const&, Endpoint const&) = default;
};

// One tor process of the plan. Ports are 0 until assign_ports() (ports.h), identities
// empty until prepare_keys() (keys.h).
struct NodePlan {
  std::string nickname;  // auth0, guard0, middle0, exit0, client0, …
  Role role = Role::middle;
  std::filesystem::path folder;     // tor's DataDirectory
  std::string address;              // 127.0.x.y
  std::uint16_t or_port = 0;        // as advertised
  std::uint16_t inner_or_port = 0;  // with a delay: where tor itself listens
  std::uint16_t dir_port = 0;       // authorities
  std::uint16_t control_port = 0;
  std::uint16_t socks_port = 0;  // clients
  RelaySpec relay;               // relays; of authorities the delay alone
  std::string fingerprint;       // 40 hex digits in upper case; not of clients
  std::string v3_identity;       // of authorities

  [[nodiscard]] bool is_client() const { return role == Role::client; }
  [[nodiscard]] bool is_authority() const { return role == Role::authority; }
  [[nodiscard]] Endpoint control() const { return {address, control_port}; }
  [[nodiscard]] Endpoint socks() const { return {address, socks_port}; }
};

struct Plan {
  std::filesystem::path folder;
  std::filesystem::path tor;
  std::vector<NodePlan> nodes;  // authorities first, clients last
  std::vector<std::string> torrc;
  std::vector<std::string> client_torrc;
  Endpoint dns;  // the responder's

  [[nodiscard]] std::size_t count(Role role) const;
  [[nodiscard]] bool weighted() const;  // relays have weights of their own
  [[nodiscard]] std::filesystem::path empty_file() const { return folder / "empty"; }
  [[nodiscard]] std::filesystem::path geoip() const { return folder / "geoip"; }
  [[nodiscard]] std::filesystem::path resolv_conf() const { return folder / "resolv.conf"; }
};

// Errors: a number out of range, too few relays for a circuit of three hops, a weight
// without three authorities, a country that is no code, a line that is no torrc line, a folder that
// is not absolute.
[[nodiscard]] Result<Plan> make_plan(NetworkSpec const& spec);

// What the relays' descriptors and the votes say of bandwidths, as text for the folder: a
// consensus of other bandwidths is no use to a later start.
[[nodiscard]] std::string describe_bandwidths(Plan const& plan);

// Ports and shape of a plan as text, for the folder; a later start takes its ports from there.
[[nodiscard]] std::string describe_ports(Plan const& plan);
// Takes over the ports that `text` names. False (and no port taken) if it describes other nodes.
[[nodiscard]] bool adopt_ports(Plan& plan, std::string_view text);

}  // namespace perfd::testnet
