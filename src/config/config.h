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
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "config/words.h"

namespace perfd::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;

// What the program can do of what the types can say. The rest is refused with a
// reason, so that a setting never looks in force when it is not.
// The default is this version's.
struct Available {
  std::set<Kind> kinds{Kind::download, Kind::upload, Kind::resolve};
  std::set<TargetKind> targets{TargetKind::direct, TargetKind::url};
  std::set<GuardPolicy> guards{GuardPolicy::tor_default, GuardPolicy::none};
  bool optimistic = true;
  bool shared_circuits = false;
  bool paths = false;
  bool arms = true;
};

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

// Sources are merged in their order. A key may be given once in all of them.
[[nodiscard]] Loaded load(std::span<Source const> sources, Available const& available = {});
// A file, or a folder whose *.toml files are taken in the order of their names.
[[nodiscard]] Loaded load_path(std::filesystem::path const& path, Available const& available = {});

// The same rules for settings that the program made itself.
[[nodiscard]] std::vector<Diagnostic> check(Settings const& settings,
                                            Available const& available = {});

// Without any [experiment.…]: what Torperf has always measured, 50 KiB every 5 min,
// 1 MiB every 30 min and 5 MiB every hour, each on the grid of its own minute.
[[nodiscard]] std::vector<Experiment> default_experiments(std::string tor);

enum class Secrets : std::uint8_t {
  shown,   // reads back to equal settings
  hidden,  // for logs and bug reports
};
// All settings in force as TOML; a comment tells which of them are defaults.
[[nodiscard]] std::string effective_toml(Settings const& settings,
                                         Secrets secrets = Secrets::shown);

// What is allowed and yet makes an experiment pointless: "experiment.x: …", one each.
[[nodiscard]] std::vector<std::string> advice(Settings const& settings);

// docs/configuration.md.
[[nodiscard]] std::string configuration_reference(Available const& available = {});

// What SIGHUP can do with a changed configuration.
struct Reload {
  Settings settings;                       // `running` with every change that can be made live
  std::vector<std::string> applied;        // "experiment.fast.every", "experiment.new (added)"
  std::vector<std::string> needs_restart;  // "server.listen", "experiment.x (tor.new first)"
};
[[nodiscard]] Reload reload(Settings const& running, Settings const& wanted);

}  // namespace perfd::config
