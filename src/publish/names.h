// The names of published files, as CollecTor looks for them on a measuring host:
//
//   2026-11-24.onionperf.analysis.json.xz     one a day
//   SOURCE-51200-2026-11-24.tpf               one a day and size of downloads
//
// Each source has a folder of its own: the first name doesn't tell whose it is. CollecTor takes
// that from the host's name, and adds it in its archive.
// Source: OnionPerfDownloader of CollecTor. Thread: pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace perfd::publish {

using Day = std::chrono::sys_days;  // in UTC

[[nodiscard]] inline Day day_of(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time);
}

inline constexpr std::string_view kIndexName = "index.xml";

[[nodiscard]] std::string day_text(Day day);  // 2026-11-24
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);

// What can be the name of a folder and part of file names: what the configuration allows for a
// vantage point. An imported result may have any text there.
[[nodiscard]] bool is_source_name(std::string_view source);

[[nodiscard]] std::string analysis_name(Day day);
// `filesize` as it stands in the records: CollecTor compares.
[[nodiscard]] std::string tpf_name(std::string_view source, std::string_view filesize, Day day);

// The day of a file of results; nothing for any other name.
[[nodiscard]] std::optional<Day> day_of_file(std::string_view name);

}  // namespace perfd::publish
