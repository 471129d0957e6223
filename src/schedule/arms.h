// The arms of an A/B experiment: which one has its turn.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"
#include "model/arm_order.h"

namespace perfd::schedule {

// The rule is part of the records, which tell the turn; so it stands with them.
using model::arm_of_turn;

// The tor instances that a slot of the experiment takes: its own, or those of its arms.
[[nodiscard]] std::vector<std::string> tors_of(config::Experiment const& experiment);

}  // namespace perfd::schedule
