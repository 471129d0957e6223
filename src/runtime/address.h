// Socket addresses: numeric IPv4, IPv6, or the path of a unix socket. Nothing here
// resolves a name: what perfd measures is resolved by tor or by the caller.
// Thread: values.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace perfd::runtime {

class Address {
 public:
  // "127.0.0.1:80", "[::1]:80", "unix:/run/tor/control", "localhost:80" (127.0.0.1).
  [[nodiscard]] static Result<Address> parse(std::string_view text);
  [[nodiscard]] static Result<Address> numeric(std::string_view host, std::uint16_t port);
  [[nodiscard]] static Result<Address> unix_path(std::string_view path);
  [[nodiscard]] static Address from_native(sockaddr_storage const& storage, socklen_t length);

  [[nodiscard]] bool is_unix() const { return storage_.ss_family == AF_UNIX; }
  [[nodiscard]] bool is_local() const;     // unix, or of 127.0.0.0/8 or ::1
  [[nodiscard]] std::string host() const;  // "127.0.0.1", "::1", or the path
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string text() const;  // what parse() reads back

  [[nodiscard]] sockaddr const* native() const {
    return reinterpret_cast<sockaddr const*>(&storage_);
  }
  [[nodiscard]] socklen_t native_length() const { return length_; }
  [[nodiscard]] int family() const { return storage_.ss_family; }

 private:
  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

}  // namespace perfd::runtime
