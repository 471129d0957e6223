// Identifiers of measurements: 26 characters that sort by time and never repeat.
//
// A ULID (48 bits of ms since the epoch, 80 random bits, Crockford's base 32). It
// stands in results for good, is the SOCKS username that isolates the
// measurement's circuit and joins it to tor's stream, and goes to the measurement
// server with the request. It never begins with "<torS0X>", which tor reserves.
// Thread: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/units.h"

namespace perfd {

using IdEntropy = std::array<std::byte, 10>;

[[nodiscard]] std::string make_id(WallTime time, IdEntropy const& random);
// 26 characters of the alphabet, in upper case: what may be trusted as an id that came over the
// network.
[[nodiscard]] bool is_id(std::string_view text);

}  // namespace perfd
