// What a network's folder holds between two starts, and whether it makes the next one warm.
// Thread: any; blocks for small files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "testnet/plan.h"

namespace perfd::testnet {

struct ConsensusTimes {
  WallTime valid_after;
  WallTime fresh_until;
  WallTime valid_until;
};
// The preamble of a consensus, as tor keeps it in cached-microdesc-consensus.
[[nodiscard]] std::optional<ConsensusTimes> consensus_times(std::string_view document);

// How much of an earlier run can be used.
enum class Warmth : std::uint8_t {
  cold,                  // nothing but keys
  keys_and_descriptors,  // the consensus is too old: a vote is enough
  warm,                  // everything
};

// Looks for a consensus that lives long enough after `now` at every authority. REQUIRES: the
// plan's ports were adopted from the folder and its keys were there.
[[nodiscard]] Warmth find_warmth(Plan const& plan, WallTime now);

// Removes what tor learnt and wrote, keys aside: descriptors that name old ports, consensuses
// of other authorities, states that point to lost guards.
[[nodiscard]] Result<> forget_everything_but_keys(Plan const& plan);
// Removes the consensuses that relays and clients keep, so that they fetch the next one at once.
void forget_consensus(Plan const& plan);

// Every file that the nodes read: torrc, resolv.conf, geoip, bandwidths, the list of ports.
[[nodiscard]] Result<> write_files(Plan const& plan, Warmth warmth, WallTime now);

// The ports and shape that an earlier start wrote, or empty.
[[nodiscard]] std::string read_ports(std::filesystem::path const& folder);

}  // namespace perfd::testnet
