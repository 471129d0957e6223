// What a daemon does while it may still be root: bind its addresses, give its files to its
// user, become that user for good.
// Thread: the only one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/data_folder.h"
#include "base/result.h"
#include "config/settings.h"
#include "runtime/privileges.h"
#include "runtime/socket.h"

namespace perfd::app {

struct Listeners {
  std::vector<runtime::BoundListener> measurement;
  std::vector<runtime::BoundListener> tls;      // https of the measurement server
  std::vector<runtime::BoundListener> results;  // none: on the measurement server
};

// Binds, and becomes [server] user where it is root. Errors name the setting and the remedy: an
// address in use, a port that needs root, no such user, a folder where that user may not write.
// REQUIRES: the data folder exists.
[[nodiscard]] Result<Listeners> start_up(config::Settings const& settings, DataFolder const& data);

// Afterwards: what is odd about the user that perfd runs as.
[[nodiscard]] std::optional<std::string> user_warning(config::Server const& server);

// `setting` is where the addresses come from: "[server] listen".
[[nodiscard]] Result<std::vector<runtime::BoundListener>> bind_all(
    std::vector<config::ListenAddress> const& addresses, std::string_view setting);

}  // namespace perfd::app
