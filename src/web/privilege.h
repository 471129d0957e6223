// Who is told more than results, and may make perfd do something: whoever gives the token of
// [results] token-file, or asks from this machine.
//
// "From this machine" needs more than an address of loopback, because others come from there, too:
// visitors of an onion service, exits that run beside perfd, clients of a reverse proxy. So app
// sets Request::from_here only where the results have an address of their own, which perfd's own
// onion services never lead to, and where the kernel says that the process at the other end is
// root's or that of perfd's own user. Here it is asked that nothing says that it was passed on for
// somebody else, and that no web page of another site makes a browser ask.
// Thread: constant once it is made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "web/http.h"

namespace perfd::web {

class Privilege {
 public:
  // Without a token nobody has one.
  explicit Privilege(std::optional<std::string> token = {}) : token_(std::move(token)) {}

  [[nodiscard]] bool holds(Request const& request) const;

 private:
  std::optional<std::string> token_;
};

// 401, for what is nothing without the privilege.
[[nodiscard]] Response needs_privilege();

// In a time that tells nothing of where they differ.
[[nodiscard]] bool equals_in_constant_time(std::string_view secret, std::string_view given);

}  // namespace perfd::web
