// Ends what a connection reads when it takes too long, for questions of strangers: SQLite then
// throws SQLITE_INTERRUPT, which explain() tells as errc::timed_out.
// Thread: the connection's.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <chrono>

#include "base/units.h"

namespace perfd::store {

// For as long as it lives. A limit of 0 is none.
class TimeLimit {
 public:
  TimeLimit(SQLite::Database& database, Nanos limit)
      : handle_(database.getHandle()), until_(Clock::now() + limit) {
    if (limit > Nanos{0}) sqlite3_progress_handler(handle_, kSteps, &TimeLimit::is_over, this);
  }
  ~TimeLimit() { sqlite3_progress_handler(handle_, 0, nullptr, nullptr); }
  TimeLimit(TimeLimit const&) = delete;
  TimeLimit& operator=(TimeLimit const&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  // Of SQLite's machine: a tenth of a millisecond or so, against which reading a clock is nothing.
  static constexpr int kSteps = 5'000;

  static int is_over(void* self) {
    return Clock::now() >= static_cast<TimeLimit const*>(self)->until_ ? 1 : 0;
  }

  sqlite3* handle_;
  Clock::time_point until_;
};

}  // namespace perfd::store
