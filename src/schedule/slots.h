// Slots: the moments at which an experiment is due. Arithmetic alone, no clock.
//
// Slots are moments of UTC. A fixed experiment's are the multiples of `every` since the
// Unix epoch plus `start_delay`; a jittered one's lie up to `jitter` after these. Both are
// the same after a restart, whenever that was. A Poisson experiment's are random with
// exponential intervals; it has no memory, so a restart draws anew.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/units.h"
#include "config/settings.h"

namespace perfd::schedule {

struct Policy {
  config::Spread spread = config::Spread::fixed;
  Micros every{0};  // > 0
  Micros start_delay{0};
  Micros jitter{0};  // <= every
  std::uint64_t seed = 0;

  friend bool operator==(Policy const&, Policy const&) = default;
};

// The policy of an experiment; `seed` is made its own by its name.
[[nodiscard]] Policy policy_of(config::Experiment const& experiment, std::uint64_t seed);

// The same text gives the same seed, always: a vantage point's name keeps its jitter over restarts.
[[nodiscard]] std::uint64_t seed_from(std::string_view text);

// The first slot after `moment`. For Poisson, `moment` is the slot before, or the start.
[[nodiscard]] WallTime next_slot(Policy const& policy, WallTime moment);

// Fixed and jittered slots are numbered from the epoch on; Poisson's exist only once they are
// drawn. REQUIRES of both: not Poisson.
[[nodiscard]] std::int64_t last_number(Policy const& policy, WallTime moment);  // slot <= moment
[[nodiscard]] WallTime numbered_slot(Policy const& policy, std::int64_t number);

}  // namespace perfd::schedule
