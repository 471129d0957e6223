// What all answers of the web room have in common.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "web/http.h"

namespace perfd::web {

// Plain text that is not to be kept by anybody: refusals, and what went wrong. Scripts of other
// sites may read it, as they may the results: else they could not tell why there are none.
[[nodiscard]] Response text_response(int status, std::string body);

// What a stranger may know of trouble with the store: errors are for whoever runs perfd, and tell
// its paths.
[[nodiscard]] std::string public_words(Error const& error);

// FNV-1a: two texts that one address gives over the years differ in it.
[[nodiscard]] std::string etag_of(std::string_view text);

// Whether the client has it already. If-None-Match goes before If-Modified-Since (RFC
// 9110, 13.1.3).
[[nodiscard]] bool is_fresh(Request const& request, std::string_view etag, WallTime modified_at);

}  // namespace perfd::web
