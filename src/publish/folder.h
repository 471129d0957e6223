// The folder of published files: what is in it, its index.xml, what is too old.
//
//   FOLDER/SOURCE/2026-11-24.onionperf.analysis.json.xz
//   FOLDER/SOURCE/SOURCE-51200-2026-11-24.tpf
//   FOLDER/SOURCE/index.xml
//
// Other names are nobody's business: they are neither listed nor touched.
// Thread: any, but one at a time that writes; blocks for as long as a local disk does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "publish/names.h"

namespace perfd::publish {

struct File {
  std::string name;
  std::uint64_t size = 0;
  WallTime modified_at{};

  friend bool operator==(File const&, File const&) = default;
};

// The published files of a source's folder, by name; none where there is no such folder.
[[nodiscard]] Result<std::vector<File>> files_in(std::filesystem::path const& folder);
// The sources that have a folder, by name.
[[nodiscard]] std::vector<std::string> sources_in(std::filesystem::path const& root);

// The index as OnionPerf writes it: name, size, last_modified (UTC) and sha256 in base64 of each
// file. Reads them all.
[[nodiscard]] Result<std::string> index_of(std::filesystem::path const& folder,
                                           std::vector<File> const& files);

// Writes index.xml of every source anew. With it goes what is older than `oldest`, and what was
// left by a perfd that was killed while it wrote.
[[nodiscard]] Result<void> settle_folder(std::filesystem::path const& root, Day oldest);

// The name of a file while it is written; another process has another one.
[[nodiscard]] std::string temporary_name(std::string_view name);

}  // namespace perfd::publish
