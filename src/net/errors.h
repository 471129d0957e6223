// Why a transfer failed; stands in Error::code. What the system, the SOCKS codec and the
// HTTP codec report is told apart here once, so that whoever counts failures compares
// with one list: `error.code == net::Errc::kReset`. The message keeps the raw cause.
// A passed deadline is no error of this list: runtime::is_timeout().
// Thread: pure functions.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

namespace perfd::net {

enum class Errc {
  kBadSpec = 1,    // the caller asked for what cannot be done; nothing was sent
  kProxyRefused,   // no connection to the SOCKS port
  kRefused,        // no connection to the server (without a proxy)
  kUnreachable,    // no route to the peer
  kReset,          // the peer reset the connection
  kClosed,         // an orderly end before the SOCKS reply or the response's head was complete
  kIo,             // any other error of the system
  kSocksProtocol,  // the proxy does not speak this SOCKS, or speaks it wrongly
  kSocksAuth,      // no acceptable method, or user name and password were refused
  kSocksRejected,  // a reply code other than success; TransferTrace::socks_reply has it
  kHttpMalformed,  // not HTTP, or a head beyond the bounds
  kHttpStatus,     // a status other than 200; TransferTrace::http_status has it
  kWrongLength,    // the announced length is not the one that was asked for
  kTruncated,      // the connection ended before the announced length
  kCorrupted,      // payload differs from what the server sent
  kTooLarge,       // more payload than the caller's bound, where no length was asked for
};

[[nodiscard]] boost::system::error_category const& category();
[[nodiscard]] inline boost::system::error_code make_error_code(Errc code) {
  return {static_cast<int>(code), category()};
}
[[nodiscard]] inline Error make_error(Errc code, std::string message) {
  return Error{std::move(message), make_error_code(code)};
}

// Translates an error of the system, of wire::socks or of wire::http; one of net's own
// and a passed deadline come back as they are. The message is kept.
[[nodiscard]] Error as_net_error(Error error);

}  // namespace perfd::net

template <>
struct boost::system::is_error_code_enum<perfd::net::Errc> : std::true_type {};
