#include "schedule/arms.h"

#include <algorithm>

namespace perfd::schedule {

std::vector<std::string> tors_of(config::Experiment const& experiment) {
  if (experiment.arms.empty()) return {experiment.tor};
  std::vector<std::string> out;
  for (auto const& arm : experiment.arms) {
    auto const& tor = arm.tor.value_or(experiment.tor);
    if (std::find(out.begin(), out.end(), tor) == out.end()) out.push_back(tor);
  }
  return out;
}

}  // namespace perfd::schedule
