// Moments as tests write them.
#pragma once

#include "base/time_text.h"

namespace perfd::schedule {

inline WallTime at(std::string_view text) { return parse_time(text).value(); }

}  // namespace perfd::schedule
