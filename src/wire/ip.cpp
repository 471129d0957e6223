#include "wire/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace perfd::wire {

IpAddress IpAddress::v4_from(std::array<std::uint8_t, 4> const& octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets.begin());
  return address;
}

IpAddress IpAddress::from_bytes(ByteView bytes, bool v6) {
  IpAddress address;
  address.v6 = v6;
  std::memcpy(address.octets.data(), bytes.data(), v6 ? 16 : 4);
  return address;
}

ByteView IpAddress::bytes() const {
  return std::as_bytes(std::span(octets)).first(v6 ? std::size_t{16} : std::size_t{4});
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  IpAddress address;
  bool const bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  // inet_pton wants a terminated string, and a NUL inside would hide what follows it.
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
  char terminated[INET6_ADDRSTRLEN]{};
  std::copy(text.begin(), text.end(), terminated);
  if (!bracketed && inet_pton(AF_INET, terminated, address.octets.data()) == 1) return address;
  address = {};
  if (inet_pton(AF_INET6, terminated, address.octets.data()) != 1) return std::nullopt;
  address.v6 = true;
  return address;
}

std::string format_ip(IpAddress const& address) {
  char text[INET6_ADDRSTRLEN]{};
  inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.octets.data(), text, sizeof text);
  return text;
}

}  // namespace perfd::wire
