#include "runtime/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

#include "base/text.h"

namespace perfd::runtime {
namespace {

Error not_an_address(std::string_view text) {
  return Error{"'" + printable(text, 80) +
               "' is not an address: write a numeric one with a port, as in \"127.0.0.1:9050\" or "
               "\"[::1]:9050\", or \"unix:/path\""};
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  if (text.starts_with("unix:")) return unix_path(text.substr(5));
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return not_an_address(text);
  auto host = text.substr(0, colon);
  auto const port = parse_int<std::uint16_t>(text.substr(colon + 1));
  if (!port) return not_an_address(text);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return not_an_address(text);
  auto const address = numeric(host == "localhost" ? "127.0.0.1" : host, *port);
  if (!address) return not_an_address(text);
  return address;
}

Result<Address> Address::numeric(std::string_view host, std::uint16_t port) {
  Address out;
  std::string const name(host);
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&out.storage_);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&out.storage_);
  if (::inet_pton(AF_INET, name.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.length_ = sizeof(sockaddr_in);
    return out;
  }
  if (::inet_pton(AF_INET6, name.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    out.length_ = sizeof(sockaddr_in6);
    return out;
  }
  return not_an_address(host);
}

Result<Address> Address::unix_path(std::string_view path) {
  Address out;
  auto* const local = reinterpret_cast<sockaddr_un*>(&out.storage_);
  if (path.empty() || path.size() >= sizeof(local->sun_path))
    return Error{"'" + printable(path, 120) + "' can't be the path of a unix socket: 1 to " +
                 std::to_string(sizeof(local->sun_path) - 1) + " characters"};
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, path.data(), path.size());
  out.length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return out;
}

Address Address::from_native(sockaddr_storage const& storage, socklen_t length) {
  Address out;
  out.storage_ = storage;
  out.length_ = length;
  return out;
}

bool Address::is_local() const {
  switch (family()) {
    case AF_INET:
      return ntohl(reinterpret_cast<sockaddr_in const*>(&storage_)->sin_addr.s_addr) >> 24U == 127;
    case AF_INET6:
      return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6 const*>(&storage_)->sin6_addr);
    default:
      return is_unix();
  }
}

std::string Address::host() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  switch (family()) {
    case AF_INET:
      ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in const*>(&storage_)->sin_addr, buffer,
                  sizeof buffer);
      return buffer;
    case AF_INET6:
      ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6 const*>(&storage_)->sin6_addr, buffer,
                  sizeof buffer);
      return buffer;
    case AF_UNIX:
      return length_ > offsetof(sockaddr_un, sun_path)
                 ? reinterpret_cast<sockaddr_un const*>(&storage_)->sun_path
                 : "";
    default:
      return "";
  }
}

std::uint16_t Address::port() const {
  switch (family()) {
    case AF_INET:
      return ntohs(reinterpret_cast<sockaddr_in const*>(&storage_)->sin_port);
    case AF_INET6:
      return ntohs(reinterpret_cast<sockaddr_in6 const*>(&storage_)->sin6_port);
    default:
      return 0;
  }
}

std::string Address::text() const {
  if (is_unix()) return "unix:" + host();
  auto const name = host();
  return (family() == AF_INET6 ? "[" + name + "]" : name) + ":" + std::to_string(port());
}

}  // namespace perfd::runtime
