// The events of WebDriver BiDi that page loads need, from JSON.
//
// Nothing in them is trusted: text is cut, numbers that are none or out of range are missing, and
// an event without the members that make it one is no event.
// Internal to the room. Thread: pure functions.
// Source: WebDriver BiDi, 7.3 browsingContext and 7.5 network.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/units.h"

namespace perfd::browser {

// Longer addresses are cut; those of data: URLs are dropped anyway.
inline constexpr std::size_t kUrlLimit = 8192;
inline constexpr std::size_t kWordLimit = 200;  // ids, types, names of errors

// Firefox gives Unix milliseconds with a fraction; 0 is "did not happen".
struct RequestTimes {
  std::optional<WallTime> requested, connect_start, connect_end, tls_start, tls_end, request_start,
      response_start, response_end;
};

struct Response {
  std::string protocol;
  std::string mime_type;
  int status = 0;
  bool from_cache = false;
  std::int64_t bytes_received = 0;
  std::int64_t header_bytes = 0;
  std::int64_t body_bytes = 0;  // as it came, compressed or not
};

struct NetworkEvent {
  enum class Kind : std::uint8_t { sent, started, completed, failed };
  Kind kind = Kind::sent;
  std::string context;     // empty: of no page, but of the browser itself
  std::string navigation;  // empty: not of a document
  std::string request;
  int redirects = 0;
  std::string url;
  std::string method;
  std::string destination;
  std::string initiator;
  // Of the request: by its Content-Length where the browser shows that, else by what it counted,
  // which for bytes that are no text is a third more (the length of their base64).
  std::int64_t body_bytes = 0;
  bool body_is_exact = false;
  RequestTimes times;
  std::optional<Response> response;
  std::string error;  // of a failed one
};

struct NavigationEvent {
  enum class Kind : std::uint8_t { started, committed, failed, dom_content_loaded, load };
  Kind kind = Kind::started;
  std::string context;
  std::string navigation;
  std::string url;
  std::optional<WallTime> at;  // when the browser wrote the event, to the ms
};

struct ContextEvent {
  bool created = true;  // else it is gone
  std::string context;
  std::string parent;  // of a frame
};

using BidiEvent = std::variant<NetworkEvent, NavigationEvent, ContextEvent>;

// nullopt: an event that is not needed, or not what its name says.
[[nodiscard]] std::optional<BidiEvent> parse_event(std::string_view method,
                                                   boost::json::object const& params);

}  // namespace perfd::browser
