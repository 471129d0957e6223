// Summaries and comparisons as one JSON object; docs/statistics.md has the fields.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "app/report_text.h"

namespace perfd::app {

// Without the line end.
[[nodiscard]] std::string summaries_json(std::vector<ReportGroup const*> const& groups);
[[nodiscard]] std::string comparisons_json(std::vector<ComparedPair> const& pairs,
                                           stats::Bootstrap const& how);

}  // namespace perfd::app
