// Result<T>: the value of an operation that may fail in an expected way, or an Error.
//
// Exceptions are kept for bugs, failed start-up and cancellation; everything that
// a network, a file or a person can cause is an Error.
// Thread: values, safe to hand over.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace perfd {

struct Error {
  // For a person: the place, what is wrong, and the remedy where one is known.
  std::string message;
  // For the program: the cause, from the system's category or a room's own.
  // Empty where only the text matters.
  boost::system::error_code code{};
};

template <class T = void>
using Result = boost::system::result<T, Error>;

// A value for which "value or error?" is ambiguous: text, of which an Error could be
// made as well. `return success(text);` in a function that returns Result<std::string>.
template <class T>
[[nodiscard]] Result<std::decay_t<T>> success(T&& value) {
  return Result<std::decay_t<T>>(boost::system::in_place_value, std::forward<T>(value));
}

// An Error made from a cause alone; `operation` says what was being done.
[[nodiscard]] inline Error error_from(boost::system::error_code code, std::string operation) {
  return Error{std::move(operation) + ": " + code.message(), code};
}

// Asking a failed Result for its value is a bug, and thus an exception
// (found by argument-dependent lookup from boost::system::result).
[[noreturn]] void throw_exception_from_error(Error const& error,
                                             boost::source_location const& where);

}  // namespace perfd
