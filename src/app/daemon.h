// perfd as it runs for years: `run` in the foreground, `start` in the background.
//
// SIGTERM and SIGINT end it: running measurements become records, tors end, exit code 0.
// SIGHUP reads the configuration again and opens the log anew.
// Thread: the main thread; returns when everything has ended.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/data_folder.h"
#include "config/settings.h"

namespace perfd::app {

struct DaemonOptions {
  std::filesystem::path config;                   // absolute, for SIGHUP
  config::Settings settings;                      // read from it
  DataFolder data;                                // exists; its pid file is held by the caller
  std::optional<std::filesystem::path> log_file;  // none: standard error
  // Called once: with an empty text when the start is over, else with what prevented it.
  std::function<void(std::string_view failure)> started;
};

// The exit code.
int run_daemon(DaemonOptions options);

}  // namespace perfd::app
