// An IPv4 or IPv6 address as its bytes, free of any socket library.
// Thread: values and pure functions.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/bytes.h"

namespace perfd::wire {

struct IpAddress {
  std::array<std::uint8_t, 16> octets{};  // network order; an IPv4 address fills the first four
  bool v6 = false;

  [[nodiscard]] static IpAddress v4_from(std::array<std::uint8_t, 4> const& octets);
  // The first 4 (v4) or 16 (v6) bytes of `bytes`, which must be that long.
  [[nodiscard]] static IpAddress from_bytes(ByteView bytes, bool v6);
  [[nodiscard]] ByteView bytes() const;  // 4 or 16 bytes of this object

  friend auto operator<=>(IpAddress const&, IpAddress const&) = default;
};

// "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; no zone, no shortened IPv4.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);
[[nodiscard]] std::string format_ip(IpAddress const& address);  // without brackets

}  // namespace perfd::wire
