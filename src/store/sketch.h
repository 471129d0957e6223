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

class CountsReader {
 public:
  explicit CountsReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  // False at the end, or where the bytes are broken: good() tells which.
  bool next(SlotCount& count) {
    while (left_ == 0) {
      if (at_ == end_) return false;
      auto const gap = number();
      left_ = number();
      if (!good_ || gap >= kSketchSlots - slot_) return fail();
      current_ = slot_ + static_cast<std::uint32_t>(gap);
      slot_ = current_ + 1;
      key_ = 0;
    }
    auto const coded = number();
    auto const n = (coded & 1U) != 0 ? number() : 1;
    auto const gap = coded >> 1U;
    if (!good_ || key_ > kSketchKeys || gap >= kSketchKeys - key_ || n > kMost) return fail();
    count.slot = current_;
    count.key = key_ + static_cast<std::uint32_t>(gap);
    count.n = static_cast<std::int64_t>(n);
    key_ = count.key + 1;
    --left_;
    return true;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 48U;

  bool fail() {
    good_ = false;
    return false;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 56 && at_ != end_; shift += 7) {
      auto const byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }

  char const* at_;
  char const* end_;
  std::uint64_t left_ = 0;
  std::uint32_t current_ = 0;
  std::uint32_t slot_ = 0;  // the next one may be this
  std::uint32_t key_ = 0;
  bool good_ = true;
};

// The bytes with the changes added, which may take away (n below 0) what is there; in the order of
// slots and keys, each at most once. Nothing where the bytes are broken; empty where no counts are
// left.
[[nodiscard]] std::optional<std::string> change_counts(std::string_view bytes,
                                                       std::span<SlotCount const> changes);

}  // namespace perfd::store
