// Counts of values by size, each size to within one percent: what a distribution was, in a few
// bytes, so that many of them can be added up, and taken away again, without loss.
//
// Values are whole numbers from 0. Below 128 each has a key of its own; from there on every
// doubling is cut into 64 equal parts, so that the middle of a part is at most 1/128 away from any
// value in it. Keys are made with integers alone: the same on every machine.
//
// A row of roll-ups has several slots (hours of a day), and of each slot its keys with their
// counts. The bytes are LEB128 numbers: of each slot its distance from the one after the last, and
// how many keys it has; of each key its distance from the one after the last, doubled, plus one if
// a count follows, which else is 1.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace perfd::store {

inline constexpr double kSketchError = 0.01;  // of a value, at most
inline constexpr std::uint32_t kSketchKeys = 4096;
inline constexpr std::uint32_t kSketchSlots = 32;

[[nodiscard]] std::uint32_t sketch_key(double value);  // of anything below 0: that of 0
[[nodiscard]] double sketch_value(std::uint32_t key);  // the middle of what has this key

struct SlotCount {
  std::uint32_t slot = 0;
  std::uint32_t key = 0;
  std::int64_t n = 0;

  friend bool operator==(SlotCount const&, SlotCount const&) = default;
};

// In the order of slots and keys, each at most once and with a count from 1 up.
[[nodiscard]] std::string write_counts(std::span<SlotCount const> counts);

// Gives slot(number) and then key(key, n) for each key of it, in order. False where the bytes are
// broken, after what was before that. An answer over years reads ten million keys: hence no object
// and no virtual call in the way.
template <class Slot, class Key>
[[nodiscard]] bool read_counts(std::string_view bytes, Slot on_slot, Key on_key) {
  auto const* at = reinterpret_cast<unsigned char const*>(bytes.data());
  auto const* const end = at + bytes.size();
  bool good = true;
  auto const number = [&]() -> std::uint64_t {
    if (at != end && *at < 0x80) return *at++;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 49 && at != end; shift += 7) {
      auto const byte = *at++;
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    good = false;
    return 0;
  };
  std::uint64_t slot = 0;  // the next one may be this
  while (at != end) {
    slot += number();
    auto const keys = number();
    if (!good || slot >= kSketchSlots) return false;
    on_slot(static_cast<std::uint32_t>(slot++));
    std::uint64_t key = 0;
    for (std::uint64_t i = 0; i < keys; ++i) {
      auto const coded = number();
      auto const n = (coded & 1U) == 0 ? 1 : number();
      key += coded >> 1U;
      if (!good || key >= kSketchKeys) return false;
      on_key(static_cast<std::uint32_t>(key++), static_cast<std::int64_t>(n));
    }
  }
  return true;
}

// The bytes with the changes added, which may take away (n below 0) what is there; in the order of
// slots and keys, each at most once. Nothing where the bytes are broken; empty where no counts are
// left.
[[nodiscard]] std::optional<std::string> change_counts(std::string_view bytes,
                                                       std::span<SlotCount const> changes);

}  // namespace perfd::store
