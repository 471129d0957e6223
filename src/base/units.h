// Units as types. Times of results are integer microseconds, never doubles:
// a double of seconds since 1970 has room for no more than about 0.2 µs today,
// and text made from it differs from library to library.
// Thread: values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace perfd {

using Micros = std::chrono::duration<std::int64_t, std::micro>;
using Nanos = std::chrono::duration<std::int64_t, std::nano>;

// A moment in UTC, µs since the Unix epoch. Kept in results; may step with the clock.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Micros>;

// A moment of the monotonic clock (CLOCK_MONOTONIC), ns. Durations and deadlines come from it.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, Nanos>;

[[nodiscard]] constexpr std::int64_t to_us(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] constexpr WallTime wall_from_us(std::int64_t us) { return WallTime{Micros{us}}; }
[[nodiscard]] constexpr Micros floor_us(Nanos span) { return std::chrono::floor<Micros>(span); }

// A number of bytes: a size, an offset or an amount.
struct Bytes {
  std::int64_t count = 0;
  friend constexpr auto operator<=>(Bytes, Bytes) = default;
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
  friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }
};

[[nodiscard]] constexpr Bytes KiB(std::int64_t n) { return {n * 1024}; }
[[nodiscard]] constexpr Bytes MiB(std::int64_t n) { return {n * 1024 * 1024}; }

}  // namespace perfd
