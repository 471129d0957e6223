// Random payload that both ends can make: the server sends it, the client checks it.
//
// A block of pseudo-random bytes is made from a 64-bit seed. A response is a run of that
// block from an offset, with wrap-around, and its head tells which:
//   X-Perfd-Payload: v1 seed=<16 hex digits> offset=<n> block=<n>
// The client makes the same block (once a seed, then cached) and compares at the speed of
// memcmp. Nothing is generated or hashed per request. What v1 means is fixed for good:
// the block's 64-bit words w[0], w[1], … in little-endian order, w[i] = splitmix64's
// finalizer of seed + (i + 1) * 0x9E3779B97F4A7C15.
// Thread: PayloadBlock is immutable; payload_block() may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::net {

inline constexpr std::string_view kPayloadField = "X-Perfd-Payload";
inline constexpr std::size_t kPayloadBlockSize = 1024 * 1024;
// The largest block that a client makes on a server's word: 16 MiB.
inline constexpr std::size_t kMaxPayloadBlock = 16 * 1024 * 1024;

// Fills `out`, a multiple of 8 bytes, with the block of that seed.
void fill_payload(std::uint64_t seed, std::span<std::byte> out);

class PayloadBlock {
 public:
  // `size` is a multiple of 8.
  explicit PayloadBlock(std::uint64_t seed, std::size_t size = kPayloadBlockSize);

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::uint64_t seed_;
  std::vector<std::byte> bytes_;
};

// The block of that seed and size; the few used last are kept.
[[nodiscard]] std::shared_ptr<PayloadBlock const> payload_block(std::uint64_t seed,
                                                                std::size_t size);

// The header's value.
struct PayloadTag {
  std::uint64_t seed = 0;
  std::uint64_t offset = 0;  // below `block`
  std::uint64_t block = 0;   // bytes; a multiple of 8, at most kMaxPayloadBlock

  [[nodiscard]] std::string text() const;
  // nullopt for what is no v1 tag or is beyond the bounds.
  [[nodiscard]] static std::optional<PayloadTag> parse(std::string_view text);
  friend bool operator==(PayloadTag const&, PayloadTag const&) = default;
};

// Compares a payload, as it comes in pieces, with what the tag promises.
class PayloadCheck {
 public:
  explicit PayloadCheck(PayloadTag const& tag);

  // True while all bytes so far are the promised ones. After the first difference it
  // stays false, and first_difference() is that byte's place in the payload.
  bool check(std::span<const std::byte> piece);
  [[nodiscard]] std::optional<std::uint64_t> first_difference() const { return difference_; }

 private:
  std::shared_ptr<PayloadBlock const> block_;
  std::size_t position_;
  std::uint64_t checked_ = 0;
  std::optional<std::uint64_t> difference_;
};

}  // namespace perfd::net
