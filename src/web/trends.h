// What the web room wants to know of many results at once, asked of whoever keeps them: their
// numbers over time, their distribution, their outcomes. Implemented by app over the store.
// Thread: any; calls may block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/counted.h"
#include "base/result.h"
#include "base/units.h"
#include "model/selection.h"
#include "model/series_key.h"
#include "report/quantity.h"

namespace perfd::web {

struct TrendAsked {
  enum class By : std::uint8_t {
    nothing,       // the whole time
    time,          // steps of equal length
    hour_of_week,  // 0 is Monday from 00:00 to 01:00 UTC
  };
  model::Selection which;                      // REQUIRES since and until
  std::optional<report::Quantity> quantity{};  // nothing: outcomes alone
  By by = By::nothing;
  std::size_t points = 0;      // by time: at most so many steps
  bool together = false;       // all series as one, whose key is empty
  std::size_t max_series = 0;  // 0: all
};

// Of one series, and of one step or hour.
struct TrendSlot {
  std::int64_t at = 0;  // the start of the step in µs since the epoch, or the hour of the week
  std::span<Counted const> values;         // ascending
  std::int64_t n = 0;                      // measurements
  std::int64_t failed = 0;                 // of them
  std::span<std::int64_t const> outcomes;  // how many there were of each, by its code
};
// Series in their order, slots ascending; those without measurements are left out. What is spanned
// ends with the call.
using EachTrendSlot = std::function<void(model::SeriesKey const&, TrendSlot const&)>;

struct TrendTold {
  WallTime since{};  // what was looked at
  WallTime until{};
  Micros step{};             // by time
  bool exact = false;        // else values are within one percent
  bool sampled = false;      // only the newest measurements were looked at: there are too many
  std::size_t left_off = 0;  // series
};

class TrendSource {
 public:
  virtual ~TrendSource() = default;
  virtual Result<TrendTold> ask(TrendAsked const& asked, EachTrendSlot const& each) = 0;
};

}  // namespace perfd::web
