// --since and --until, as the commands that read the store have them.
// Thread: pure functions.
#pragma once

#include <string>

#include "base/result.h"
#include "store/reader.h"

namespace perfd::app {

// Empty texts are no bound. The error names the option.
[[nodiscard]] Result<store::Filter> filter_between(std::string const& since,
                                                   std::string const& until);

}  // namespace perfd::app
