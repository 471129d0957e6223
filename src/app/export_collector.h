// `perfd export --format collector`: files of whole days, as the daemon publishes them.
// Thread: one; blocks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "store/reader.h"

namespace perfd::app {

struct CollectorExport {
  std::string folder;
  std::vector<std::string> sources;  // empty: all
  std::optional<WallTime> since;     // its day and later ones; none: from the store's first on
  std::optional<WallTime> until;     // days that began before; none: those that are over
};

// The exit code.
[[nodiscard]] int export_collector(store::Reader& reader, CollectorExport const& what);

}  // namespace perfd::app
