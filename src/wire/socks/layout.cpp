#include "wire/socks/layout.h"

#include <algorithm>

namespace perfd::wire::socks::layout {

std::size_t address_length(ByteView bytes) {
  if (bytes.empty()) return 2;
  switch (byte_at(bytes, 0)) {
    case kIpv4:
      return 1 + 4 + 2;
    case kIpv6:
      return 1 + 16 + 2;
    case kName:
      return bytes.size() < 2 ? 2 : 1 + 1 + std::size_t{byte_at(bytes, 1)} + 2;
    default:
      return 0;
  }
}

Address read_address(ByteView bytes) {
  auto const end = address_length(bytes);
  Address address;
  address.port = port_at(bytes, end - 2);
  if (byte_at(bytes, 0) == kName)
    address.host = std::string(as_text(bytes.subspan(2, end - 4)));
  else
    address.host = IpAddress::from_bytes(bytes.subspan(1), byte_at(bytes, 0) == kIpv6);
  return address;
}

void put_address(std::vector<std::byte>& out, Address const& address) {
  if (auto const* ip = address.ip()) {
    put(out, ip->v6 ? kIpv6 : kIpv4);
    put(out, ip->bytes());
  } else {
    put(out, kName);
    put_counted(out, std::get<std::string>(address.host));
  }
  put_port(out, address.port);
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace perfd::wire::socks::layout
