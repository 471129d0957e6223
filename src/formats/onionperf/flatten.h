// An object of simdjson's as a Row, with the same fields in the same order as Document makes of it.
// Thread: pure function. False where it is broken, too deep or too large.
#pragma once

#include <simdjson.h>

#include <cstddef>

#include "formats/onionperf/row.h"

namespace perfd::formats::onionperf {

[[nodiscard]] bool flatten(simdjson::ondemand::object object, Row& row);

// Looks through a value that nobody asked for, so that it is no better than it would be to
// Document. `depth`: how many levels are around it.
[[nodiscard]] bool skim(simdjson::ondemand::value value, std::size_t depth);

}  // namespace perfd::formats::onionperf
