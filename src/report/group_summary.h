// What the results of a group came to: its series taken together.
// Thread: pure functions.
#pragma once

#include "report/collected.h"
#include "report/groups.h"
#include "stats/summary.h"

namespace perfd::report {

// Of an experiment's arm, or of an experiment without arms, all kinds, targets and sizes.
[[nodiscard]] stats::Summary summary_of(Group const& group, Collected const& results);

}  // namespace perfd::report
