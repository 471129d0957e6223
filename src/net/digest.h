// SHA-256 of what goes by, in pieces: how both ends of an upload agree on what arrived.
// Thread: one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace perfd::net {

class Sha256 {
 public:
  Sha256();  // throws std::bad_alloc
  ~Sha256();
  Sha256(Sha256 const&) = delete;
  Sha256& operator=(Sha256 const&) = delete;

  void add(std::span<const std::byte> piece);
  // 64 hexadecimal digits in lower case. Ends the digest: call it once.
  [[nodiscard]] std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace perfd::net
