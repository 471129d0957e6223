// The configuration files of a network's nodes, and the lines any other tor needs to
// use the network instead of the real one.
// Thread: pure functions. REQUIRES: ports and keys are in the plan.
#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "testnet/plan.h"

namespace perfd::testnet {

// The network's own DirAuthority lines with what belongs to them; whoever has them reaches
// no other network. Everything else of a client (DataDirectory, SocksPort, ControlPort) is
// its owner's.
[[nodiscard]] std::vector<std::string> client_lines(Plan const& plan);

struct TorrcOptions {
  // When the authority's next vote of its own accord begins, in seconds after a multiple of
  // the voting interval: far from the start, where votes are made on command.
  int voting_offset = 0;
  // Clients of a cold network keep still until there is a consensus to fetch.
  bool disable_network = false;
};
[[nodiscard]] std::string torrc_of(Plan const& plan, NodePlan const& node,
                                   TorrcOptions const& options);

// Seconds between two consensuses. Long: the hidden service time period is 24 of them.
inline constexpr int kVotingInterval = 1800;

// The file that tells each node and client where the relays are, in the form of tor's GeoIPFile:
// first address, last address, country. Who is no relay is nowhere.
[[nodiscard]] std::string geoip_file(Plan const& plan);

// The file with the relays' weights that each authority reads (bandwidth-file-spec); empty
// where no relay has one. `timestamp`: seconds since the epoch.
[[nodiscard]] std::string bandwidth_file(Plan const& plan, std::int64_t timestamp);

// The memory of a relay that has carried something (tor's state file): the most that passed it in
// a second of the day before `now`. Empty for others.
[[nodiscard]] std::string state_file(NodePlan const& node, WallTime now);

}  // namespace perfd::testnet
