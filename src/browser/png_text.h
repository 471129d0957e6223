// Pictures come as base64 (RFC 4648, 4) in JSON.
// Internal to the room. Thread: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perfd::browser {

// nullopt: not base64, or not a PNG.
[[nodiscard]] std::optional<std::string> png_from_base64(std::string_view text);

}  // namespace perfd::browser
