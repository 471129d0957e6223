// Which files to read, and which of them must be read together.
//
// Logs of TGen and of the control connection belong together when they lie in one folder or in
// OnionPerf's folders beside each other (tgen-client, tor-client, log_archive); so do a .data and
// an .extradata of one name. Each kind is read in the order of time, so that what began before a
// rotation and ended behind it is whole.
// Thread: one. Input is untrusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "import/file_kind.h"

namespace perfd::import {

struct FileToRead {
  std::filesystem::path path;
  std::string place;  // what to call it: the path, or of a file in a tarball both names
  FileKind kind = FileKind::unknown;
  WallTime first{};       // of logs: the time of the first line that tells one
  bool unpacked = false;  // from a tarball that was read already
};

struct LogGroup {
  std::vector<FileToRead> tgen;  // in the order of time
  std::vector<FileToRead> torctl;
};

struct DataPair {
  FileToRead data;
  std::optional<FileToRead> extradata;
};

// The time of the first line that tells one, as logs write it: DATE TIME EPOCH.
[[nodiscard]] WallTime first_time(std::string_view beginning);

// A name as it would be grouped by: the folder without OnionPerf's own, or ".data"'s stem.
[[nodiscard]] std::string group_of(std::string_view place);

[[nodiscard]] std::vector<LogGroup> group_logs(std::vector<FileToRead> logs);
// What has no partner that it needs is left over.
struct DataPairs {
  std::vector<DataPair> pairs;
  std::vector<FileToRead> alone;  // .extradata without .data
};
[[nodiscard]] DataPairs pair_data(std::vector<FileToRead> files);

// All regular files in the folders, in the order of their names; files as they are given.
// The error names a path that is not there or can't be read.
struct Listed {
  std::filesystem::path path;
  bool asked_for = false;  // named by the user, not found in a folder
  std::int64_t size = 0;
};
[[nodiscard]] Result<std::vector<Listed>> list_files(
    std::vector<std::filesystem::path> const& given);

}  // namespace perfd::import
