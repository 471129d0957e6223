#include "report/ecdf.h"

#include <algorithm>
#include <cmath>

namespace perfd::report {
namespace {

std::vector<std::size_t> ranks_to_keep(std::size_t n, std::size_t most) {
  std::vector<std::size_t> out;
  if (n <= most) {
    for (std::size_t i = 0; i < n; ++i) out.push_back(i);
    return out;
  }
  most = std::max<std::size_t>(most, 2);
  for (std::size_t k = 0; k < most; ++k) out.push_back(k * (n - 1) / (most - 1));
  for (double const p : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99}) {
    auto const below = static_cast<std::size_t>(std::floor(static_cast<double>(n - 1) * p));
    out.push_back(below);
    out.push_back(std::min(below + 1, n - 1));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::vector<Step> ecdf(std::span<double const> sorted, std::size_t most) {
  std::vector<Step> out;
  auto const n = static_cast<double>(sorted.size());
  for (auto const rank : ranks_to_keep(sorted.size(), most)) {
    auto const value = sorted[rank];
    if (!out.empty() && out.back().value == value) continue;
    auto const above =
        std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end(), value);
    out.push_back({value, static_cast<double>(above - sorted.begin()) / n});
  }
  return out;
}

}  // namespace perfd::report
