// The keys that must exist before tor starts: those of authorities, because every torrc
// names their fingerprints, and the relays' identities, so that descriptors, consensus and
// weights can be checked by fingerprint from the beginning.
// Thread: any; blocks for about 12 ms for each key that is made.
#pragma once

#include "base/result.h"
#include "testnet/plan.h"

namespace perfd::testnet {

struct KeysMade {
  bool any_new = false;  // what the network knew before is worth nothing
};

// Makes what is missing (or an authority's certificate that ends within a week of `now`)
// in the nodes' folders, and fills the plan's fingerprints. Folders get mode 0700.
[[nodiscard]] Result<KeysMade> prepare_keys(Plan& plan, WallTime now);

}  // namespace perfd::testnet
