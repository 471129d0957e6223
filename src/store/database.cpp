#include "store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <string>

#include "store/schema.h"

namespace perfd::store {
namespace {

constexpr int kBusyMs = 5000;  // another program's short transaction (a backup, a shell)

using boost::system::errc::make_error_code;
namespace errc = boost::system::errc;

Error damaged(std::filesystem::path const& path, std::string const& what) {
  auto const name = path.string();
  return Error{name + " is damaged (" + what + "). Move it aside, with its companions: mv " + name +
                   "* SOMEWHERE/ ; perfd then begins a new file. What can be saved of the old one: "
                   "sqlite3 SOMEWHERE/" +
                   path.filename().string() + " .recover | sqlite3 recovered.db",
               make_error_code(errc::bad_message)};
}

// The path in SQLite's URI form, whose own characters are escaped.
std::string read_only_uri(std::filesystem::path const& path) {
  std::string uri = "file:";
  for (char const c : path.string()) {
    if (c == '%')
      uri += "%25";
    else if (c == '?')
      uri += "%3f";
    else if (c == '#')
      uri += "%23";
    else
      uri += c;
  }
  return uri + "?immutable=1";
}

// A connection is of one thread at a time (writer.h, reader.h), so it needs no mutexes.
// Throws SQLite::Exception, as the two below.
SQLite::Database configured(std::filesystem::path const& path, std::int64_t max_file_bytes,
                            Result<void>& ours) {
  SQLite::Database database(
      path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyMs);
  ours = require_ours(database, path);
  if (!ours) return database;
  // Only a new file takes this; it lets retention give space back without a rewrite.
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA journal_size_limit = 16777216");
  database.exec("PRAGMA synchronous = FULL");
  if (max_file_bytes > 0) {
    auto const page = database.execAndGet("PRAGMA page_size").getInt64();
    database.exec("PRAGMA max_page_count = " + std::to_string(max_file_bytes / page));
  }
  return database;
}

// The first statement is what really opens the file.
SQLite::Database probed(std::string const& name, int flags) {
  SQLite::Database database(name, flags | SQLite::OPEN_NOMUTEX, kBusyMs);
  (void)database.execAndGet("PRAGMA schema_version").getInt();
  return database;
}

SQLite::Database readable(std::filesystem::path const& path) {
  try {
    return probed(path.string(), SQLite::OPEN_READONLY);
  } catch (SQLite::Exception const& failure) {
    auto const code = failure.getErrorCode() & 0xFF;
    bool const closed_cleanly = !std::filesystem::exists(path.string() + "-wal");
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || !closed_cleanly ||
        ::access(path.c_str(), R_OK) != 0)
      throw;
  }
  // Reading a file in WAL mode needs the right to make its companions, unless nothing can
  // change it: it was closed cleanly, and who may not write here is not its writer.
  return probed(read_only_uri(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

}  // namespace

Error explain(std::filesystem::path const& path, SQLite::Exception const& failure) {
  auto const name = path.string();
  std::string const what = failure.getErrorStr();
  switch (failure.getErrorCode() & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return damaged(path, what);
    case SQLITE_INTERRUPT:
      return Error{
          "to read so much takes too long: a shorter span of time, or one experiment, may do",
          make_error_code(errc::timed_out)};
    case SQLITE_FULL:
      return Error{name + ": the disk is full. Free space in " + path.parent_path().string() +
                       "; perfd keeps what it could not write in memory and tries again.",
                   make_error_code(errc::no_space_on_device)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{name + " is locked by another program (an open sqlite3 shell, a backup).",
                   make_error_code(errc::device_or_resource_busy)};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Error{name + ": " + what +
                       ". The user that perfd runs as needs write permission on the folder and the "
                       "files in it.",
                   make_error_code(errc::permission_denied)};
    case SQLITE_IOERR:
      return Error{name + ": " + what + " (SQLite code " +
                       std::to_string(failure.getExtendedErrorCode()) +
                       "). Look at the disk and at the kernel's log.",
                   make_error_code(errc::io_error)};
    default:
      return Error{name + ": " + std::string(failure.what()), {}};
  }
}

Result<SQLite::Database> open_for_writing(std::filesystem::path const& path,
                                          std::int64_t max_file_bytes) {
  try {
    Result<void> good;
    auto database = configured(path, max_file_bytes, good);
    if (good) good = migrate(database, path);
    if (!good) return good.error();
    return database;
  } catch (SQLite::Exception const& failure) {
    return explain(path, failure);
  }
}

Result<SQLite::Database> open_for_reading(std::filesystem::path const& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Error{"there are no results yet: " + path.string() + " does not exist",
                 make_error_code(errc::no_such_file_or_directory)};
  try {
    auto database = readable(path);
    if (auto const ours = require_ours(database, path); !ours) return ours.error();
    if (auto const current = require_current(database, path); !current) return current.error();
    return database;
  } catch (SQLite::Exception const& failure) {
    return explain(path, failure);
  }
}

void sync_folder(std::filesystem::path const& folder) {
  int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace perfd::store
