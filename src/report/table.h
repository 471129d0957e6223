// Summaries of groups of results as a person reads them.
// Thread: pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/groups.h"
#include "stats/quantile.h"

namespace perfd::report {

// A table of transfers and one of page loads, as far as there are any of either, with a line for
// each group; below them answers to resolutions, and the failures by code.
[[nodiscard]] std::string summary_tables(std::vector<Group const*> const& groups,
                                         Collected const& results);

// "412 (380–455) ms": the median, and between what eight of ten lie. One unit for all three, so
// that they can be compared at a glance.
[[nodiscard]] std::string spread_text(stats::Spread const& us);

// "2 x NET_TIMEOUT (1.6 %), 1 x TOR_DOWN (0.8 %)": of so many measurements.
[[nodiscard]] std::string by_code(std::map<model::FailureCode, std::size_t> const& failures,
                                  std::size_t of);

}  // namespace perfd::report
