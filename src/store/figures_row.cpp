#include "store/figures_row.h"

#include <utility>

#include "formats/jsonl.h"
#include "store/figures.h"
#include "store/statement_use.h"

namespace perfd::store {

bool read_figures_row(SQLite::Statement& s, model::Measurement& m) {
  m.id = text_of(s.getColumn(1));
  m.source = text_of(s.getColumn(2));
  m.experiment = text_of(s.getColumn(3));
  auto const kind = model::kind_from(text_of(s.getColumn(4)));
  m.target = text_of(s.getColumn(5));
  m.arm = text_of(s.getColumn(6));
  auto const code = model::failure_code(text_of(s.getColumn(7)));
  m.scheduled_at = wall_from_us(s.getColumn(8).getInt64());
  m.started_at = wall_from_us(s.getColumn(9).getInt64());
  m.filesize = s.getColumn(10).getInt64();
  m.marks = {};
  m.server = {};
  m.arm_turn.reset();
  auto const figures = s.getColumn(11);
  if (!kind || !code || figures.isNull()) return false;
  m.kind = *kind;
  m.outcome.code = *code;
  return read_figures(
      {static_cast<char const*>(figures.getBlob()), static_cast<std::size_t>(figures.getBytes())},
      m);
}

FiguresRows::FiguresRows(SQLite::Database& database)
    : find_record_(database, "SELECT record FROM records WHERE seq = ?") {}

Result<model::Measurement const*> FiguresRows::read(SQLite::Statement& row) {
  if (read_figures_row(row, measurement_)) return &measurement_;
  Use find(find_record_);
  find->bind(1, row.getColumn(0).getInt64());
  if (!find->executeStep()) return Error{"it has no record"};
  auto whole = formats::from_json_line(text_of(find->getColumn(0)));
  if (!whole) return whole.error();
  whole_ = std::move(*whole);
  return &whole_;
}

}  // namespace perfd::store
