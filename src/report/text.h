// Comparisons as a person reads them.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "report/groups.h"
#include "report/pair_names.h"
#include "stats/compare.h"

namespace perfd::report {

struct ComparedPair {
  Group const* base = nullptr;
  Group const* other = nullptr;
  stats::Comparison found;
};

// One plain sentence for each statistic, and what qualifies them all.
[[nodiscard]] std::vector<std::string> sentences(ComparedPair const& pair);
// "9 blocks of 30.27 s", or those of each where they were drawn apart; empty where time was not
// cut.
[[nodiscard]] std::string blocks_text(PairNames const& names, stats::Comparison const& found);
// The sentences under a head that says what was compared: numbers, failures, period, blocks.
[[nodiscard]] std::string comparison_text(ComparedPair const& pair);
// What the intervals promise, of all pairs together.
[[nodiscard]] std::string comparison_footer(std::vector<ComparedPair> const& pairs,
                                            stats::Bootstrap const& how);

}  // namespace perfd::report
