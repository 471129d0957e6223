// A connection to the store's file, and what went wrong with it in words for a person.
// Thread: a connection belongs to one thread at a time.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace perfd::store {

// An SQLite failure with its remedy. The code is a generic one: no_space_on_device,
// permission_denied, device_or_resource_busy, bad_message (damaged), io_error.
[[nodiscard]] Error explain(std::filesystem::path const& path, SQLite::Exception const& failure);

// For the one writer: created if absent, and at the last migration afterwards.
[[nodiscard]] Result<SQLite::Database> open_for_writing(std::filesystem::path const& path,
                                                        std::int64_t max_file_bytes);
// Read-only, also where the folder can't be written to.
[[nodiscard]] Result<SQLite::Database> open_for_reading(std::filesystem::path const& path);

// Makes the file's entry in its folder survive a power loss.
void sync_folder(std::filesystem::path const& folder);

}  // namespace perfd::store
