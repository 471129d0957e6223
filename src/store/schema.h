// The tables, as the numbered steps that made them.
//
// The number of the last step is kept in the file (PRAGMA user_version). A step is
// never changed once it was released: a change of the tables is a new step.
// Thread: pure data, and functions that use the caller's connection.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace perfd::store {

// "PERF": tells perfd's files from other SQLite files (PRAGMA application_id).
inline constexpr std::int32_t kApplicationId = 0x50455246;

struct Migration {
  int version;
  char const* sql;
};

// Whether the file may be touched: it is perfd's and not newer, or nobody's yet.
[[nodiscard]] Result<void> require_ours(SQLite::Database& database,
                                        std::filesystem::path const& path);

// In order, from 1.
[[nodiscard]] std::span<Migration const> migrations();
[[nodiscard]] int current_version();

// Brings the file to the last step, in one transaction: after a crash it is either as
// before or wholly new. Refuses a file that a newer perfd made.
[[nodiscard]] Result<void> migrate(SQLite::Database& database, std::filesystem::path const& path,
                                   std::span<Migration const> steps = migrations());
// For readers, which can't migrate: the file must be at the last step. After require_ours.
[[nodiscard]] Result<void> require_current(SQLite::Database& database,
                                           std::filesystem::path const& path);

}  // namespace perfd::store
