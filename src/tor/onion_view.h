// What a tracker knows of a client's way to an onion service.
// Thread: the tracker's owner's; pure.
#pragma once

#include <string>

#include "model/onion.h"
#include "tor/tracker.h"

namespace perfd::tor {

// `address` without suffix. Of descriptor events and circuits those that ended or happened since
// `since` count; `stream`, where tor saw it, tells which circuits carried it.
[[nodiscard]] model::OnionView onion_view(CircuitStreamTracker const& tracker, std::string address,
                                          WallTime since, model::Stream const* stream);

}  // namespace perfd::tor
