// The syntax of heads, as Boost.Beast reads it. Inside the http folder only: this is the one
// place, beside the chunks of body_reader.cpp, that knows Beast.
// Thread: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"
#include "wire/http/message.h"

namespace perfd::wire::http {

// `text` is a whole head with its empty line, of at most kMaxHead bytes.
[[nodiscard]] Result<RequestHead> read_request_head(std::string_view text);
// `to_head`: the response answers a HEAD request and has no body.
[[nodiscard]] Result<ResponseHead> read_response_head(std::string_view text, bool to_head);

}  // namespace perfd::wire::http
