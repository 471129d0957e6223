// Why a SOCKS handshake failed; stands in Error::code, so that callers can compare
// `error.code == socks::Errc::kRejected`. Thread: pure functions.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace perfd::wire::socks {

enum class Errc {
  kBadRequest = 1,      // the caller asked for what the protocol cannot say; nothing was sent
  kProtocolViolation,   // the peer does not speak this SOCKS version, or speaks it wrongly
  kMethodRefused,       // SOCKS 5: none of the offered methods is acceptable to the proxy
  kAuthRefused,         // SOCKS 5: the proxy refused user name and password
  kRejected,            // the proxy answered with a code other than success
  kTruncated,           // the connection ended inside the handshake
  kUnsupportedCommand,  // server side: BIND, UDP or an unknown command
  kUnsupportedAddress,  // server side: an address type that SOCKS 5 does not know
};

[[nodiscard]] boost::system::error_category const& category();
[[nodiscard]] inline boost::system::error_code make_error_code(Errc code) {
  return {static_cast<int>(code), category()};
}
[[nodiscard]] inline Error make_error(Errc code, std::string message) {
  return Error{std::move(message), make_error_code(code)};
}

}  // namespace perfd::wire::socks

template <>
struct boost::system::is_error_code_enum<perfd::wire::socks::Errc> : std::true_type {};
