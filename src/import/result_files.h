// Files that are read alone: perfd's JSON lines, .tpf, .mergedata, OnionPerf's analysis.
// Thread: one. Input is untrusted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "import/file_kind.h"
#include "import/input.h"
#include "import/progress.h"
#include "import/sink.h"

namespace perfd::import {

// `beginning` was read of the input's current file already.
[[nodiscard]] Result<void> import_results(FileKind kind, std::string_view beginning, Input& input,
                                          std::string const& place, Sink& sink, Progress& progress);

}  // namespace perfd::import
