// The part of a trend that comes from measurements one by one: exact answers, what roll-ups can't
// tell, and what they don't have yet.
// Thread: of the connection's owner. Functions throw SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <map>
#include <vector>

#include "store/numbers.h"
#include "store/slot_tallies.h"
#include "store/trends.h"

namespace perfd::store {

struct SeenRow {
  std::int64_t at_us = 0;
  model::FailureCode outcome = model::FailureCode::ok;
  double value = 0;  // NaN: none
};
using SeenRows = std::map<model::SeriesKey, std::vector<SeenRow>>;

class TrendRows {
 public:
  TrendRows(SQLite::Database& database, Numbers const& numbers, TrendQuestion const& question);

  // Whether the indexes find no more than `most` rows in the time and of the experiments.
  [[nodiscard]] bool are_at_most(std::size_t most);
  // The newest of what each of them finds. False where one had more than `most`.
  [[nodiscard]] bool read(std::size_t most, SeenRows& rows);
  // The newest with a number above `seq`.
  [[nodiscard]] bool read_after(std::int64_t seq, std::size_t most, SeenRows& rows);

 private:
  void note(model::Measurement const& measurement, SeenRows& rows);
  // False where there were more than `most`.
  bool walk(SQLite::Statement& query, std::size_t most, SeenRows& rows);
  [[nodiscard]] std::string select(std::string const& where, char const* order) const;

  SQLite::Database& database_;
  Numbers const& numbers_;
  TrendQuestion const& question_;
  bool records_;  // must be read to choose
  std::vector<Number> found_;
};

void count_rows(std::vector<SeenRow> const& rows, SlotTallies& tallies);

}  // namespace perfd::store
