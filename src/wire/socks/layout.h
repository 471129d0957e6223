// The parts that messages of both sides share: numbers, names and addresses as bytes.
// Inside the socks folder only. Thread: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/bytes.h"
#include "wire/socks/types.h"

namespace perfd::wire::socks::layout {

inline constexpr std::uint8_t kAuthVersion = 1;  // RFC 1929
inline constexpr std::uint8_t kNoAuth = 0x00, kUserPassword = 0x02, kNoMethod = 0xFF;
inline constexpr std::uint8_t kIpv4 = 1, kName = 3, kIpv6 = 4;

[[nodiscard]] inline std::uint8_t byte_at(ByteView bytes, std::size_t index) {
  return std::to_integer<std::uint8_t>(bytes[index]);
}
[[nodiscard]] inline std::uint16_t port_at(ByteView bytes, std::size_t index) {
  return static_cast<std::uint16_t>(byte_at(bytes, index) << 8 | byte_at(bytes, index + 1));
}

inline void put(std::vector<std::byte>& out, std::uint8_t value) {
  out.push_back(std::byte{value});
}
inline void put(std::vector<std::byte>& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void put_port(std::vector<std::byte>& out, std::uint16_t port) {
  put(out, static_cast<std::uint8_t>(port >> 8));
  put(out, static_cast<std::uint8_t>(port & 0xFF));
}
// One length byte and the text, which the caller has bounded to 255 bytes.
inline void put_counted(std::vector<std::byte>& out, std::string_view text) {
  put(out, static_cast<std::uint8_t>(text.size()));
  put(out, as_bytes(text));
}

// The length of SOCKS 5's ATYP, address and port at the start of `bytes`, as far as it can be
// told: at least 2, so that a name's length byte is fetched. 0: an unknown type.
[[nodiscard]] std::size_t address_length(ByteView bytes);
// Reads what address_length() measured.
[[nodiscard]] Address read_address(ByteView bytes);
void put_address(std::vector<std::byte>& out, Address const& address);

// Whether a name is fit for a request and for a log: 1 to 255 bytes of printable ASCII without
// spaces.
[[nodiscard]] bool is_host_name(std::string_view name);

}  // namespace perfd::wire::socks::layout
