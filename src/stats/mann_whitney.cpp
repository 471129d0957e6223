#include "stats/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "stats/normal.h"

namespace perfd::stats {
namespace {

constexpr std::size_t kExactBelow = 50;

struct Ranked {
  double base_ranks = 0;  // the sum of the base's ranks, equal values with the mean of theirs
  double ties = 0;        // sum of t^3 - t over groups of t equal values
};

Ranked rank(std::vector<double> const& base, std::vector<double> const& other) {
  struct Value {
    double value;
    bool of_base;
  };
  std::vector<Value> all;
  all.reserve(base.size() + other.size());
  for (auto const v : base) all.push_back({v, true});
  for (auto const v : other) all.push_back({v, false});
  std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
  Ranked out;
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    std::size_t of_base = 0;
    for (end = first; end < all.size() && all[end].value == all[first].value; ++end)
      of_base += all[end].of_base ? 1 : 0;
    auto const t = static_cast<double>(end - first);
    double const mean_rank = (static_cast<double>(first + end) + 1) / 2;
    out.base_ranks += mean_rank * static_cast<double>(of_base);
    out.ties += t * t * t - t;
  }
  return out;
}

// P(U <= u) if all orders of m and n values are equally likely. The largest of all values belongs
// to either sample: with (m, n) values, U <= u is had either from (m - 1, n) and u - n, or from
// (m, n - 1) and u. Row by row of n, as probabilities, which neither overflow nor cancel.
double at_most(std::size_t m, std::size_t n, std::size_t u) {
  // p[i][k]: P(U = k) with i values of the first sample.
  std::vector<std::vector<double>> p(m + 1, std::vector<double>(u + 1));
  for (auto& of_i : p) of_i[0] = 1;  // with none of the second, U is 0
  for (std::size_t j = 1; j <= n; ++j)
    for (std::size_t i = 1; i <= m; ++i) {
      auto const all = static_cast<double>(i + j);
      for (std::size_t k = 0; k <= u; ++k) {
        double const from_first = k >= j ? p[i - 1][k - j] : 0;
        p[i][k] = (static_cast<double>(i) * from_first + static_cast<double>(j) * p[i][k]) / all;
      }
    }
  double sum = 0;
  for (auto const one : p[m]) sum += one;
  return sum;
}

}  // namespace

std::optional<MannWhitney> mann_whitney(std::vector<double> const& base,
                                        std::vector<double> const& other) {
  if (base.empty() || other.empty()) return std::nullopt;
  auto const m = static_cast<double>(base.size());
  auto const n = static_cast<double>(other.size());
  auto const ranked = rank(base, other);
  MannWhitney out;
  out.u = ranked.base_ranks - m * (m + 1) / 2;
  out.base_is_less = 1 - out.u / (m * n);
  if (ranked.ties == 0 && base.size() < kExactBelow && other.size() < kExactBelow) {
    out.exact = true;
    auto const smaller = static_cast<std::size_t>(std::min(out.u, m * n - out.u));
    out.p = std::min(1.0, 2 * at_most(base.size(), other.size(), smaller));
    return out;
  }
  double const all = m + n;
  double const variance = m * n / 12 * (all + 1 - ranked.ties / (all * (all - 1)));
  if (variance <= 0) return out;  // all values are equal
  double const distance = std::max(0.0, std::abs(out.u - m * n / 2) - 0.5);
  out.p = std::min(1.0, 2 * normal_cdf(-distance / std::sqrt(variance)));
  return out;
}

}  // namespace perfd::stats
