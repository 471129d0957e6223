// Which numbers a measurement has, told to the store by who knows: it keeps roll-ups of them
// (rollups.h) without knowing what they mean.
// Thread: `of` is called on the threads of the store and of its readers; it must be pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/measurement.h"

namespace perfd::store {

inline constexpr std::uint8_t kMaxQuantities = 120;

struct Number {
  std::uint8_t quantity = 0;  // below kMaxQuantities
  double value = 0;           // from 0 up; kept to a whole number
};

struct Numbers {
  // Another text whenever `of` gives other numbers for the same measurement: roll-ups are then made
  // anew.
  std::string identity;
  // Appends the numbers of a measurement, of which no more than its figures may be needed
  // (figures.h). Empty: no roll-ups are kept.
  std::function<void(model::Measurement const&, std::vector<Number>&)> of;
};

}  // namespace perfd::store
