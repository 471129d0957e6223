// Bytes without any pattern that are the same on every machine: what built-in pages are made of.
// splitmix64; nothing is secret here. Internal to net. Thread: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace perfd::net {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  explicit Noise(std::string_view name);  // the same for the same name

  std::uint64_t next();
  // A number from `low` to `high`, both included.
  int between(int low, int high);
  std::string bytes(std::size_t count);
  // Of 64 letters, digits, '_' and spaces, with a line's end after every 100: fit for any text.
  std::string letters(std::size_t count);
  // Made-up words: "tolemi sadu karopen".
  std::string words(int count);

 private:
  std::uint64_t state_;
};

}  // namespace perfd::net
