#include "store/figures_row.h"

#include "store/figures.h"

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

}  // namespace perfd::store
