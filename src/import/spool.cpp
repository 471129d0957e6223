#include "import/spool.h"

#include <fstream>
#include <system_error>
#include <utility>

#include "runtime/files.h"

namespace perfd::import {

Spool::~Spool() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<std::filesystem::path> Spool::keep(std::string_view beginning, Input& input) {
  if (folder_.empty()) {
    auto folder = runtime::make_temporary_folder("perfd-import");
    if (!folder) return folder.error();
    folder_ = std::move(*folder);
  }
  auto const path = folder_ / std::to_string(++count_);
  std::ofstream out(path, std::ios::binary);
  out << beginning;
  while (out) {
    auto const piece = input.read();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    out << *piece;
  }
  out.close();
  if (!out)
    return Error{folder_.string() +
                 ": no space for the logs of a tarball; set TMPDIR to a folder "
                 "with space"};
  return success(path);
}

}  // namespace perfd::import
