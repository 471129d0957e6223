// Randomness from the kernel.
// Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/id.h"

namespace perfd::runtime {

void fill_random(std::span<std::byte> out);  // throws where the kernel gives none
[[nodiscard]] std::uint64_t random_u64();
[[nodiscard]] std::string new_id();  // base/id.h, from the wall clock and the kernel

}  // namespace perfd::runtime
