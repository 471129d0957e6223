// A document of OnionPerf's analysis from the store: the results of one vantage point, and all
// circuits that ended in the filter's time or, without bounds, on the results' days.
// Thread: one; blocks.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "formats/onionperf_write.h"
#include "store/reader.h"

namespace perfd::app {

// How many results were written; those that the format has no way to say are left out. The error
// says what to choose where the results are of several sources, which a document can't be.
[[nodiscard]] Result<std::size_t> export_onionperf(store::Reader& reader,
                                                   store::Filter const& filter,
                                                   formats::OnionPerfOutput const& output);

}  // namespace perfd::app
