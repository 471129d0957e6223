#include "model/arm_order.h"

#include <numeric>
#include <utility>
#include <vector>

namespace perfd::model {
namespace {

// splitmix64's steps: fixed for good, or records of old could not be told again.
class Draws {
 public:
  explicit Draws(std::uint64_t state) : state_(state) {}
  // One of 0 to `bound` - 1. The bias of the remainder is below 2^-59 for 16 arms.
  std::size_t below(std::size_t bound) {
    state_ += 0x9E3779B97F4A7C15U;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::size_t arm_of_turn(std::uint64_t seed, std::int64_t turn, std::size_t arms) {
  auto const count = static_cast<std::int64_t>(arms);
  auto const block = static_cast<std::uint64_t>(turn / count);
  std::vector<std::size_t> order(arms);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Neighbouring blocks must not draw from overlapping runs of one sequence.
  Draws draws(seed ^ (block * 0xD1342543DE82EF95U));
  for (auto left = arms; left > 1; --left) std::swap(order[left - 1], order[draws.below(left)]);
  return order[static_cast<std::size_t>(turn % count)];
}

}  // namespace perfd::model
