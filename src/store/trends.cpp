#include "store/trends.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/figures_row.h"
#include "store/rollup_row.h"
#include "store/rollups.h"
#include "store/slot_tallies.h"
#include "store/trend_rows.h"
#include "store/trend_slots.h"

namespace perfd::store {
namespace {

using model::FailureCode;

// Everything that one answer reads is of the same moment.
class Snapshot {
 public:
  explicit Snapshot(SQLite::Database& database) : database_(database) { database.exec("BEGIN"); }
  ~Snapshot() { database_.tryExec("ROLLBACK"); }
  Snapshot(Snapshot const&) = delete;
  Snapshot& operator=(Snapshot const&) = delete;

 private:
  SQLite::Database& database_;
};

template <class Value>
bool is_wanted(std::vector<Value> const& wanted, Value const& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool is_wanted(model::Selection const& which, model::SeriesKey const& key) {
  return is_wanted(which.sources, key.source) && is_wanted(which.experiments, key.experiment) &&
         is_wanted(which.arms, key.arm) && is_wanted(which.kinds, key.kind) &&
         is_wanted(which.targets, key.target);
}

// Whole hours that roll-ups have a place for.
void cut_to_hours(model::Selection& which) {
  auto const us = [](WallTime time) {
    return std::clamp<std::int64_t>(to_us(time), 0, (kLastDay + 1) * kDayUs);
  };
  auto const since = us(*which.since) / kHourUs * kHourUs;
  auto const until = (us(*which.until) + kHourUs - 1) / kHourUs * kHourUs;
  which.since = wall_from_us(since);
  which.until = wall_from_us(std::max(until, since));
}

// One series of an answer, wherever it comes from.
struct Source {
  std::int64_t id = 0;  // of its roll-ups; 0: none
  std::vector<SeenRow> rows;
};

// Slots of one length: hours, or days.
struct Stretch {
  RollupLevel level;
  std::int64_t first;  // since the epoch
  std::int64_t end;

  [[nodiscard]] std::int64_t length_us() const {
    return level == RollupLevel::hours ? kHourUs : kDayUs;
  }
  [[nodiscard]] std::int64_t of_row() const {
    return level == RollupLevel::hours ? 24 : kDaysOfRow;
  }
};

}  // namespace

struct Trends::Impl {
  std::filesystem::path path;
  Numbers numbers;
  SQLite::Database database;

  std::int64_t meta(char const* key) {
    SQLite::Statement find(database, "SELECT value FROM meta WHERE key = ?");
    find.bind(1, key);
    return find.executeStep() ? find.getColumn(0).getInt64() : 0;
  }

  TrendAnswer ask(TrendQuestion question, EachSlot const& each);
  void answer(TrendQuestion const& question, std::map<model::SeriesKey, Source> const& sources,
              TrendAnswer& answer, EachSlot const& each);
  void find_series(model::Selection const& which, std::map<model::SeriesKey, Source>& sources);
  void read_rollups(TrendQuestion const& question, std::vector<Stretch> const& stretches,
                    std::int64_t series, SlotTallies& tallies);
  template <class Add>
  void read(Stretch const& stretch, std::uint8_t quantity, std::int64_t series,
            SlotTallies& tallies, Add add);
  bool has_any(std::int64_t series, Stretch const& stretch);
};

namespace {

// Days where whole ones are asked for, and hours for the rest.
std::vector<Stretch> stretches_of(TrendQuestion const& question, Micros step) {
  auto const first = to_us(*question.which.since) / kHourUs;
  auto const end = to_us(*question.which.until) / kHourUs;
  bool const by_days = question.slots == Slots::all ||
                       (question.slots == Slots::over_time && step.count() % kDayUs == 0);
  auto const first_day = (first + 23) / 24;
  auto const end_day = end / 24;
  if (!by_days || first_day >= end_day) return {{RollupLevel::hours, first, end}};
  return {{RollupLevel::hours, first, first_day * 24},
          {RollupLevel::days, first_day, end_day},
          {RollupLevel::hours, end_day * 24, end}};
}

}  // namespace

void Trends::Impl::find_series(model::Selection const& which,
                               std::map<model::SeriesKey, Source>& sources) {
  SQLite::Statement query(database,
                          "SELECT id, source, experiment, arm, kind, target, filesize FROM series");
  while (query.executeStep()) {
    auto const kind = model::kind_from(text_of(query.getColumn(4)));
    if (!kind) continue;
    model::SeriesKey key{query.getColumn(1).getString(), query.getColumn(2).getString(),
                         query.getColumn(3).getString(), *kind,
                         query.getColumn(5).getString(), query.getColumn(6).getInt64()};
    if (is_wanted(which, key)) sources[std::move(key)].id = query.getColumn(0).getInt64();
  }
}

template <class Add>
void Trends::Impl::read(Stretch const& stretch, std::uint8_t quantity, std::int64_t series,
                        SlotTallies& tallies, Add add) {
  if (stretch.first >= stretch.end) return;
  auto const of_row = stretch.of_row();
  SQLite::Statement query(database, "SELECT id, counts FROM rollups WHERE id BETWEEN ? AND ?");
  query.bind(1, rollup_row(stretch.level, quantity, series, stretch.first / of_row));
  query.bind(2, rollup_row(stretch.level, quantity, series, (stretch.end - 1) / of_row));
  while (query.executeStep()) {
    auto const first_slot = chunk_of(query.getColumn(0).getInt64()) * of_row;
    auto const column = query.getColumn(1);
    Tally* tally = nullptr;
    bool const good = read_counts(
        {static_cast<char const*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())},
        [&](std::uint32_t slot) {
          auto const number = first_slot + slot;
          bool const inside = number >= stretch.first && number < stretch.end;
          tally = inside ? &tallies.at(number * stretch.length_us()) : nullptr;
        },
        [&](std::uint32_t key, std::int64_t n) {
          if (tally != nullptr) add(*tally, key, n);
        });
    if (!good) throw SQLite::Exception("a row of roll-ups is broken", SQLITE_CORRUPT);
  }
}

void Trends::Impl::read_rollups(TrendQuestion const& question,
                                std::vector<Stretch> const& stretches, std::int64_t series,
                                SlotTallies& tallies) {
  auto const& outcomes = question.which.outcomes;
  for (auto const& stretch : stretches) {
    read(stretch, kOutcomes, series, tallies, [&](Tally& tally, auto code, auto n) {
      if (is_wanted(outcomes, static_cast<FailureCode>(code))) tally.add_outcome(code, n);
    });
    if (!question.quantity || !is_wanted(outcomes, FailureCode::ok)) continue;
    read(stretch, *question.quantity, series, tallies,
         [](Tally& tally, auto key, auto n) { tally.add_key(key, n); });
  }
}

bool Trends::Impl::has_any(std::int64_t series, Stretch const& stretch) {
  if (series == 0 || stretch.first >= stretch.end) return false;
  auto const of_row = stretch.of_row();
  SQLite::Statement find(database, "SELECT 1 FROM rollups WHERE id BETWEEN ? AND ? LIMIT 1");
  find.bind(1, rollup_row(stretch.level, kOutcomes, series, stretch.first / of_row));
  find.bind(2, rollup_row(stretch.level, kOutcomes, series, (stretch.end - 1) / of_row));
  return find.executeStep();
}

void Trends::Impl::answer(TrendQuestion const& question,
                          std::map<model::SeriesKey, Source> const& sources, TrendAnswer& answer,
                          EachSlot const& each) {
  auto const since = to_us(answer.since);
  auto const until = to_us(answer.until);
  if (since >= until) return;
  auto const stretches =
      answer.exact ? std::vector<Stretch>() : stretches_of(question, answer.step);
  SlotTallies tallies(question.slots, since, until, answer.step);
  auto sum = question.together ? std::optional(tallies) : std::nullopt;
  std::size_t given = 0;
  for (auto const& [key, source] : sources) {
    if (question.max_series != 0 && given == question.max_series) {
      auto const any = [&](Stretch const& stretch) { return has_any(source.id, stretch); };
      if (!source.rows.empty() || std::any_of(stretches.begin(), stretches.end(), any))
        ++answer.left_off;
      continue;
    }
    if (source.id != 0) read_rollups(question, stretches, source.id, tallies);
    count_rows(source.rows, tallies);
    if (tallies.counts(question.quantity.has_value())) {
      ++given;
      if (sum)
        sum->add(tallies);
      else
        tallies.each(key, each);
    }
    tallies.clear();
  }
  if (sum) sum->each({}, each);
}

TrendAnswer Trends::Impl::ask(TrendQuestion question, EachSlot const& each) {
  Snapshot const snapshot(database);
  auto& experiments = question.which.experiments;
  std::sort(experiments.begin(), experiments.end());
  experiments.erase(std::unique(experiments.begin(), experiments.end()), experiments.end());
  TrendAnswer out;
  std::map<model::SeriesKey, Source> sources;
  SeenRows seen;
  TrendRows rows(database, numbers, question);
  bool const rolled_up = numbers.of && meta("rollup_layout") == rollup_layout(numbers);
  bool const few = rows.are_at_most(kExactRows);
  out.exact = few || question.which.needs_record() || !rolled_up;
  if (out.exact) {
    auto const of_each = kSampleRows / std::max<std::size_t>(experiments.size(), 1);
    out.sampled = !rows.read(few ? kExactRows : of_each, seen);
  } else {
    cut_to_hours(question.which);
    out.sampled = !rows.read_after(meta("rolled"), kSampleRows, seen);
    find_series(question.which, sources);
  }
  for (auto& [key, of_key] : seen) sources[key].rows = std::move(of_key);

  out.since = *question.which.since;
  out.until = *question.which.until;
  if (question.slots == Slots::over_time)
    out.step = step_for(out.until - out.since, question.points,
                        Micros{out.exact ? std::int64_t{1} : kHourUs});
  answer(question, sources, out, each);
  return out;
}

Trends::Trends(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Trends::~Trends() = default;
Trends::Trends(Trends&&) noexcept = default;
Trends& Trends::operator=(Trends&&) noexcept = default;

Result<Trends> Trends::open(std::filesystem::path const& path, Numbers numbers) {
  auto database = open_for_reading(path);
  if (!database) return database.error();
  return Trends(std::unique_ptr<Impl>(new Impl{path, std::move(numbers), std::move(*database)}));
}

Result<TrendAnswer> Trends::ask(TrendQuestion const& question, EachSlot const& each) {
  try {
    return impl_->ask(question, each);
  } catch (SQLite::Exception const& failure) {
    return explain(impl_->path, failure);
  }
}

}  // namespace perfd::store
