// The command line of `perfd measure`: what was given, what is wrong with it, and the experiment
// that it asks for.
// Thread: pure functions, but for torrc_of, which reads a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace perfd::app {

struct MeasureOptions {
  config::Kind kind = config::Kind::download;  // or upload, page, or resolve
  std::string query;                           // of a resolve
  std::string url;
  std::string socks;
  std::string socks_version = "5";  // 4, 4a or 5
  std::string tor;
  std::vector<std::string> torrc;
  std::string torrc_file;
  bool testnet = false;
  std::string size;
  std::string page = "median";  // of perfd's own server
  bool optimistic = false;      // early data
  bool https = false;           // of perfd's own server
  std::string browser = "firefox-esr";
  std::string screenshot;  // file to write
  int count = 1;
  std::string timeout = "295s";
  bool json = false;
};

// What is wrong with the choice of options, and what to write instead.
[[nodiscard]] std::optional<std::string> usage_error(MeasureOptions const& options);

// Errors: a value that can't be read.
[[nodiscard]] Result<config::Experiment> experiment_of(MeasureOptions const& options);

// The lines of --torrc, then those of --torrc-file.
[[nodiscard]] Result<std::vector<std::string>> torrc_of(MeasureOptions const& options);

}  // namespace perfd::app
