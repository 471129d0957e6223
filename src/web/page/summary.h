// The key figures of the page as a table of HTML, which the dashboard replaces by its overview:
// of each series the last 24 hours against the 24 hours before.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/series_key.h"
#include "report/quantity.h"

namespace perfd::web {

// What a day of one series came to.
struct DayFigures {
  std::size_t n = 0;  // measurements that have the value
  std::size_t failed = 0;
  double median = 0;  // of those; 0 where there are none
  double p95 = 0;
};

struct KeyFigures {
  model::SeriesKey key;
  report::Quantity quantity = report::Quantity::last_byte;
  DayFigures today;
  std::optional<DayFigures> before;
  std::optional<WallTime> last_at;  // of its experiment's last measurement
  bool late = false;                // no success for more than three intervals
};

struct Summary {
  WallTime now{};
  std::vector<KeyFigures> figures;    // by experiment and arm
  std::vector<std::string> problems;  // sentences; none where all is well
  bool running = false;               // a daemon measures; else only its store is served
};

[[nodiscard]] std::string summary_html(Summary const& summary);

// "▲ 12 % slower", "as before"; empty where there is nothing to compare. Of times more is slower.
[[nodiscard]] std::string change_text(double value, double before);

}  // namespace perfd::web
