// `perfd report --waterfall`: one measurement drawn.
// Thread: none of its own; reads the store.
#pragma once

#include <optional>
#include <string>

#include "app/chosen_results.h"
#include "base/result.h"

namespace perfd::app {

// The page of the measurement `which`: an id, or "last", the newest that began of the chosen ones.
// Nothing where there is none.
[[nodiscard]] Result<std::optional<std::string>> waterfall_of(ChosenResults& results,
                                                              std::string const& which);

// What is wrong with `which`, as far as that is known without a store.
[[nodiscard]] Result<> check_waterfall_name(std::string const& which);

}  // namespace perfd::app
