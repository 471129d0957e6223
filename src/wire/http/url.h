// An http:// or https:// address taken apart into what a client needs to ask for it.
// The syntax is Boost.URL's (RFC 3986). Thread: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace perfd::wire::http {

struct Url {
  enum class Scheme : std::uint8_t { kHttp, kHttps };
  Scheme scheme = Scheme::kHttp;
  std::string host;  // lower case; an IPv6 literal without brackets
  std::uint16_t port = 80;
  std::string target = "/";  // path and query as written, the fragment dropped
  bool ipv6 = false;         // host is an IPv6 literal

  [[nodiscard]] bool is_onion() const;           // host ends in ".onion"
  [[nodiscard]] std::string host_field() const;  // for "Host:": brackets, port unless usual
  [[nodiscard]] std::string text() const;        // the whole address again
  friend bool operator==(Url const&, Url const&) = default;
};

// Errors name what is wrong: no scheme, a scheme other than http and https, no host, user names in
// the address (they would end in logs), port 0 or above 65535, bytes that do not belong there.
// Bounds: 8 KiB, host names of 255 bytes.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace perfd::wire::http
