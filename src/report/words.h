// How the report calls what was measured.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "report/collected.h"

namespace perfd::report {

[[nodiscard]] std::string_view plural(model::Kind kind);  // "downloads"
// "50 KiB downloads", "page loads"
[[nodiscard]] std::string sized(model::Kind kind, std::int64_t filesize);
// "50 KiB downloads, direct"
[[nodiscard]] std::string what_was_measured(SeriesKey const& key);

}  // namespace perfd::report
