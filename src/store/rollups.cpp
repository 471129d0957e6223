#include "store/rollups.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>
#include <unordered_map>

#include "model/series_key.h"
#include "store/rollup_row.h"
#include "store/sketch.h"
#include "store/statement_use.h"

namespace perfd::store {
namespace {

constexpr std::string_view kLayout = "1";  // of the rows and their bytes

// One value of one measurement, in the order in which rows are changed: quantity, series (by its
// place in the step), day, hour, key.
constexpr unsigned kKeyBits = 12;
constexpr unsigned kHourBits = 5;
constexpr unsigned kDayBits = 16;
constexpr unsigned kSeriesBits = 16;
constexpr unsigned kHourAt = kKeyBits;
constexpr unsigned kDayAt = kHourAt + kHourBits;
constexpr unsigned kSeriesAt = kDayAt + kDayBits;
constexpr unsigned kQuantityAt = kSeriesAt + kSeriesBits;

std::uint32_t part(std::uint64_t entry, unsigned at, unsigned bits) {
  return static_cast<std::uint32_t>(entry >> at & ((std::uint64_t{1} << bits) - 1));
}

// By radix: a step sorts some hundred thousand, of which few are near each other.
void sort_entries(std::vector<std::uint64_t>& entries) {
  constexpr unsigned kDigit = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kDigit;
  std::uint64_t differ = 0;
  for (auto const entry : entries) differ |= entry ^ entries.front();
  std::vector<std::uint64_t> sorted(entries.size());
  for (unsigned shift = 0; shift < kQuantityAt + 8 && differ >> shift != 0; shift += kDigit) {
    if ((differ >> shift & (kDigits - 1)) == 0) continue;
    std::array<std::size_t, kDigits + 1> begin{};
    for (auto const entry : entries) ++begin[(entry >> shift & (kDigits - 1)) + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    for (auto const entry : entries) sorted[begin[entry >> shift & (kDigits - 1)]++] = entry;
    entries.swap(sorted);
  }
}

// Equal keys of one slot become one count.
void count_up(std::vector<SlotCount>& counts, std::uint32_t slot, std::uint32_t key) {
  if (!counts.empty() && counts.back().slot == slot && counts.back().key == key)
    ++counts.back().n;
  else
    counts.push_back({slot, key, 1});
}

}  // namespace

struct Rollups::Changes {
  std::unordered_map<std::string, std::uint64_t> known;
  std::vector<std::int64_t> series;  // by the place that entries have
  std::vector<std::uint64_t> entries;
  std::string text;  // of the series that is looked for

  // Of a step: more series than rows there are not.
  static constexpr std::size_t kMostRows = (std::size_t{1} << kSeriesBits) - 1;
};

std::int64_t rollup_layout(Numbers const& numbers) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  auto const mix = [&](std::string_view text) {
    for (char const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    hash = (hash ^ 0xFFU) * 0x100000001B3U;
  };
  mix(kLayout);
  mix(numbers.identity);
  // Outcomes are counted by their numbers, which a new code may move.
  for (auto const code : model::all_failure_codes()) mix(model::name(code));
  return static_cast<std::int64_t>(hash | 1U);
}

Rollups::Rollups(SQLite::Database& database, Numbers numbers)
    : database_(database),
      numbers_(std::move(numbers)),
      rows_(database),
      find_(database, "SELECT counts FROM rollups WHERE id = ?"),
      put_(database,
           "INSERT INTO rollups(id, counts) VALUES(?1, ?2) "
           "ON CONFLICT(id) DO UPDATE SET counts = ?2"),
      remove_(database, "DELETE FROM rollups WHERE id = ?") {}

std::int64_t Rollups::rolled() {
  return database_.execAndGet("SELECT value FROM meta WHERE key = 'rolled'").getInt64();
}

void Rollups::set_rolled(std::int64_t seq) {
  database_.exec("UPDATE meta SET value = " + std::to_string(seq) + " WHERE key = 'rolled'");
}

void Rollups::reset() {
  database_.exec("DELETE FROM rollups; DELETE FROM series");
  set_rolled(0);
}

void Rollups::begin() {
  if (!numbers_.of) return;
  auto const layout = rollup_layout(numbers_);
  if (database_.execAndGet("SELECT value FROM meta WHERE key = 'rollup_layout'").getInt64() ==
      layout)
    return;
  reset();
  database_.exec("UPDATE meta SET value = " + std::to_string(layout) +
                 " WHERE key = 'rollup_layout'");
}

std::int64_t Rollups::waiting() {
  if (!numbers_.of) return 0;
  return database_
      .execAndGet(
          "SELECT ifnull((SELECT max(seq) FROM measurements), 0) - value FROM meta "
          "WHERE key = 'rolled'")
      .getInt64();
}

void Rollups::step(std::size_t rows) {
  if (!numbers_.of) return;
  Changes changes;
  std::int64_t last = 0;
  {
    SQLite::Statement query(
        database_, std::string(kSelectFigures) + " WHERE m.seq > ? ORDER BY m.seq LIMIT ?");
    query.bind(1, rolled());
    query.bind(2, static_cast<std::int64_t>(std::min(rows, Changes::kMostRows)));
    while (query.executeStep()) {
      last = query.getColumn(0).getInt64();
      if (auto const measurement = rows_.read(query)) add(**measurement, changes);
    }
  }
  if (last == 0) return;
  if (apply(changes, 1))
    set_rolled(last);
  else
    reset();
}

void Rollups::forget(std::string const& chosen, WallTime before, int rows) {
  Changes changes;
  {
    SQLite::Statement query(
        database_, std::string(kSelectFigures) + " WHERE m.seq IN " + chosen + " AND m.seq <= ?3");
    query.bind(1, to_us(before));
    query.bind(2, rows);
    query.bind(3, rolled());
    while (query.executeStep()) {
      if (!numbers_.of) {
        // What they had in them nobody here knows; who does makes all of it anew.
        query.reset();
        reset();
        return;
      }
      if (auto const measurement = rows_.read(query)) add(**measurement, changes);
    }
  }
  if (!apply(changes, -1)) reset();
}

void Rollups::add(model::Measurement const& m, Changes& changes) {
  auto const hour = hour_of(m.started_at == WallTime{} ? m.scheduled_at : m.started_at);
  if (hour < 0) return;
  auto const size = model::size_of_series(m);
  auto& text = changes.text;
  text.clear();
  for (std::string_view const each : {std::string_view(m.source), std::string_view(m.experiment),
                                      std::string_view(m.arm), std::string_view(m.target)}) {
    text += each;
    text += '\0';
  }
  text += static_cast<char>(m.kind);
  text.append(reinterpret_cast<char const*>(&size), sizeof size);
  auto const [known, fresh] = changes.known.try_emplace(text, changes.series.size());
  if (fresh) changes.series.push_back(series_id(m));

  auto const day = static_cast<std::uint64_t>(hour / 24);
  auto const base =
      known->second << kSeriesAt | day << kDayAt | static_cast<std::uint64_t>(hour % 24) << kHourAt;
  auto const enter = [&](std::uint8_t quantity, std::uint32_t key) {
    changes.entries.push_back(std::uint64_t{quantity} << kQuantityAt | base | key);
  };
  enter(kOutcomes, static_cast<std::uint32_t>(m.outcome.code));
  if (!m.outcome.ok()) return;
  found_.clear();
  numbers_.of(m, found_);
  for (auto const& number : found_)
    if (number.quantity < kMaxQuantities) enter(number.quantity, sketch_key(number.value));
}

std::int64_t Rollups::series_id(model::Measurement const& m) {
  std::string const kind(model::name(m.kind));
  auto const bind = [&](SQLite::Statement& statement) {
    statement.bind(1, m.source);
    statement.bind(2, m.experiment);
    statement.bind(3, m.arm);
    statement.bind(4, kind);
    statement.bind(5, m.target);
    statement.bind(6, model::size_of_series(m));
  };
  SQLite::Statement find(database_,
                         "SELECT id FROM series WHERE source = ? AND experiment = ? AND arm = ? "
                         "AND kind = ? AND target = ? AND filesize = ?");
  bind(find);
  if (find.executeStep()) return find.getColumn(0).getInt64();
  SQLite::Statement make(database_,
                         "INSERT INTO series(source, experiment, arm, kind, target, filesize) "
                         "VALUES(?,?,?,?,?,?)");
  bind(make);
  make.exec();
  return database_.getLastInsertRowid();
}

bool Rollups::change(std::int64_t row, std::int64_t sign) {
  if (sign < 0)
    for (auto& count : counts_) count.n = -count.n;
  std::optional<std::string> changed;
  bool was_there = false;
  {
    Use find(find_);
    find->bind(1, row);
    std::string_view bytes;
    if (find->executeStep()) {
      was_there = true;
      auto const column = find->getColumn(0);
      bytes = {static_cast<char const*>(column.getBlob()),
               static_cast<std::size_t>(column.getBytes())};
    }
    changed = change_counts(bytes, counts_);
  }
  counts_.clear();
  if (!changed) return false;
  if (!changed->empty()) {
    Use put(put_);
    put->bind(1, row);
    put->bindNoCopy(2, changed->data(), static_cast<int>(changed->size()));
    put->exec();
  } else if (was_there) {
    Use remove(remove_);
    remove->bind(1, row);
    remove->exec();
  }
  return true;
}

bool Rollups::apply(Changes& changes, std::int64_t sign) {
  auto& entries = changes.entries;
  sort_entries(entries);
  std::vector<std::uint32_t> keys;  // of one day
  std::vector<SlotCount> days;      // of 32
  for (auto at = entries.begin(); at != entries.end();) {
    auto const group = *at >> kSeriesAt;
    auto const quantity = static_cast<std::uint8_t>(*at >> kQuantityAt);
    auto const series = changes.series[part(*at, kSeriesAt, kSeriesBits)];
    std::int64_t chunk = part(*at, kDayAt, kDayBits) / kDaysOfRow;
    auto const finish_days = [&] {
      counts_.swap(days);
      days.clear();
      return change(rollup_row(RollupLevel::days, quantity, series, chunk), sign);
    };
    while (at != entries.end() && *at >> kSeriesAt == group) {
      std::int64_t const day = part(*at, kDayAt, kDayBits);
      if (day / kDaysOfRow != chunk) {
        if (!finish_days()) return false;
        chunk = day / kDaysOfRow;
      }
      keys.clear();
      counts_.clear();
      for (; at != entries.end() && *at >> kSeriesAt == group && part(*at, kDayAt, kDayBits) == day;
           ++at) {
        keys.push_back(part(*at, 0, kKeyBits));
        count_up(counts_, part(*at, kHourAt, kHourBits), keys.back());
      }
      if (!change(rollup_row(RollupLevel::hours, quantity, series, day), sign)) return false;
      std::sort(keys.begin(), keys.end());
      for (auto const key : keys) count_up(days, static_cast<std::uint32_t>(day % kDaysOfRow), key);
    }
    if (!finish_days()) return false;
    if (sign < 0 && quantity == kOutcomes) drop_empty_series(series);
  }
  return true;
}

void Rollups::drop_empty_series(std::int64_t series) {
  SQLite::Statement drop(
      database_,
      "DELETE FROM series WHERE id = ?1 AND NOT EXISTS(SELECT 1 FROM rollups WHERE id BETWEEN ?2 "
      "AND ?3)");
  drop.bind(1, series);
  drop.bind(2, rollup_row(RollupLevel::days, kOutcomes, series, 0));
  drop.bind(3, rollup_row(RollupLevel::days, kOutcomes, series, kLastDay));
  drop.exec();
}

}  // namespace perfd::store
