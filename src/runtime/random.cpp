#include "runtime/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

#include "runtime/clock.h"

namespace perfd::runtime {

void fill_random(std::span<std::byte> out) {
  while (!out.empty()) {
    auto const n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno != EINTR)
      throw std::system_error(errno, std::system_category(), "getrandom");
    if (n > 0) out = out.subspan(static_cast<std::size_t>(n));
  }
}

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  fill_random(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

std::string new_id() {
  IdEntropy entropy{};
  fill_random(entropy);
  return make_id(wall_now(), entropy);
}

}  // namespace perfd::runtime
