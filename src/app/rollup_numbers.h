// What the store keeps roll-ups of: the quantities of reports, by their numbers.
// Thread: pure.
#pragma once

#include "store/numbers.h"

namespace perfd::app {

[[nodiscard]] store::Numbers rollup_numbers();

}  // namespace perfd::app
