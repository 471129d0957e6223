// The measurement that docs/formats.md shows in every format.
#pragma once

#include <string>

#include "model/measurement.h"

namespace perfd::testing {

[[nodiscard]] model::Measurement documented_example();
[[nodiscard]] std::string documented_example_id();

}  // namespace perfd::testing
