// Bytes as the codecs take and give them, and their view as text.
// Ownership: views only; whoever owns the bytes keeps them alive. Thread: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace perfd::wire {

using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace perfd::wire
