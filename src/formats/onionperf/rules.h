// Which values a row must have, and of which form.
// Thread: pure functions.
#pragma once

#include "formats/onionperf/document.h"

namespace perfd::formats::onionperf {

// The first thing that is wrong with a row, by what OnionPerf's readers look for.
[[nodiscard]] RowProblem check_row(Section section, std::string_view key, Row const& row);

}  // namespace perfd::formats::onionperf
