// The random bytes of uploads. Internal to net.
// Thread: of() any; the objects are immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "net/payload.h"

namespace perfd::net {

class UploadBody {
 public:
  // The body of that many bytes: the same for the life of the process, so that its digest is
  // worked out once for each size, and not while a measurement runs.
  [[nodiscard]] static std::shared_ptr<UploadBody const> of(std::int64_t size);

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::string const& sha256() const { return sha256_; }
  // The bytes from `at` on, at most `most` of them; at least one where any is left.
  [[nodiscard]] std::span<const std::byte> piece(std::int64_t at, std::int64_t most) const;

 private:
  explicit UploadBody(std::int64_t size);
  std::int64_t size_;
  std::shared_ptr<PayloadBlock const> block_;
  std::string sha256_;
};

}  // namespace perfd::net
