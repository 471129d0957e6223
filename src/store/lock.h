// One writing perfd a file: a lock on PATH.lock, which ends with the process, whatever
// ended it. The lock file stays behind and means nothing by itself.
// Thread: a value.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace perfd::store {

class FileLock {
 public:
  // The error names the process that holds the lock.
  [[nodiscard]] static Result<FileLock> take(std::filesystem::path const& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace perfd::store
