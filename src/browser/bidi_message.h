// A message of WebDriver BiDi, from the text of one WebSocket message. Nothing in it is trusted.
// Internal to the room. Thread: pure functions.
// Source: WebDriver BiDi, 3.2 Definition.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace perfd::browser {

// An event, before it is known which.
struct BidiNotice {
  std::string method;
  boost::json::object params;
};

struct BidiAnswer {
  std::uint64_t id = 0;                       // of the command
  std::optional<boost::json::object> result;  // nothing: the command was refused
  std::string refusal;                        // "error: message", printable and cut
};

// monostate: nested deeper than anything that is used here; it is of no interest.
using BidiMessage = std::variant<std::monostate, BidiNotice, BidiAnswer>;

// Errors: kProtocol, of what is no BiDi.
[[nodiscard]] Result<BidiMessage> parse_message(std::string_view text);

}  // namespace perfd::browser
