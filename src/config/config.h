// perfd.toml, a file or a folder of them, to Settings; and Settings back to text.
//
// The room's front: load, print, compare, and the reference for people. What keys
// exist is in one table (definition.h), from which all four are made.
// A configuration comes from the administrator, but a slip must never be taken
// silently: every problem of every file is reported with its place, and nothing that
// was written is ignored. Files are bounded (kMaxFileBytes), as are the sections.
// May use: base. May be used by: app; the types (settings.h, words.h) by any room.
// Thread: pure functions, but for load_path, which reads files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "config/words.h"

namespace perfd::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;

// One problem of a configuration.
struct Diagnostic {
  std::string file;     // as it was named; empty for settings that no file made
  unsigned line = 0;    // from 1; 0 where the problem is of the file as a whole
  unsigned column = 0;  // from 1, in characters
  std::string message;  // the key, what is wrong, what is expected

  friend bool operator==(Diagnostic const&, Diagnostic const&) = default;
};
// "perfd.toml:12:9: experiment.fast.every: …"
[[nodiscard]] std::string to_string(Diagnostic const& diagnostic);

struct Diagnostics {
  std::vector<Diagnostic> list;  // by file, line and column
};
// One diagnostic a line.
[[nodiscard]] std::string to_string(Diagnostics const& diagnostics);
[[noreturn]] void throw_exception_from_error(Diagnostics const& diagnostics,
                                             boost::source_location const& where);

using Loaded = boost::system::result<Settings, Diagnostics>;

// A file's content under the name that diagnostics shall show.
struct Source {
  std::string name;
  std::string text;
};

// Of a regular file; the error says why it can't be read, without its name.
[[nodiscard]] Result<Source> read_source(std::filesystem::path const& path);

// Sources are merged in their order. A key may be given once in all of them.
[[nodiscard]] Loaded load(std::span<Source const> sources);
// A file, or a folder whose *.toml files are taken in the order of their names.
[[nodiscard]] Loaded load_path(std::filesystem::path const& path);

// The same rules for settings that the program made itself.
[[nodiscard]] std::vector<Diagnostic> check(Settings const& settings);

// Without any [experiment.…]: what Torperf has always measured, 50 KiB every 5 min,
// 1 MiB every 30 min and 5 MiB every hour, each on the grid of its own minute.
[[nodiscard]] std::vector<Experiment> default_experiments(std::string tor);

// The tor that offers the onion service which an experiment (without arms) measures: the one
// that it names; else for "onion" its own, for "single-onion" the only one that offers such.
// Empty where there is none to choose, or no onion service is measured.
[[nodiscard]] std::string service_tor(Settings const& settings, Experiment const& experiment);

enum class Secrets : std::uint8_t {
  shown,   // reads back to equal settings
  hidden,  // for logs and bug reports
};
// All settings in force as TOML; a comment tells which of them are defaults.
[[nodiscard]] std::string effective_toml(Settings const& settings,
                                         Secrets secrets = Secrets::shown);

// What is allowed and yet makes an experiment pointless or misleading: "experiment.x: …", one each.
[[nodiscard]] std::vector<std::string> advice(Settings const& settings);

// docs/configuration.md.
[[nodiscard]] std::string configuration_reference();

// What SIGHUP can do with a changed configuration.
struct Reload {
  Settings settings;                       // `running` with every change that can be made live
  std::vector<std::string> applied;        // "experiment.fast.every", "experiment.new (added)"
  std::vector<std::string> needs_restart;  // "server.listen", "experiment.x (tor.new first)"
};
[[nodiscard]] Reload reload(Settings const& running, Settings const& wanted);

}  // namespace perfd::config
