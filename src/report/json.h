// Summaries and comparisons as one JSON object; docs/statistics.md has the fields.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "report/text.h"

namespace perfd::report {

// Without the line end. `filters`: those in force, each as a person reads it.
[[nodiscard]] std::string summaries_json(std::vector<Group const*> const& groups,
                                         Collected const& results,
                                         std::vector<std::string> const& filters);
[[nodiscard]] std::string comparisons_json(std::vector<ComparedPair> const& pairs,
                                           stats::Bootstrap const& how,
                                           std::vector<std::string> const& filters);

}  // namespace perfd::report
