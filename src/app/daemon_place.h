// A daemon's place on the disk: its data folder, and the pid file that keeps a second
// one out of it.
// Thread: the only one.
#pragma once

#include <filesystem>
#include <optional>

#include "app/data_folder.h"
#include "base/result.h"
#include "config/settings.h"
#include "runtime/daemon.h"

namespace perfd::app {

struct DaemonPlace {
  DataFolder data;
  runtime::PidFile pid_file;
};

// Makes the folder if it is missing. Errors: a daemon runs there, with its pid; no permission.
[[nodiscard]] Result<DaemonPlace> take_place(config::Settings const& settings);

// Where the log goes; nothing is standard error.
[[nodiscard]] std::optional<std::filesystem::path> log_target(config::Settings const& settings,
                                                              DataFolder const& data,
                                                              bool background);

}  // namespace perfd::app
