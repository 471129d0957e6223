// From [tor.NAME] of the configuration to a tor instance.
// Thread: pure functions, but for the look-up of the binary in PATH.
#pragma once

#include <string>

#include "app/data_folder.h"
#include "base/result.h"
#include "config/settings.h"
#include "tor/instance.h"

namespace perfd::app {

// Errors: no such binary, an address that is none.
[[nodiscard]] Result<tor::InstanceSettings> instance_settings(config::Tor const& tor,
                                                              DataFolder const& data);

// The guard policy as a record names it.
[[nodiscard]] std::string guards_text(config::Guards const& guards);

}  // namespace perfd::app
