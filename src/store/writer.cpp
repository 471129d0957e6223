#include "store/writer.h"

#include <sqlite3.h>

#include <utility>

#include "base/time_text.h"
#include "formats/jsonl.h"
#include "store/database.h"
#include "store/statement_use.h"

namespace perfd::store {
namespace {

using model::Measurement;
namespace mark = model::mark;

constexpr char const* kInsertRunning =
    "INSERT INTO running(id, started_at, record) VALUES(?1, ?2, ?3) "
    "ON CONFLICT(id) DO UPDATE SET started_at = ?2, record = ?3";
constexpr char const* kInsertMeasurement =
    "INSERT INTO measurements(id, source, experiment, kind, target, arm, instance, outcome, at, "
    "scheduled_at, started_at, recorded_at, filesize, ttfb_us, ttlb_us, figures) "
    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING";
constexpr char const* kFindRecord =
    "SELECT r.record FROM measurements m JOIN records r USING(seq) WHERE m.id = ?";
constexpr char const* kInsertCircuit =
    "INSERT INTO circuits(instance, tor_run, id, launched_at, closed_at, failed, purpose, record) "
    "VALUES(?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT(instance, tor_run, id) DO UPDATE SET "
    "launched_at=?4, closed_at=?5, failed=?6, purpose=?7, record=?8";
constexpr char const* kInsertStream =
    "INSERT INTO streams(instance, tor_run, id, created_at, closed_at, failed, purpose, "
    "socks_username, record) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9) "
    "ON CONFLICT(instance, tor_run, id) DO UPDATE SET "
    "created_at=?4, closed_at=?5, failed=?6, purpose=?7, socks_username=?8, record=?9";

// Ids of 64 bits in SQLite's signed ones: the bits stay the same.
std::int64_t bits(std::uint64_t number) { return static_cast<std::int64_t>(number); }

void bind_optional(SQLite::Statement& statement, int index, std::optional<WallTime> time) {
  if (time)
    statement.bind(index, to_us(*time));
  else
    statement.bind(index);  // NULL
}

void bind_optional(SQLite::Statement& statement, int index, std::optional<Micros> span) {
  if (span)
    statement.bind(index, span->count());
  else
    statement.bind(index);
}

// The row's failure, not the database's: the others of the transaction may stay.
bool is_refusal(SQLite::Exception const& failure) {
  switch (failure.getErrorCode() & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return true;
    default:
      return false;
  }
}

}  // namespace

Writer::Writer(SQLite::Database database, std::filesystem::path path, Numbers numbers)
    : database_(std::move(database)),
      path_(std::move(path)),
      rollups_(database_, std::move(numbers)),
      insert_running_(database_, kInsertRunning),
      delete_running_(database_, "DELETE FROM running WHERE id = ?"),
      insert_measurement_(database_, kInsertMeasurement),
      insert_record_(database_, "INSERT INTO records(seq, record) VALUES(?, ?)"),
      find_record_(database_, kFindRecord),
      insert_circuit_(database_, kInsertCircuit),
      insert_stream_(database_, kInsertStream),
      insert_raw_(database_, "INSERT INTO raw_events(instance, tor_run, at, line) VALUES(?,?,?,?)"),
      insert_choice_(database_,
                     "INSERT INTO guard_choices(instance, tor_run, at, record) VALUES(?,?,?,?)"),
      insert_ranking_(database_,
                      "INSERT INTO guard_rankings(instance, at, record) VALUES(?1,?2,?3) "
                      "ON CONFLICT(instance) DO UPDATE SET at=?2, record=?3") {}

Result<void> Writer::transaction(bool synced, std::function<void()> const& work) {
  try {
    if (synced != std::exchange(synced_, synced))
      database_.exec(synced        ? "PRAGMA synchronous = FULL"
                     : at_the_end_ ? "PRAGMA synchronous = OFF"
                                   : "PRAGMA synchronous = NORMAL");
    database_.exec("BEGIN IMMEDIATE");
    work();
    database_.exec("COMMIT");
    return {};
  } catch (SQLite::Exception const& failure) {
    auto error = explain(path_, failure);
    // After a full disk SQLite may have rolled back by itself.
    if (sqlite3_get_autocommit(database_.getHandle()) == 0)
      sqlite3_exec(database_.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
    return error;
  }
}

void Writer::insert(Started const& item) {
  auto const& m = item.measurement;
  Use find(find_record_);
  find->bindNoCopy(1, m.id);
  if (find->executeStep())
    throw SQLite::Exception("the measurement " + m.id + " is recorded already", SQLITE_CONSTRAINT);
  auto const record = formats::to_json_line(m);
  Use insert(insert_running_);
  insert->bindNoCopy(1, m.id);
  insert->bind(2, to_us(m.started_at));
  insert->bindNoCopy(3, record);
  insert->exec();
}

bool Writer::insert_row(MeasurementRow const& row, WallTime now) {
  Use insert(insert_measurement_);
  int column = 0;
  for (auto const text : {row.id, row.source, row.experiment, row.kind, row.target, row.arm,
                          row.instance, row.outcome}) {
    // SQLiteCpp takes no views; these strings keep their memory.
    auto& copy = texts_[static_cast<std::size_t>(column)];
    copy = text;
    insert->bindNoCopy(++column, copy);
  }
  for (auto const time : {row.at, row.scheduled_at, row.started_at, now})
    insert->bind(++column, to_us(time));
  insert->bind(++column, row.filesize);
  bind_optional(*insert, ++column, row.ttfb);
  bind_optional(*insert, ++column, row.ttlb);
  insert->bindNoCopy(++column, row.figures.data(), static_cast<int>(row.figures.size()));
  if (insert->exec() == 0) return false;
  Use keep(insert_record_);
  keep->bind(1, database_.getLastInsertRowid());
  texts_.back() = row.record;
  keep->bindNoCopy(2, texts_.back());
  keep->exec();
  return true;
}

void Writer::insert(Done const& item, WallTime now) {
  auto const& m = item.measurement;
  ImportedRows row;
  row.add(m);
  auto const record = row[0].record;
  if (!insert_row(row[0], now)) {
    // Recorded before: by an attempt that failed only after its commit, if it is the same.
    Use find(find_record_);
    find->bindNoCopy(1, m.id);
    if (find->executeStep() && find->getColumn(0).getString() == record) return;
    throw SQLite::Exception("the measurement " + m.id + " is recorded already, and differently",
                            SQLITE_CONSTRAINT);
  }
  Use end(delete_running_);
  end->bindNoCopy(1, m.id);
  end->exec();
}

void Writer::insert(model::Circuit const& circuit) {
  auto const record = formats::circuit_to_json(circuit);
  Use insert(insert_circuit_);
  insert->bindNoCopy(1, circuit.instance);
  insert->bind(2, bits(circuit.tor_run));
  insert->bind(3, bits(circuit.id));
  insert->bind(4, to_us(circuit.launched_at));
  bind_optional(*insert, 5, circuit.closed_at);
  insert->bind(6, circuit.failed ? 1 : 0);
  insert->bindNoCopy(7, circuit.purpose);
  insert->bindNoCopy(8, record);
  insert->exec();
}

void Writer::insert(model::Stream const& stream) {
  auto const record = formats::stream_to_json(stream);
  Use insert(insert_stream_);
  insert->bindNoCopy(1, stream.instance);
  insert->bind(2, bits(stream.tor_run));
  insert->bind(3, bits(stream.id));
  insert->bind(4, to_us(stream.created_at));
  bind_optional(*insert, 5, stream.closed_at);
  insert->bind(6, stream.failed ? 1 : 0);
  insert->bindNoCopy(7, stream.purpose);
  insert->bindNoCopy(8, stream.socks_username);
  insert->bindNoCopy(9, record);
  insert->exec();
}

void Writer::insert(RawEvent const& event) {
  Use insert(insert_raw_);
  insert->bindNoCopy(1, event.instance);
  insert->bind(2, bits(event.tor_run));
  insert->bind(3, to_us(event.at));
  insert->bindNoCopy(4, event.line);
  insert->exec();
}

void Writer::insert(model::GuardChoice const& choice) {
  auto const record = formats::guard_choice_to_json(choice);
  Use insert(insert_choice_);
  insert->bindNoCopy(1, choice.instance);
  insert->bind(2, bits(choice.tor_run));
  insert->bind(3, to_us(choice.at));
  insert->bindNoCopy(4, record);
  insert->exec();
}

void Writer::insert(model::GuardRanking const& ranking) {
  auto const record = formats::guard_ranking_to_json(ranking);
  Use insert(insert_ranking_);
  insert->bindNoCopy(1, ranking.instance);
  insert->bind(2, to_us(ranking.at));
  insert->bindNoCopy(3, record);
  insert->exec();
}

Refusal Writer::apply(Urgent const& item, WallTime now) {
  Refusal refusal;
  database_.exec("SAVEPOINT item");
  try {
    if (auto const* started = std::get_if<Started>(&item))
      insert(*started);
    else
      insert(std::get<Done>(item), now);
  } catch (SQLite::Exception const& failure) {
    if (!is_refusal(failure)) throw;
    refusal = Error{path_.string() + ": " + failure.what()};
    database_.exec("ROLLBACK TO item");
  }
  database_.exec("RELEASE item");
  return refusal;
}

Result<std::vector<Refusal>> Writer::commit(std::span<Urgent const* const> items, WallTime now) {
  std::vector<Refusal> refusals;
  auto const committed = transaction(true, [&] {
    for (auto const* item : items) refusals.push_back(apply(*item, now));
  });
  if (!committed) return committed.error();
  return refusals;
}

Result<std::size_t> Writer::commit(std::span<Event const> events) {
  std::size_t refused = 0;
  auto const committed = transaction(false, [&] {
    for (auto const& event : events) {
      try {
        std::visit([this](auto const& kind) { insert(kind); }, event);
      } catch (SQLite::Exception const& failure) {
        if (!is_refusal(failure)) throw;
        ++refused;  // one statement, which undid itself
      }
    }
  });
  if (!committed) return committed.error();
  return refused;
}

Result<std::size_t> Writer::commit(ImportedRows const& rows, WallTime now) {
  std::size_t fresh = 0;
  auto const committed = transaction(false, [&] {
    fresh = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) fresh += insert_row(rows[i], now) ? 1 : 0;
  });
  if (!committed) return committed.error();
  return fresh;
}

Result<void> Writer::sync_at_the_end() {
  try {
    if (database_
            .execAndGet("SELECT EXISTS(SELECT 1 FROM measurements) + "
                        "EXISTS(SELECT 1 FROM circuits) + EXISTS(SELECT 1 FROM streams)")
            .getInt() != 0)
      return {};
    at_the_end_ = database_.execAndGet("PRAGMA journal_mode = TRUNCATE").getString() == "truncate";
    // What a batch changes stays in memory until it is committed.
    if (at_the_end_) database_.exec("PRAGMA cache_size = -32768");
    return {};
  } catch (SQLite::Exception const& failure) {
    // Another connection is in the way of it: then it is as it was.
    auto const code = failure.getErrorCode() & 0xFF;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return {};
    return explain(path_, failure);
  }
}

Result<void> Writer::sync() {
  try {
    // What changes the mode is written and synced, and with it all that the file has.
    database_.exec("PRAGMA synchronous = FULL");
    if (at_the_end_) database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  } catch (SQLite::Exception const& failure) {
    return explain(path_, failure);
  }
}

Result<std::size_t> Writer::recover(WallTime now) {
  std::size_t count = 0;
  auto const committed = transaction(true, [&] {
    rollups_.begin();
    SQLite::Statement created(database_,
                              "UPDATE meta SET value = ? WHERE key = 'created_at' AND value = 0");
    created.bind(1, to_us(now));
    created.exec();
    std::vector<Done> aborted;
    SQLite::Statement rows(database_, "SELECT id, started_at, record FROM running ORDER BY id");
    while (rows.executeStep()) {
      auto& m = aborted.emplace_back().measurement;
      if (auto const read = formats::from_json_line(rows.getColumn(2).getString())) m = *read;
      m.id = rows.getColumn(0).getString();
      m.started_at = wall_from_us(rows.getColumn(1).getInt64());
      m.outcome = {
          model::FailureCode::perfd_aborted, "measurement",
          "perfd ended while this ran; found at its next start at " + format_iso_seconds(now)};
    }
    for (auto const& item : aborted) insert(item, now);
    count = aborted.size();
  });
  if (!committed) return committed.error();
  return count;
}

int Writer::delete_measurements(WallTime before, int rows, WallTime now) {
  constexpr std::string_view kOldest =
      "(SELECT seq FROM measurements WHERE at < ?1 ORDER BY at, seq LIMIT ?2)";
  rollups_.forget(std::string(kOldest), before, rows);
  int deleted = 0;
  for (std::string_view const table : {"records", "measurements"}) {
    SQLite::Statement remove(
        database_, "DELETE FROM " + std::string(table) + " WHERE seq IN " + std::string(kOldest));
    remove.bind(1, to_us(before));
    remove.bind(2, rows);
    deleted = remove.exec();
  }
  if (deleted == 0) return 0;
  SQLite::Statement count(database_, "UPDATE meta SET value = value + ? WHERE key = 'deleted'");
  count.bind(1, deleted);
  count.exec();
  SQLite::Statement when(database_, "UPDATE meta SET value = ? WHERE key = 'deleted_at'");
  when.bind(1, to_us(now));
  when.exec();
  return deleted;
}

Result<Pruned> Writer::prune_step(Retention const& retention, int rows, WallTime now) {
  Pruned pruned;
  auto const remove = [&](std::string const& table, std::string const& column, WallTime before) {
    SQLite::Statement statement(
        database_, "DELETE FROM " + table + " WHERE rowid IN (SELECT rowid FROM " + table +
                       " WHERE " + column + " < ? ORDER BY " + column + " LIMIT ?)");
    statement.bind(1, to_us(before));
    statement.bind(2, rows);
    return static_cast<std::uint64_t>(statement.exec());
  };
  auto const committed = transaction(false, [&] {
    if (retention.measurements_before)
      pruned.measurements = static_cast<std::uint64_t>(
          delete_measurements(*retention.measurements_before, rows, now));
    if (retention.circuits_before) {
      pruned.circuits = remove("circuits", "launched_at", *retention.circuits_before);
      pruned.streams = remove("streams", "created_at", *retention.circuits_before);
      for (auto const* table : {"guard_choices", "guard_rankings"})
        pruned.guards += remove(table, "at", *retention.circuits_before);
    }
    if (retention.raw_events_before)
      pruned.raw_events = remove("raw_events", "at", *retention.raw_events_before);
  });
  if (!committed) return committed.error();
  return pruned;
}

Result<bool> Writer::roll_up(std::int64_t waiting, std::size_t rows) {
  try {
    if (rollups_.waiting() < waiting) return false;
    auto const committed = transaction(false, [&] { rollups_.step(rows); });
    if (!committed) return committed.error();
    return rollups_.waiting() >= waiting;
  } catch (SQLite::Exception const& failure) {
    return explain(path_, failure);
  }
}

Result<bool> Writer::vacuum_step() {
  constexpr std::int64_t kPages = 256;
  try {
    auto const free = database_.execAndGet("PRAGMA freelist_count").getInt64();
    auto const all = database_.execAndGet("PRAGMA page_count").getInt64();
    // What retention frees is mostly needed again soon; only more than that is given back.
    if (free <= all / 10 + kPages) return false;
    database_.exec("PRAGMA incremental_vacuum(" + std::to_string(kPages) + ")");
    // A file that was restored by other tools may not be able to shrink.
    return database_.execAndGet("PRAGMA freelist_count").getInt64() < free;
  } catch (SQLite::Exception const& failure) {
    return explain(path_, failure);
  }
}

}  // namespace perfd::store
