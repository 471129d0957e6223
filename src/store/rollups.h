// Roll-ups: how often which values and outcomes were in each hour and each day of each series, so
// that a question over years reads days and not measurements (decision 6).
//
// They are made of the rows that are there, in the order of their numbers and in steps: a step adds
// what a number of rows had, and moves the mark up to which rows are rolled up, in one transaction.
// So both always tell the same, after any crash, and rows beyond the mark are counted one by one by
// who reads (trends.h). It is the same for a file of an older version, for an import, and for what
// is measured. What retention deletes is taken away again.
// Thread: the writer's. Every function belongs into a transaction of the caller's.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"
#include "store/figures_row.h"
#include "store/numbers.h"
#include "store/sketch.h"

namespace perfd::store {

class Rollups {
 public:
  Rollups(SQLite::Database& database, Numbers numbers);

  // Once, at the start: roll-ups of other numbers, or with other codes, are dropped.
  void begin();
  void step(std::size_t rows);
  // How many rows wait at most; 0 where no roll-ups are kept.
  [[nodiscard]] std::int64_t waiting();
  // Before measurements are deleted: `chosen` is a query for their numbers, in which ?1 and ?2 are
  // the time and the number of rows.
  void forget(std::string const& chosen, WallTime before, int rows);

 private:
  struct Changes;
  void add(model::Measurement const& measurement, Changes& changes);
  [[nodiscard]] std::int64_t series_id(model::Measurement const& measurement);
  // False where the bytes of a row are broken.
  [[nodiscard]] bool apply(Changes& changes, std::int64_t sign);
  [[nodiscard]] bool change(std::int64_t row,
                            std::int64_t sign);  // by counts_, which is empty then
  void drop_empty_series(std::int64_t series);
  void reset();
  [[nodiscard]] std::int64_t rolled();
  void set_rolled(std::int64_t seq);

  SQLite::Database& database_;
  Numbers numbers_;
  FiguresRows rows_;
  std::vector<Number> found_;
  std::vector<SlotCount> counts_;
  SQLite::Statement find_;
  SQLite::Statement put_;
  SQLite::Statement remove_;
};

// What the numbers of roll-ups that are kept under it mean; never 0.
[[nodiscard]] std::int64_t rollup_layout(Numbers const& numbers);

}  // namespace perfd::store
