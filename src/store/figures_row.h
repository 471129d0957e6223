// A row of the table of measurements as far as reports look at it.
// Thread: of the statement's owner.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "model/measurement.h"

namespace perfd::store {

inline constexpr char const* kSelectFigures =
    "SELECT m.seq, m.id, m.source, m.experiment, m.kind, m.target, m.arm, m.outcome, "
    "m.scheduled_at, m.started_at, m.filesize, m.figures FROM measurements m";
inline constexpr std::size_t kFiguresPage = 1000;  // rows

// False where the row alone doesn't tell it. Whatever `measurement` had before is gone.
[[nodiscard]] bool read_figures_row(SQLite::Statement& row, model::Measurement& measurement);

// The same, and the record in its stead where the row alone doesn't tell it.
class FiguresRows {
 public:
  explicit FiguresRows(SQLite::Database& database);
  // The measurement is valid until the next one is read.
  [[nodiscard]] Result<model::Measurement const*> read(SQLite::Statement& row);

 private:
  SQLite::Statement find_record_;
  model::Measurement measurement_;
  model::Measurement whole_;
};

// The text is the statement's and ends with its next step.
[[nodiscard]] inline std::string_view text_of(SQLite::Column const& column) {
  auto const* const text = column.getText("");
  return {text, static_cast<std::size_t>(column.getBytes())};
}

}  // namespace perfd::store
