#include "store/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <vector>

namespace perfd::store {
namespace {

constexpr unsigned kBits = 6;
constexpr std::uint64_t kParts = std::uint64_t{1} << kBits;  // of a doubling
constexpr double kLargest = 9e18;

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

bool before(SlotCount const& a, SlotCount const& b) {
  return std::tie(a.slot, a.key) < std::tie(b.slot, b.key);
}

}  // namespace

std::uint32_t sketch_key(double value) {
  if (!(value > 0)) return 0;
  auto const whole = static_cast<std::uint64_t>(std::llround(std::min(value, kLargest)));
  if (whole < 2 * kParts) return static_cast<std::uint32_t>(whole);
  auto const shift = static_cast<unsigned>(std::bit_width(whole)) - kBits - 1;
  return static_cast<std::uint32_t>((std::uint64_t{shift} << kBits) + (whole >> shift));
}

double sketch_value(std::uint32_t key) {
  if (key < 2 * kParts) return key;
  auto const shift = (key >> kBits) - 1;
  auto const part = key - (std::uint64_t{shift} << kBits);
  auto const width = std::ldexp(1.0, static_cast<int>(shift));
  return static_cast<double>(part) * width + (width - 1) / 2;
}

std::string write_counts(std::span<SlotCount const> counts) {
  std::string out;
  std::uint32_t slot = 0;
  for (auto at = counts.begin(); at != counts.end();) {
    auto const end =
        std::find_if(at, counts.end(), [&](auto const& c) { return c.slot != at->slot; });
    put(out, at->slot - slot);
    slot = at->slot + 1;
    put(out, static_cast<std::uint64_t>(end - at));
    std::uint32_t key = 0;
    for (; at != end; ++at) {
      put(out, std::uint64_t{at->key - key} << 1U | (at->n == 1 ? 0U : 1U));
      if (at->n != 1) put(out, static_cast<std::uint64_t>(at->n));
      key = at->key + 1;
    }
  }
  return out;
}

std::optional<std::string> change_counts(std::string_view bytes,
                                         std::span<SlotCount const> changes) {
  std::vector<SlotCount> sum;
  auto change = changes.begin();
  SlotCount count;
  bool const good = read_counts(
      bytes, [&](std::uint32_t slot) { count.slot = slot; },
      [&](std::uint32_t key, std::int64_t n) {
        count.key = key;
        count.n = n;
        while (change != changes.end() && before(*change, count)) sum.push_back(*change++);
        if (change != changes.end() && !before(count, *change)) count.n += (change++)->n;
        sum.push_back(count);
      });
  if (!good) return std::nullopt;
  sum.insert(sum.end(), change, changes.end());
  std::erase_if(sum, [](auto const& one) { return one.n <= 0; });
  return write_counts(sum);
}

}  // namespace perfd::store
