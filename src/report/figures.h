// What the report prints below the summary: the figures of Tor Metrics' graphs, how circuits were
// built, and the first hops.
// Thread: pure functions.
#pragma once

#include <string>

#include "report/collected.h"

namespace perfd::report {

// A table for each of these that there is something of, with empty lines between them.
[[nodiscard]] std::string figure_tables(Collected const& results);

}  // namespace perfd::report
