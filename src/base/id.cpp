#include "base/id.h"

#include <algorithm>

namespace perfd {
namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string make_id(WallTime time, IdEntropy const& random) {
  std::string id(26, '0');
  auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_us(time) / 1000));
  for (std::size_t i = 10; i-- > 0; ms >>= 5U) id[i] = kAlphabet[ms & 31U];
  // 80 bits are two groups of 40, each of which fills eight characters evenly.
  for (std::size_t group = 0; group < 2; ++group) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 5; ++i)
      bits = bits << 8U | std::to_integer<std::uint64_t>(random[group * 5 + i]);
    for (std::size_t i = 8; i-- > 0; bits >>= 5U) id[10 + group * 8 + i] = kAlphabet[bits & 31U];
  }
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == 26 && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace perfd
