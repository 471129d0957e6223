// Small files: bounded reads, whole-or-nothing writes, and a memory file.
// Thread: any; these block for as long as a local disk does.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace perfd::runtime {

// The whole file; one larger than `limit` bytes is an error.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& path, std::size_t limit);

// Replaces the file in one step (a temporary beside it, fsync, rename).
[[nodiscard]] Result<> write_file(std::filesystem::path const& path, std::string_view content,
                                  unsigned mode = 0644);

// Makes the folder and its parents; `mode` is the last one's.
[[nodiscard]] Result<> make_folder(std::filesystem::path const& path, unsigned mode = 0755);

// A new folder of mode 0700 with a unique name below the system's temporary folder.
[[nodiscard]] Result<std::filesystem::path> make_temporary_folder(std::string_view prefix);

// The first executable file of that name in PATH; a name with a slash is taken as it is.
[[nodiscard]] std::optional<std::filesystem::path> find_program(std::string_view name);

// Bytes in an anonymous memory file, readable both as memory and by sendfile.
class MemoryFile {
 public:
  static constexpr std::size_t kHugePage = 2 * 1024 * 1024;

  explicit MemoryFile(std::size_t size);  // throws std::system_error
  ~MemoryFile();
  MemoryFile(MemoryFile const&) = delete;
  MemoryFile& operator=(MemoryFile const&) = delete;

  // Puts what it holds on huge pages, if its size is a multiple of theirs and the kernel has any to
  // spare; if not, nothing changes. Costs a copy of the content.
  void gather();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::span<std::byte> bytes() const { return {data_, size_}; }

 private:
  int fd_ = -1;
  std::span<std::byte> place_;  // that was mapped, around the data
  std::byte* data_ = nullptr;
  std::size_t size_;
};

}  // namespace perfd::runtime
