// The table that OnionPerf's `visualize` writes beside its plots, a line for each transfer.
//
// docs/formats.md ("OnionPerf's table") has the columns. Times in seconds from the start to
// OnionPerf's first byte, which is that of the payload (DATAPERC0), and to the last one.
// Thread: pure functions.
#pragma once

#include <string>

#include "model/measurement.h"

namespace perfd::report {

[[nodiscard]] std::string onionperf_csv_head();
// The line with its end; empty for what is no transfer through tor.
[[nodiscard]] std::string onionperf_csv_line(model::Measurement const& measurement);

}  // namespace perfd::report
