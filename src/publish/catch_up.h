// Which days are to be published: each that is over, once, in their order.
//
// FOLDER/.until holds the last one that was; without it, publishing begins with the first that the
// store has and that is to be kept. A day is written before it is noted, so that one during which
// perfd was killed is written again, to the same bytes.
// Thread: one; blocks.
#pragma once

#include <optional>

#include "base/result.h"
#include "publish/day.h"
#include "publish/names.h"

namespace perfd::publish {

struct CatchUp {
  std::filesystem::path store;
  WallTime now{};
  // After midnight: by then everything that began the day before has ended and is in the store.
  Micros settle{0};
  Micros keep{0};  // days that began before are not published
};

struct CaughtUp {
  std::optional<Day> until;  // the last day that is done, if any
  DayReport report;          // of the days that were published now
  bool more = false;         // another one is over already
};

// Publishes the next day that is over and has anything, if there is one.
[[nodiscard]] Result<CaughtUp> publish_next(CatchUp const& what, DayOptions const& options);

}  // namespace perfd::publish
