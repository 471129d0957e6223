// The ranking of guards from what a tor knows of the relays, asked over its control connection.
//
// The answers of a tor on the real network are up to 30 MB of text. They are read in pieces by the
// loop, and parsed and ranked on a pool, so that no mark of a measurement is late.
// Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "config/settings.h"
#include "model/guards.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "tor/instance.h"

namespace perfd::tor {

struct Ranked {
  std::optional<WallTime> consensus_valid_after;
  std::vector<model::RankedGuard> guards;  // in the order of the policy
  std::vector<std::string> unavailable;    // of a list: what no guard stands for
};

// `pool` may be null: answers are then parsed on the loop. Errors: tor has too little of the
// consensus to build circuits, or, where the policy needs them, less than 99 % of the running
// relays' descriptors (it fetches all only with FetchUselessDescriptors 1); its refusal; not
// connected.
[[nodiscard]] runtime::Task<Result<Ranked>> ask_ranking(runtime::Loop& loop, runtime::Pool* pool,
                                                        Instance& instance, config::Guards policy);

}  // namespace perfd::tor
