// How a controller proves to tor who it is (control-spec 3.5, 3.21, 3.24).
//
// SAFECOOKIE lets both sides prove that they know the cookie without showing it.
// Thread: pure functions. Secrets: cookies and hashes never enter an Error's message.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/torctl/reply.h"

namespace perfd::wire::torctl {

inline constexpr std::size_t kCookieSize = 32;
using AuthBytes = std::array<std::byte, 32>;  // a cookie, a nonce or a hash

struct ProtocolInfo {
  bool null = false;  // no authentication needed
  bool password = false;
  bool cookie = false;
  bool safe_cookie = false;
  std::vector<std::string> methods;       // as tor named them
  std::vector<std::string> cookie_files;  // absolute paths on tor's machine
  std::string tor_version;                // "0.4.9.11"
};
[[nodiscard]] Result<ProtocolInfo> parse_protocolinfo(Reply const& reply);

struct AuthChallenge {
  AuthBytes server_hash{};
  AuthBytes server_nonce{};
};
[[nodiscard]] Result<AuthChallenge> parse_authchallenge(Reply const& reply);

// Checks in constant time that tor knows the cookie too, then gives the hash that
// AUTHENTICATE takes. An Error: the other side is not the tor that wrote the cookie.
[[nodiscard]] Result<AuthBytes> answer_challenge(AuthChallenge const& challenge,
                                                 AuthBytes const& cookie,
                                                 AuthBytes const& client_nonce);

// HMAC-SHA256(kind of key, cookie | client nonce | server nonce); also what a fake tor needs.
enum class SafeCookieKey { server_to_controller, controller_to_server };
[[nodiscard]] AuthBytes safe_cookie_hash(SafeCookieKey key, AuthBytes const& cookie,
                                         AuthBytes const& client_nonce,
                                         AuthBytes const& server_nonce);

}  // namespace perfd::wire::torctl
