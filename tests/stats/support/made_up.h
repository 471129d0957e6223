// Made-up measurements of two arms, whose difference is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

#include "stats/arm_sample.h"

namespace perfd::stats {

// Random numbers that are the same with every standard library.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : generator_(seed) {}
  double uniform();  // 0 < u < 1
  double normal();

 private:
  std::mt19937_64 generator_;
};

// Times to the first byte as an interleaved A/B experiment sees them: a slot every 5 minutes, in
// each block of two slots both arms in random order. log(time) has the course of the day, and of
// each arm an autoregression of its own, and one that both share.
struct World {
  std::size_t n = 200;    // of each arm
  double neighbours = 0;  // correlation of an arm's neighbours, its own noise
  double own = 0.5;       // standard deviations
  double common = 0;      // of the noise that both share; neighbours resemble each other by 0.99
  double day = 0.3;       // amplitude
  double added_ms = 0;    // to every time of the second arm: moves every quantile by it
  double failure_rate = 0.04;  // in bursts where neighbours resemble each other
  double slot_minutes = 5;
};

[[nodiscard]] model::Measurement made_up(WallTime at, double ttfb_us);
[[nodiscard]] model::Measurement made_up_failure(WallTime at, model::FailureCode code);
[[nodiscard]] std::pair<ArmSample, ArmSample> two_arms(World const& world, std::uint64_t seed);
// The same measurements one arm after the other, each in every slot of its own period; the second
// begins a week after the first has ended, at the same time of day. `other_n` measurements of the
// second; 0: as many.
[[nodiscard]] std::pair<ArmSample, ArmSample> two_periods(World const& world, std::uint64_t seed,
                                                          std::size_t other_n = 0);

}  // namespace perfd::stats
