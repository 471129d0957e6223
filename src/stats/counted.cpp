#include "stats/counted.h"

#include <algorithm>
#include <cmath>

namespace perfd::stats {
namespace {

constexpr int kFine = 20;  // bins to a power of ten
constexpr int kCoarse = 10;
constexpr int kMostBins = 80;
constexpr double kLargest = 9e17;

std::int64_t bound(int number, int to_ten) {
  return std::llround(std::pow(10.0, static_cast<double>(number) / to_ten));
}

// The last bound that is not above the value; value from 1 up.
int bin_of(double value, int to_ten) {
  auto number = static_cast<int>(std::floor(std::log10(value) * to_ten));
  while (static_cast<double>(bound(number + 1, to_ten)) <= value) ++number;
  while (static_cast<double>(bound(number, to_ten)) > value) --number;
  return number;
}

}  // namespace

std::int64_t size_of(std::span<Counted const> sample) {
  std::int64_t n = 0;
  for (auto const& each : sample) n += each.n;
  return n;
}

std::optional<double> mean(std::span<Counted const> sample) {
  double sum = 0;
  for (auto const& each : sample) sum += each.value * static_cast<double>(each.n);
  if (sample.empty()) return std::nullopt;
  return sum / static_cast<double>(size_of(sample));
}

std::vector<double> quantiles(std::span<Counted const> sample, std::span<double const> ps) {
  std::vector<double> out;
  if (sample.empty()) return out;
  auto const last = size_of(sample) - 1;
  auto at = sample.begin();
  std::int64_t passed = 0;  // values before `at`
  for (auto const p : ps) {
    auto const position = static_cast<double>(last) * std::clamp(p, 0.0, 1.0);
    auto const rank = static_cast<std::int64_t>(std::floor(position));
    for (; passed + at->n <= rank; ++at) passed += at->n;
    bool const ends = rank + 1 == passed + at->n && at + 1 != sample.end();
    auto const above = ends ? (at + 1)->value : at->value;
    out.push_back(std::lerp(at->value, above, position - std::floor(position)));
  }
  return out;
}

std::vector<Share> ecdf(std::span<Counted const> sample, std::size_t most) {
  std::vector<Share> out;
  auto const n = size_of(sample);
  auto const steps = static_cast<std::int64_t>(std::max<std::size_t>(most, 1));
  std::int64_t count = 0;
  std::int64_t next = 1;  // the step that is due
  for (std::size_t i = 0; i < sample.size(); ++i) {
    count += sample[i].n;
    // Not more than some thousand steps of some billion values.
    auto const reached = count * steps / n;
    if (reached < next) continue;
    next = reached + 1;
    out.push_back({sample[i].value, static_cast<double>(count) / static_cast<double>(n)});
  }
  return out;
}

std::vector<Bin> histogram(std::span<Counted const> sample) {
  std::vector<Bin> out;
  if (sample.empty()) return out;
  auto const low = std::clamp(sample.front().value, 1.0, kLargest);
  auto const high = std::clamp(sample.back().value, 1.0, kLargest);
  auto const to_ten = bin_of(high, kFine) - bin_of(low, kFine) < kMostBins ? kFine : kCoarse;
  if (sample.front().value < 1) out.push_back({0, 1, 0});
  for (int bin = bin_of(low, to_ten), end = bin_of(high, to_ten); bin <= end; ++bin)
    // Small bounds may be the same whole number.
    if (bound(bin, to_ten) < bound(bin + 1, to_ten))
      out.push_back({bound(bin, to_ten), bound(bin + 1, to_ten), 0});
  auto at = out.begin();
  for (auto const& each : sample) {
    while (at + 1 != out.end() && each.value >= static_cast<double>(at->to)) ++at;
    at->n += each.n;
  }
  return out;
}

}  // namespace perfd::stats
