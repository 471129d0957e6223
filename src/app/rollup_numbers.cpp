#include "app/rollup_numbers.h"

#include <cmath>

#include "report/quantity.h"

namespace perfd::app {
namespace {

// One more whenever report::values_of gives other values for a measurement: stores then make their
// roll-ups anew.
constexpr char const* kValues = "1";

void numbers_of(model::Measurement const& measurement, std::vector<store::Number>& out) {
  auto const values = report::values_of(measurement);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) out.push_back({static_cast<std::uint8_t>(i), values[i]});
}

}  // namespace

static_assert(report::kQuantities <= store::kMaxQuantities);

store::Numbers rollup_numbers() {
  store::Numbers numbers{kValues, numbers_of};
  for (std::size_t i = 0; i < report::kQuantities; ++i)
    numbers.identity += " " + std::string(report::name(report::quantity(i)));
  return numbers;
}

}  // namespace perfd::app
