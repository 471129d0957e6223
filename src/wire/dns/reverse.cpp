#include <algorithm>

#include "base/text.h"
#include "wire/dns/message.h"

namespace perfd::wire::dns {
namespace {
constexpr std::string_view kV4Suffix = ".in-addr.arpa", kV6Suffix = ".ip6.arpa";
}  // namespace

std::string reverse_name(IpAddress const& address) {
  std::string name;
  auto const bytes = address.bytes();
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) {
    if (!name.empty()) name += '.';
    if (address.v6) {
      auto const digits = hex(std::span(&*at, 1));
      name += digits[1];
      name += '.';
      name += digits[0];
    } else {
      name += std::to_string(std::to_integer<unsigned>(*at));
    }
  }
  return name.append(address.v6 ? kV6Suffix : kV4Suffix);
}

std::optional<IpAddress> address_of_reverse_name(std::string_view name) {
  auto const lower = to_lower(name);  // tor mixes the case of names it asks for
  std::string_view digits = lower;
  if (digits.ends_with('.')) digits.remove_suffix(1);
  bool const v6 = digits.ends_with(kV6Suffix);
  if (!v6 && !digits.ends_with(kV4Suffix)) return std::nullopt;
  digits.remove_suffix(v6 ? kV6Suffix.size() : kV4Suffix.size());
  auto parts = split(digits, '.');
  if (parts.size() != (v6 ? 32U : 4U)) return std::nullopt;
  std::reverse(parts.begin(), parts.end());
  IpAddress address;
  address.v6 = v6;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto const value = parse_int<unsigned>(parts[i], v6 ? 16 : 10);
    if (!value || *value > (v6 ? 15U : 255U) || parts[i].size() > (v6 ? 1U : 3U))
      return std::nullopt;
    auto& octet = address.octets[v6 ? i / 2 : i];
    octet = static_cast<std::uint8_t>(v6 ? octet << 4 | *value : *value);
  }
  return address;
}

}  // namespace perfd::wire::dns
