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
  std::sort(values.begin(), values.end());
  return spread_of_sorted(values);
}

std::optional<Spread> spread_of_sorted(std::span<double const> sorted) {
  if (sorted.empty()) return std::nullopt;
  return Spread{sorted.size(), *quantile(sorted, 0.1), *quantile(sorted, 0.5),
                *quantile(sorted, 0.9)};
}

}  // namespace perfd::stats
