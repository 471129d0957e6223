// What is wrong with a request, or why it can't be answered: told as
// {"error":{"field":"since","reason":"…"}}, without the field where none is at fault.
// Thread: values.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

#include "base/result.h"
#include "web/http.h"
#include "web/respond.h"

namespace perfd::web::api {

struct Refusal {
  int status = 400;
  std::string field{};  // a parameter; empty: none
  std::string reason;
  std::string detail{};  // for perfd's log alone
};

template <class T>
using Checked = boost::system::result<T, Refusal>;

// Asking a refused request for its value is a bug.
[[noreturn]] inline void throw_exception_from_error(Refusal const& refusal,
                                                    boost::source_location const& /*where*/) {
  throw std::logic_error("refused: " + refusal.reason);
}

[[nodiscard]] inline Refusal bad(std::string field, std::string reason) {
  return {400, std::move(field), std::move(reason)};
}
// The store could not be read: the answer tells no path (respond.h).
[[nodiscard]] inline Refusal unavailable(Error const& error) {
  return {503, {}, public_words(error), error.message};
}

[[nodiscard]] Response to_response(Refusal const& refusal);

}  // namespace perfd::web::api
