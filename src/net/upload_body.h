// The random bytes of uploads. Internal to net.
// Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "net/payload.h"

namespace perfd::net {

class UploadBody {
 public:
  // The body of that many bytes: its bytes are the same for the life of the process. The few that
  // were used last are kept, so that the digest is worked out once for each size.
  [[nodiscard]] static std::shared_ptr<UploadBody const> of(std::int64_t size);

  [[nodiscard]] std::int64_t size() const { return size_; }
  // Takes about a second a GiB, the first time, and whoever asks meanwhile waits as long.
  [[nodiscard]] std::string const& sha256() const;
  // The bytes from `at` on, at most `most` of them; at least one where any is left.
  [[nodiscard]] std::span<const std::byte> piece(std::int64_t at, std::int64_t most) const;

 private:
  explicit UploadBody(std::int64_t size);
  std::int64_t size_;
  std::shared_ptr<PayloadBlock const> block_;
  mutable std::once_flag digested_;
  mutable std::string sha256_;  // once digested_
};

}  // namespace perfd::net
