// Entry guards: which were set, when and why, and how those that could be set stand to each other.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::model {

// What was in force when a measurement began.
struct GuardsInForce {
  std::string policy;            // "default", "none", "fast", …; of a list: its items
  std::vector<std::string> set;  // fingerprints; empty where the policy leaves the choice to tor
  std::optional<WallTime> set_at;
  std::optional<WallTime> dropped_at;  // when tor was last told to forget its guards

  friend bool operator==(GuardsInForce const&, GuardsInForce const&) = default;
};

// A relay that may be a guard.
struct RankedGuard {
  std::string fingerprint;  // 40 hex digits, upper case
  std::string nickname;
  std::string address;
  std::string country;                          // two letters, lower case; empty: not known
  std::int64_t bandwidth = 0;                   // its weight in the consensus, kB/s
  std::optional<std::int64_t> self_advertised;  // by its own descriptor, bytes/s

  // Consensus bandwidth to self-advertised bandwidth. Nothing without a descriptor, and of a relay
  // that says of itself that it carries nothing.
  [[nodiscard]] std::optional<double> ratio() const {
    if (!self_advertised || *self_advertised <= 0) return std::nullopt;
    return static_cast<double>(bandwidth) * 1000.0 / static_cast<double>(*self_advertised);
  }
  friend bool operator==(RankedGuard const&, RankedGuard const&) = default;
};

// All that could be set at one consensus, the first choice first.
struct GuardRanking {
  std::string instance;  // the tor's name
  std::string policy;
  WallTime at{};
  std::optional<WallTime> consensus_valid_after;
  std::vector<RankedGuard> guards;

  friend bool operator==(GuardRanking const&, GuardRanking const&) = default;
};

// One choice of guards that perfd made.
struct GuardChoice {
  std::string instance;
  std::uint64_t tor_run = 0;  // as in Circuit
  std::string policy;
  WallTime at{};
  std::optional<WallTime> consensus_valid_after;
  // "start", "consensus", "dropped", "guard-down FINGERPRINT", "guard-bad …", "guard-dropped …"
  std::string reason;
  std::vector<std::string> set;  // empty: none was to be had, or tor chooses ("dropped")

  friend bool operator==(GuardChoice const&, GuardChoice const&) = default;
};

}  // namespace perfd::model
