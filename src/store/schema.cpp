#include "store/schema.h"

#include <array>
#include <string>

namespace perfd::store {
namespace {

// Times are integer µs since the epoch. A measurement's columns are what is filtered
// and drawn; everything else is in its record, which has a table of its own so that a
// scan over the columns does not read it.
constexpr char const* kFirst = R"sql(
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('deleted', 0), ('deleted_at', 0), ('created_at', 0);

-- Started and not finished. A row that is here when the file is opened was aborted.
CREATE TABLE running(
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Done. AUTOINCREMENT: a number is never given twice, also after deletions.
CREATE TABLE measurements(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  experiment TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  arm TEXT NOT NULL,
  instance TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at INTEGER NOT NULL,
  scheduled_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  filesize INTEGER NOT NULL,
  ttfb_us INTEGER,
  ttlb_us INTEGER
) STRICT;
CREATE INDEX measurements_at ON measurements(at);
CREATE INDEX measurements_experiment ON measurements(experiment);

CREATE TABLE records(
  seq INTEGER PRIMARY KEY,
  record TEXT NOT NULL
) STRICT;

CREATE TABLE circuits(
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  id INTEGER NOT NULL,
  launched_at INTEGER NOT NULL,
  closed_at INTEGER,
  failed INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY(instance, tor_run, id)
) STRICT;
CREATE INDEX circuits_launched_at ON circuits(launched_at);

CREATE TABLE streams(
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  closed_at INTEGER,
  failed INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  socks_username TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY(instance, tor_run, id)
) STRICT;
CREATE INDEX streams_created_at ON streams(created_at);

CREATE TABLE raw_events(
  seq INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  at INTEGER NOT NULL,
  line TEXT NOT NULL
) STRICT;
CREATE INDEX raw_events_at ON raw_events(at);
)sql";

constexpr char const* kGuards = R"sql(
CREATE TABLE guard_choices(
  seq INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX guard_choices_at ON guard_choices(at);

-- The latest of each instance.
CREATE TABLE guard_rankings(
  instance TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
)sql";

// figures.h. Rows of before have none: reports read their records.
constexpr char const* kFiguresColumn = "ALTER TABLE measurements ADD COLUMN figures BLOB";

// rollups.h. 'rolled': up to this row, 'rollup_layout': by these rules; they begin with the first
// row.
constexpr char const* kRollups = R"sql(
INSERT INTO meta VALUES('rolled', 0), ('rollup_layout', 0);

CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  experiment TEXT NOT NULL,
  arm TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  filesize INTEGER NOT NULL,
  UNIQUE(experiment, source, arm, kind, target, filesize)
) STRICT;

CREATE TABLE rollups(
  id INTEGER PRIMARY KEY,
  counts BLOB NOT NULL
) STRICT;

CREATE INDEX measurements_experiment_at ON measurements(experiment, at);
)sql";

constexpr std::array kMigrations = {Migration{1, kFirst}, Migration{2, kGuards},
                                    Migration{3, kFiguresColumn}, Migration{4, kRollups}};

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

Error newer(std::filesystem::path const& path, int found, int known) {
  return Error{path.string() + " was written by a newer perfd (its tables have version " +
                   std::to_string(found) + ", this perfd knows " + std::to_string(known) +
                   "). Use that perfd, or another [store] path.",
               make_error_code(boost::system::errc::not_supported)};
}

}  // namespace

Result<void> require_ours(SQLite::Database& database, std::filesystem::path const& path) {
  if (database.execAndGet("PRAGMA application_id").getInt() == kApplicationId) {
    int const found = version_of(database);
    if (found > current_version()) return newer(path, found, current_version());
    return {};
  }
  if (database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) return {};
  return Error{path.string() +
                   " is an SQLite file, but not perfd's. perfd leaves it alone: give [store] path "
                   "another file.",
               make_error_code(boost::system::errc::file_exists)};
}

std::span<Migration const> migrations() { return kMigrations; }
int current_version() { return kMigrations.back().version; }

Result<void> migrate(SQLite::Database& database, std::filesystem::path const& path,
                     std::span<Migration const> steps) {
  int const found = version_of(database);
  int const known = steps.back().version;
  if (found > known) return newer(path, found, known);
  if (found == known) return {};
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (auto const& step : steps)
    if (step.version > found) database.exec(step.sql);
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(known));
  transaction.commit();
  return {};
}

Result<void> require_current(SQLite::Database& database, std::filesystem::path const& path) {
  int const found = version_of(database);
  if (found < current_version())
    return Error{path.string() + " was written by an older perfd (its tables have version " +
                 std::to_string(found) + ", this perfd uses " + std::to_string(current_version()) +
                 "). `perfd run` brings it up to date when it starts."};
  return {};
}

}  // namespace perfd::store
