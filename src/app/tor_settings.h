// From [tor.NAME] of the configuration to a tor instance.
// Thread: pure functions, but for the look-up of the binary in PATH.
#pragma once

#include <string>

#include "app/data_folder.h"
#include "base/result.h"
#include "config/settings.h"
#include "tor/guard_keeper.h"
#include "tor/instance.h"

namespace perfd::app {

// Errors: no such binary, an address that is none.
[[nodiscard]] Result<tor::InstanceSettings> instance_settings(config::Tor const& tor,
                                                              DataFolder const& data);

[[nodiscard]] tor::GuardSettings guard_settings(config::Tor const& tor);

// The guard policy as a record names it; of a list its items, and no more than the first 16.
[[nodiscard]] std::string guards_text(config::Guards const& guards);

}  // namespace perfd::app
