// Why an HTTP message could not be used; stands in Error::code, so that callers can compare
// `error.code == http::Errc::kTruncated`. Thread: pure functions.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace perfd::wire::http {

enum class Errc {
  kMalformed = 1,       // not HTTP/1.x, or HTTP/1.x with broken syntax
  kTooLarge,            // head, field count, chunk header or body beyond the bound
  kTruncated,           // the connection ended inside the message
  kUnsupportedVersion,  // HTTP, but neither 1.0 nor 1.1
  kBadTarget,           // a request target that is not in origin form
  kTooManyInterim,      // more 1xx responses than anyone needs
};

[[nodiscard]] boost::system::error_category const& category();
[[nodiscard]] inline boost::system::error_code make_error_code(Errc code) {
  return {static_cast<int>(code), category()};
}
[[nodiscard]] inline Error make_error(Errc code, std::string message) {
  return Error{std::move(message), make_error_code(code)};
}

// The status with which a server answers such a request: 400, 431, 413 or 505.
// `in_body` says that the head was read before.
[[nodiscard]] int status_for(Error const& error, bool in_body = false);

}  // namespace perfd::wire::http

template <>
struct boost::system::is_error_code_enum<perfd::wire::http::Errc> : std::true_type {};
