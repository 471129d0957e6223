// Which arm of an A/B experiment a turn was of: what seed and turn in a record mean.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace perfd::model {

// Which of `arms` arms has turn number `turn`. Turns come in blocks of `arms`; in each block every
// arm has one turn, in an order that is drawn from seed and block. So the arms are balanced at any
// time, nobody can foresee the next one, and seed and turn tell it again.
// REQUIRES: arms > 0, turn >= 0.
[[nodiscard]] std::size_t arm_of_turn(std::uint64_t seed, std::int64_t turn, std::size_t arms);

}  // namespace perfd::model
