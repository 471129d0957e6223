// Files of a tarball that must be read beside another one, unpacked to a temporary folder.
// Owner: whoever imports; the folder goes with it. Thread: one.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "import/input.h"

namespace perfd::import {

class Spool {
 public:
  Spool() = default;
  ~Spool();
  Spool(Spool const&) = delete;
  Spool& operator=(Spool const&) = delete;

  // Writes `beginning` and the rest of the input's current file to a file that is named by a
  // number.
  [[nodiscard]] Result<std::filesystem::path> keep(std::string_view beginning, Input& input);

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

}  // namespace perfd::import
