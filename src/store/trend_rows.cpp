#include "store/trend_rows.h"

#include <cmath>
#include <limits>
#include <string>

#include "formats/jsonl.h"
#include "store/figures_row.h"

namespace perfd::store {
namespace {

constexpr char const* kInTime = "m.at >= ?1 AND m.at < ?2";
constexpr char const* kOfExperiment = "m.experiment = ?4 AND m.at >= ?1 AND m.at < ?2";

// Each index that has to be looked at: that of the times, or that of each experiment's.
template <class Each>
void each_index(TrendQuestion const& question, Each each) {
  if (question.which.experiments.empty()) {
    each(kInTime, nullptr);
    return;
  }
  for (auto const& experiment : question.which.experiments) each(kOfExperiment, &experiment);
}

void bind_index(SQLite::Statement& statement, TrendQuestion const& question, std::size_t limit,
                std::string const* experiment) {
  statement.bind(1, to_us(*question.which.since));
  statement.bind(2, to_us(*question.which.until));
  statement.bind(3, static_cast<std::int64_t>(limit));
  if (experiment != nullptr) statement.bind(4, *experiment);
}

}  // namespace

TrendRows::TrendRows(SQLite::Database& database, Numbers const& numbers,
                     TrendQuestion const& question)
    : database_(database),
      numbers_(numbers),
      question_(question),
      records_(question.which.needs_record()) {}

bool TrendRows::are_at_most(std::size_t most) {
  std::size_t count = 0;
  each_index(question_, [&](std::string const& where, std::string const* experiment) {
    if (count > most) return;
    SQLite::Statement find(database_, "SELECT count(*) FROM (SELECT 1 FROM measurements m WHERE " +
                                          where + " LIMIT ?3)");
    bind_index(find, question_, most + 1 - count, experiment);
    find.executeStep();
    count += static_cast<std::size_t>(find.getColumn(0).getInt64());
  });
  return count <= most;
}

std::string TrendRows::select(std::string const& where, char const* order) const {
  return (records_ ? "SELECT r.record FROM measurements m JOIN records r ON r.seq = m.seq"
                   : std::string(kSelectFigures)) +
         " WHERE " + where + " ORDER BY " + order + " DESC LIMIT ?3";
}

bool TrendRows::read(std::size_t most, SeenRows& rows) {
  bool all = true;
  each_index(question_, [&](std::string const& where, std::string const* experiment) {
    SQLite::Statement query(database_, select(where, "m.at"));
    bind_index(query, question_, most + 1, experiment);
    all = walk(query, most, rows) && all;
  });
  return all;
}

bool TrendRows::read_after(std::int64_t seq, std::size_t most, SeenRows& rows) {
  SQLite::Statement query(database_, select("m.seq > ?1", "m.seq"));
  query.bind(1, seq);
  query.bind(3, static_cast<std::int64_t>(most + 1));
  return walk(query, most, rows);
}

bool TrendRows::walk(SQLite::Statement& query, std::size_t most, SeenRows& rows) {
  FiguresRows figures(database_);
  for (std::size_t count = 0; query.executeStep(); ++count) {
    if (count == most) return false;
    if (records_) {
      auto const whole = formats::from_json_line(text_of(query.getColumn(0)));
      if (whole) note(*whole, rows);
    } else if (auto const measurement = figures.read(query)) {
      note(**measurement, rows);
    }
  }
  return true;
}

void TrendRows::note(model::Measurement const& m, SeenRows& rows) {
  if (!model::selects(question_.which, m)) return;
  SeenRow row{to_us(m.started_at == WallTime{} ? m.scheduled_at : m.started_at), m.outcome.code,
              std::numeric_limits<double>::quiet_NaN()};
  if (question_.quantity && m.outcome.ok() && numbers_.of) {
    found_.clear();
    numbers_.of(m, found_);
    for (auto const& number : found_)
      if (number.quantity == *question_.quantity) row.value = number.value;
  }
  rows[series_key(m)].push_back(row);
}

void count_rows(std::vector<SeenRow> const& rows, SlotTallies& tallies) {
  for (auto const& row : rows) {
    auto& tally = tallies.at(row.at_us);
    tally.add_outcome(static_cast<std::uint32_t>(row.outcome), 1);
    if (!std::isnan(row.value)) tally.add_value(row.value);
  }
}

}  // namespace perfd::store
