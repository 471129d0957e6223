// The random payload as a measurement server sends it: in a memory file, for sendfile.
// Internal to net.
//
// The block of payload.h stands in it several times, so that a body ends few runs, and the whole
// is one huge page where the kernel has one: what sendfile costs depends on how many pages the
// socket has to refer to, and pages that lie side by side count as one.
// Thread: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/files.h"

namespace perfd::net {

class PayloadFile {
 public:
  // Throws std::system_error without memory.
  explicit PayloadFile(std::uint64_t seed);

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::size_t block() const;  // bytes until the content repeats
  // The whole content, which fd() has, too: a multiple of block() bytes.
  [[nodiscard]] std::span<const std::byte> bytes() const { return file_.bytes(); }
  [[nodiscard]] int fd() const { return file_.fd(); }

 private:
  std::uint64_t seed_;
  runtime::MemoryFile file_;
};

}  // namespace perfd::net
