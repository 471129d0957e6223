// A vote on command.
//
// tor votes in slots of a schedule. Its phase is a setting (TestingV3AuthVotingStartOffset),
// so a slot can be moved to the next second. The vote itself then waits for a timer of tor's,
// one second or more; disabling and enabling the network makes tor look at once, which one
// authority alone can afford (it has nobody to exchange votes with).
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"
#include "testnet/node.h"

namespace perfd::testnet {

// The second at which a consensus becomes valid when a vote begins now. Pure.
// `attempt` counts from 0; each gives the machine more time.
[[nodiscard]] std::int64_t choose_valid_after(WallTime now, std::size_t authorities, int attempt);

// Makes the authorities vote until all of them have the same new consensus; gives its
// valid-after, in seconds since the epoch. About 0.7 s with one authority, 4.5 s with several.
// Not before `earliest`: an authority votes on who is running only in a second after the one in
// which it was started. REQUIRES: they have all descriptors.
runtime::Task<Result<std::int64_t>> vote(std::vector<Node*> authorities, WallTime earliest,
                                         MonoTime deadline);

// Until the authority hands out the consensus in both flavours, which it compresses first; a
// relay that asks too early waits for a long time before it asks again.
runtime::Task<Result<>> await_served(runtime::Loop& loop, Node& authority, MonoTime deadline);

}  // namespace perfd::testnet
