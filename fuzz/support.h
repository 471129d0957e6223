// What the fuzz targets share: a failed property ends the program, which libFuzzer
// reports with the input that did it; and the input cut into pieces, by bytes of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

// Unlike assert it stands in every build.
#define FUZZ_REQUIRE(condition)                                                    \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

namespace perfd::fuzz {

using Bytes = std::span<const std::byte>;

// Takes decisions off the front of the input: versions, options, how to cut.
class Choices {
 public:
  Choices(std::uint8_t const* data, std::size_t size)
      : rest_(std::as_bytes(std::span(data, size))) {}

  // 0 where the input is used up.
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    auto const value = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

// Lengths of pieces, a new one each time, that follow from `seed` alone.
class Cuts {
 public:
  explicit Cuts(std::uint8_t seed) : state_(seed * 2654435761U + 1) {}
  // 1 to 16, so that most messages come in several pieces.
  std::size_t next() {
    state_ = state_ * 1664525U + 1013904223U;
    return 1 + (state_ >> 28);
  }

 private:
  std::uint32_t state_;
};

}  // namespace perfd::fuzz
