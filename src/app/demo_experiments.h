// What `perfd demo` measures, and the tors that this takes beside PrivateStation's own.
// Thread: pure functions.
#pragma once

#include <vector>

#include "config/settings.h"

namespace perfd::app {

// A tor on which early data is worth something: on conflux circuits tor holds it back.
inline constexpr auto kDemoWithoutConflux = "no-conflux";

// The first one is measured once before the schedule begins.
[[nodiscard]] std::vector<config::Experiment> demo_experiments();
[[nodiscard]] std::vector<config::Tor> demo_tors();

}  // namespace perfd::app
