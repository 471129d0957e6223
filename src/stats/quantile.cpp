#include "stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace perfd::stats {

std::optional<double> quantile(std::span<double const> sorted, double p) {
  if (sorted.empty()) return std::nullopt;
  double const position = static_cast<double>(sorted.size() - 1) * std::clamp(p, 0.0, 1.0);
  auto const below = static_cast<std::size_t>(std::floor(position));
  auto const above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - std::floor(position));
}

std::optional<Spread> spread(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Spread{values.size(), *quantile(values, 0.1), *quantile(values, 0.5),
                *quantile(values, 0.9)};
}

}  // namespace perfd::stats
