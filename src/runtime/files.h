// Small files: bounded reads, whole-or-nothing writes, and a memory file.
// Thread: any; these block for as long as a local disk does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/units.h"

namespace perfd::runtime {

// The whole file; one larger than `limit` bytes is an error.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& path, std::size_t limit);

// Replaces the file in one step (a temporary beside it, fsync, rename).
[[nodiscard]] Result<> write_file(std::filesystem::path const& path, std::string_view content,
                                  unsigned mode = 0644);

// Gives a file that was written under another name its own, in one step: `from` is on the disk
// then, and so is the name. Both are in one folder, or in two of one file system.
[[nodiscard]] Result<> put_in_place(std::filesystem::path const& from,
                                    std::filesystem::path const& to);

// A file that is read in pieces: the same one to its end, also where another takes its name
// meanwhile.
class FileReader {
 public:
  // Only of a regular file.
  [[nodiscard]] static Result<FileReader> open(std::filesystem::path const& path);
  ~FileReader();
  FileReader(FileReader&& other) noexcept;
  FileReader& operator=(FileReader&&) = delete;

  // At most `most` bytes; none at the end.
  [[nodiscard]] Result<std::string> read(std::size_t most);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] WallTime modified_at() const { return modified_at_; }

 private:
  FileReader(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_;
  std::uint64_t size_ = 0;
  WallTime modified_at_{};
};

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
