// What the readers of others' results share: ids, endpoints, targets, times of logs.
// Thread: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::formats {

// An id for a record that has none: made from its start and the whole of its text, so that the
// same text always gives the same id.
[[nodiscard]] std::string imported_id(WallTime start, std::string_view text);

// "host:address:port"; an IPv6 address may be in brackets. The address 0.0.0.0 is none.
[[nodiscard]] model::Endpoint endpoint_from(std::string_view text);

// What was measured, as far as the ends tell: a service of the one who measured ("onion",
// "direct"), or somebody else's server as a URL. An unknown far end is taken for one's own.
[[nodiscard]] std::string imported_target(model::Endpoint const& remote,
                                          std::string_view local_name,
                                          std::string_view remote_name);

// "host:address:port" of an endpoint, which endpoint_from reads again: an IPv6 address in brackets,
// 0.0.0.0 where none is known, and nothing that lists of words can't hold.
[[nodiscard]] std::string endpoint_text(model::Endpoint const& endpoint);

// Printable ASCII without blank and '=': what may stand in a value of the formats of lines.
[[nodiscard]] std::string one_word(std::string_view text);

// "1548934213.639490", as logs write it: seconds since the epoch with one to six decimals.
[[nodiscard]] std::optional<WallTime> log_time(std::string_view text);

}  // namespace perfd::formats
