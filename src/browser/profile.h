// The settings that a browser for measuring has, and their file.
// Internal to the room. Thread: pure functions.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace perfd::browser {

// Name and value, the value as prefs.js has it: true, 5, "text".
using Prefs = std::vector<std::pair<std::string, std::string>>;

// perfd's own, each with its reason in profile.cpp.
[[nodiscard]] Prefs measuring_prefs();

// The text of user.js: one line a name, the last value of each. An Error names a pref that would
// not be one line of that file.
[[nodiscard]] Result<std::string> user_js(Prefs const& prefs);

}  // namespace perfd::browser
