// A document of OnionPerf's analysis from the store: the results of one vantage point, and all
// circuits that ended in the selection's time or, without bounds, on the results' days.
// Thread: one; blocks.
#pragma once

#include <cstddef>

#include "app/chosen_results.h"
#include "base/result.h"
#include "formats/onionperf_write.h"

namespace perfd::app {

// How many results were written; those that the format has no way to say are left out. The error
// says what to choose where the results are of several sources, which a document can't be.
[[nodiscard]] Result<std::size_t> export_onionperf(ChosenResults& results,
                                                   formats::OnionPerfOutput const& output);

}  // namespace perfd::app
