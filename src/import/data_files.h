// Torperf's .data with the .extradata of its name, if there is one.
// Thread: one. Input is untrusted.
#pragma once

#include "base/result.h"
#include "import/file_list.h"
#include "import/progress.h"
#include "import/sink.h"

namespace perfd::import {

[[nodiscard]] Result<void> import_data(DataPair pair, Sink& sink, Progress& progress);

}  // namespace perfd::import
