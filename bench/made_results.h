// Results that are made up, as a perfd makes them in some years: a measurement every 12.5 s of 24
// series in turn (four experiments, three sizes, two targets), each series every 5 min.
// Thread: a value.
#pragma once

#include <cstdint>

#include "model/measurement.h"

namespace perfd::bench {

inline constexpr Micros kBetween{12'500'000};

class MadeResults {
 public:
  // Of the n-th measurement, that began at `at`; the same ones in every run.
  [[nodiscard]] model::Measurement make(std::uint64_t number, WallTime at);

 private:
  double uniform();  // 0 to 1
  double log_normal(double median, double sigma);
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

}  // namespace perfd::bench
