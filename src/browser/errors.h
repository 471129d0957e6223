// Why a browser or a page load failed; stands in Error::code. A closed list, so that whoever counts
// failures compares with it: `error.code == browser::Errc::kDied`. The message has the raw cause.
// Thread: pure functions.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace perfd::browser {

enum class Errc {
  kNotStarted = 1,  // no browser came up within its time, or it ended at once
  kDied,            // its process ended, or its connection was lost, in the middle
  kHung,            // the page or the browser does not answer any more
  kCrashed,         // the page's own process ended; the browser lives
  kProtocol,        // it says what is not WebDriver BiDi, or refuses a command
  kNavigation,      // no page came; the message has Firefox's word, such as NS_ERROR_NET_RESET
  kDeadline,        // the page was still loading, or not yet quiet, when its time was over
};

[[nodiscard]] boost::system::error_category const& category();
[[nodiscard]] inline boost::system::error_code make_error_code(Errc code) {
  return {static_cast<int>(code), category()};
}
[[nodiscard]] inline Error make_error(Errc code, std::string message) {
  return Error{std::move(message), make_error_code(code)};
}

}  // namespace perfd::browser

template <>
struct boost::system::is_error_code_enum<perfd::browser::Errc> : std::true_type {};
