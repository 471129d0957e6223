// Domain names as bytes and as text. Inside the dns folder only. Source: RFC 1035 3.1 and 4.1.4.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/bytes.h"

namespace perfd::wire::dns {

inline constexpr std::size_t kMaxLabel = 63;
inline constexpr std::size_t kMaxWireName = 255;  // length bytes and the root's included

// Reads the name at `at` of `message` and moves `at` behind it. Pointers must lead backwards, each
// further than the one before, so that no chain of them can go round.
[[nodiscard]] std::optional<std::string> read_name(ByteView message, std::size_t& at);

// Appends the name without compression; false, and nothing appended, where it is none.
[[nodiscard]] bool append_name(std::vector<std::byte>& out, std::string_view text);

}  // namespace perfd::wire::dns
