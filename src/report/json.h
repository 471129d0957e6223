// Summaries and comparisons as one JSON object; docs/statistics.md has the fields.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "report/text.h"

namespace perfd::report {

// Without the line end.
[[nodiscard]] std::string summaries_json(std::vector<Group const*> const& groups);
[[nodiscard]] std::string comparisons_json(std::vector<ComparedPair> const& pairs,
                                           stats::Bootstrap const& how);

}  // namespace perfd::report
