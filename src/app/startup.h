// What a daemon does before it has threads, and while it may still be root: bind its
// addresses, give its files to its user, become that user for good, fork the launcher.
// Thread: the only one.
#pragma once

#include <vector>

#include "app/data_folder.h"
#include "base/result.h"
#include "config/settings.h"
#include "runtime/launcher.h"
#include "runtime/privileges.h"
#include "runtime/socket.h"

namespace perfd::app {

struct Started {
  std::vector<runtime::BoundListener> measurement;
  std::vector<runtime::BoundListener> results;  // none: on the measurement server
  runtime::LauncherChannel launcher;
};

// Errors name the remedy: an address in use, a port that needs root, no such user, a folder
// where that user may not write. REQUIRES: the data folder exists.
[[nodiscard]] Result<Started> start_up(config::Settings const& settings, DataFolder const& data);

// The listening sockets of [server] and [results].
[[nodiscard]] Result<std::vector<runtime::BoundListener>> bind_all(
    std::vector<config::ListenAddress> const& addresses);

}  // namespace perfd::app
