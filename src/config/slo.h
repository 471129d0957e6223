// The file of thresholds, as text and as rules. It is read like the configuration: by a table of
// keys, with every problem of it in one go, each with its place and its remedy.
// Thread: pure functions, but for load_slo_path, which reads the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/settings_slo.h"

namespace perfd::config {

using LoadedSlo = boost::system::result<std::vector<SloRule>, Diagnostics>;

// Rules in the order of the file; a file without any is an error.
[[nodiscard]] LoadedSlo load_slo(Source const& source);
[[nodiscard]] LoadedSlo load_slo_path(std::filesystem::path const& path);

// The table of keys, for docs/thresholds.md.
[[nodiscard]] std::string slo_reference();

}  // namespace perfd::config
