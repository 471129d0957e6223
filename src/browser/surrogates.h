// JSON text may hold half a surrogate pair ("\ud83d"): JavaScript's strings may, and so may
// whatever a page names. Boost.JSON takes no such text.
// Internal to the room. Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace perfd::browser {

// The same JSON text with U+FFFD in the place of each half that stands alone.
[[nodiscard]] std::string mend_surrogates(std::string_view json);

}  // namespace perfd::browser
