// A place in a list that goes on, as a text that a client gives back as it is: "TIME-NUMBER", both
// in decimal.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/units.h"
#include "web/api/address.h"
#include "web/api/refusal.h"

namespace perfd::web::api {

using CursorPlace = std::pair<WallTime, std::int64_t>;

[[nodiscard]] inline std::string cursor_text(WallTime at, std::int64_t number) {
  return std::to_string(to_us(at)) + "-" + std::to_string(number);
}

// Of the parameter `cursor`; nothing where it is not given.
[[nodiscard]] inline Checked<std::optional<CursorPlace>> parse_cursor(std::string_view text) {
  if (text.empty()) return std::optional<CursorPlace>();
  auto const middle = text.find('-');
  if (middle != text.npos) {
    auto const at = parse_int<std::int64_t>(text.substr(0, middle));
    auto const number = parse_int<std::int64_t>(text.substr(middle + 1));
    if (at && number) return std::optional(CursorPlace{wall_from_us(*at), *number});
  }
  return bad("cursor", "is none: take `next` of the page before");
}

[[nodiscard]] inline Parameter cursor_parameter() {
  return {"cursor", Parameter::Type::text, "`next` of the page before, to get the next one"};
}

}  // namespace perfd::web::api
