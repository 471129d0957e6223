// Files that a configuration names, as `perfd check` finds them on this machine.
// Thread: any; reads them.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace perfd::app {

// What is wrong with each, one line each: the setting, the file, the reason.
[[nodiscard]] std::vector<std::string> wrong_files(config::Settings const& settings);

}  // namespace perfd::app
