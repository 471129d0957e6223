#include "report/sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace perfd::report {
namespace {

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr unsigned kPasses = (64 + kDigitBits - 1) / kDigitBits;
// With fewer, counting costs more than it saves.
constexpr std::size_t kFewestForDigits = 8192;

// Bits that as an integer are in the order of the doubles: those of negative ones count down.
std::uint64_t ordered_bits(double value) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
  auto const bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

std::size_t digit_of(double value, unsigned pass) {
  return ordered_bits(value) >> (pass * kDigitBits) & (kDigits - 1);
}

}  // namespace

void sort_ascending(std::vector<double>& values) {
  if (values.size() < kFewestForDigits) {
    std::sort(values.begin(), values.end());
    return;
  }
  std::vector<std::array<std::size_t, kDigits>> counts(kPasses);
  for (auto const value : values)
    for (unsigned pass = 0; pass < kPasses; ++pass) ++counts[pass][digit_of(value, pass)];
  std::vector<double> other(values.size());
  for (unsigned pass = 0; pass < kPasses; ++pass) {
    auto& places = counts[pass];
    // All have the same digit here: whole numbers have nothing but zeros in the last ones.
    if (places[digit_of(values.front(), pass)] == values.size()) continue;
    std::size_t next = 0;
    for (auto& place : places) {
      auto const count = place;
      place = next;
      next += count;
    }
    for (auto const value : values) other[places[digit_of(value, pass)]++] = value;
    values.swap(other);
  }
}

}  // namespace perfd::report
