// The summary of an allocation series.
// Thread: pure functions.
#pragma once

#include <vector>

#include "model/allocation.h"

namespace perfd::stats {

// Quantiles as quantile.h defines them, rounded to whole numbers.
[[nodiscard]] model::Distribution distribution(std::vector<double> values);

// Sets the counts and distributions over the series' streams. Legs of one conflux set count as
// one circuit.
void summarize(model::Allocation& allocation);

}  // namespace perfd::stats
