// OnionPerf's two logs of one time, side by side: each transfer of TGen's with the stream and the
// circuits that the control connection told of.
//
// A transfer and a stream are one when the transfer's local port is the stream's source and their
// ends lie less than 150 s apart; of several the nearest. That is OnionPerf's rule, as its logs
// know nothing better. Only so much of the log of the control connection is held as this needs.
// Thread: one. Input is untrusted.
#pragma once

#include "base/result.h"
#include "import/file_list.h"
#include "import/progress.h"
#include "import/sink.h"

namespace perfd::import {

inline constexpr Micros kNearEnough{150'000'000};

[[nodiscard]] Result<void> import_logs(LogGroup group, Sink& sink, Progress& progress);

}  // namespace perfd::import
