#include "stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "stats/normal.h"
#include "stats/quantile.h"

namespace perfd::stats {
namespace {

std::vector<std::int64_t> distinct(std::vector<std::int64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

// The number of each block among these, ascending.
void renumber(std::vector<std::int64_t>& blocks, std::vector<std::int64_t> const& all) {
  for (auto& block : blocks) block = std::lower_bound(all.begin(), all.end(), block) - all.begin();
}

// Both arms with their blocks numbered 0, 1, 2, … without gaps: a block without a value in
// either (perfd was off) is none. Drawn apart, the other's numbers follow those of the base.
struct Pair {
  Blocked base;
  Blocked other;
  std::size_t blocks = 0;
  std::size_t fewest = 0;           // blocks with values of the arm that has fewer of them
  std::vector<std::size_t> strata;  // that are drawn by themselves: how many blocks each has

  Pair(Blocked b, Blocked o, Drawn drawn) : base(std::move(b)), other(std::move(o)) {
    auto of_base = distinct(base.blocks);
    auto const of_other = distinct(other.blocks);
    fewest = std::min(of_base.size(), of_other.size());
    if (drawn == Drawn::apart) {
      renumber(base.blocks, of_base);
      renumber(other.blocks, of_other);
      for (auto& block : other.blocks) block += static_cast<std::int64_t>(of_base.size());
      strata = {of_base.size(), of_other.size()};
      blocks = of_base.size() + of_other.size();
      return;
    }
    of_base.insert(of_base.end(), of_other.begin(), of_other.end());
    auto const all = distinct(std::move(of_base));
    renumber(base.blocks, all);
    renumber(other.blocks, all);
    strata = {all.size()};
    blocks = all.size();
  }
};

// How often each block was drawn. The generator is the standard's, the draw from it is made here:
// std::uniform_int_distribution differs from library to library.
class Draws {
 public:
  Draws(Pair const& pair, std::uint64_t seed)
      : generator_(seed), strata_(pair.strata), times_(pair.blocks) {}

  std::span<std::uint32_t const> next() {
    std::fill(times_.begin(), times_.end(), 0U);
    std::size_t first = 0;
    for (auto const size : strata_) {
      for (std::size_t i = 0; i < size; ++i)
        ++times_[first + (((generator_() >> 32U) * size) >> 32U)];
      first += size;
    }
    return times_;
  }

 private:
  std::mt19937_64 generator_;
  std::vector<std::size_t> strata_;
  std::vector<std::uint32_t> times_;
};

// Quantiles of an arm whose blocks count as often as they were drawn.
class DrawnQuantile {
 public:
  DrawnQuantile(Blocked const& arm, std::size_t blocks) : sizes_(blocks) {
    std::vector<std::size_t> order(arm.values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return arm.values[a] < arm.values[b]; });
    for (auto const i : order) {
      values_.push_back(arm.values[i]);
      blocks_.push_back(static_cast<std::uint32_t>(arm.blocks[i]));
      ++sizes_[blocks_.back()];
    }
  }

  // Where to begin to look for the quantile p: a little below it, with what lies below of each
  // block. A draw whose quantile is further down is looked through from the beginning.
  void expect(double p) {
    Start start{
        p, static_cast<std::size_t>(std::max(0.0, p - 0.05) * static_cast<double>(values_.size())),
        std::vector<std::uint32_t>(sizes_.size())};
    for (std::size_t i = 0; i < start.first; ++i) ++start.below[blocks_[i]];
    starts_.push_back(std::move(start));
  }

  // Of the `index`th p that was expected; nothing where no block with a value was drawn.
  [[nodiscard]] std::optional<double> of(std::span<std::uint32_t const> times,
                                         std::size_t index) const {
    auto const& start = starts_[index];
    auto const n = weigh(sizes_, times);
    if (n == 0) return std::nullopt;
    double const position = static_cast<double>(n - 1) * start.p;
    auto const rank = static_cast<std::uint64_t>(position);
    auto passed = weigh(start.below, times);
    auto i = start.first;
    if (passed > rank) passed = i = 0;
    for (;; ++i) {
      passed += times[blocks_[i]];
      if (passed > rank) break;
    }
    double const below = values_[i];
    double const part = position - static_cast<double>(rank);
    if (part <= 0 || passed > rank + 1) return below;
    do ++i;
    while (times[blocks_[i]] == 0);
    return std::lerp(below, values_[i], part);
  }

 private:
  struct Start {
    double p;
    std::size_t first;
    std::vector<std::uint32_t> below;
  };
  static std::uint64_t weigh(std::vector<std::uint32_t> const& counts,
                             std::span<std::uint32_t const> times) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) sum += std::uint64_t{counts[i]} * times[i];
    return sum;
  }

  std::vector<double> values_;  // ascending
  std::vector<std::uint32_t> blocks_;
  std::vector<std::uint32_t> sizes_;  // values of each block
  std::vector<Start> starts_;
};

Interval percentile_interval(std::vector<double> differences, std::size_t blocks, double level) {
  auto const k = static_cast<double>(blocks);
  double const reach = student_quantile(1 - (1 - level) / 2, k - 1) * std::sqrt(k / (k - 1));
  double const tail = normal_cdf(-reach);
  std::sort(differences.begin(), differences.end());
  return {*quantile(differences, tail), *quantile(differences, 1 - tail)};
}

// The value that is there most often, in both arms together.
double most_common(Pair const& pair) {
  auto all = pair.base.values;
  all.insert(all.end(), pair.other.values.begin(), pair.other.values.end());
  std::sort(all.begin(), all.end());
  double value = all.front();
  std::size_t most = 0;
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    while (end < all.size() && all[end] == all[first]) ++end;
    if (end - first > most) value = all[first];
    most = std::max(most, end - first);
  }
  return value;
}

// Blocks that hold another value than that.
std::size_t telling_blocks(Pair const& pair) {
  double const common = most_common(pair);
  std::vector<bool> tells(pair.blocks);
  for (auto const* arm : {&pair.base, &pair.other})
    for (std::size_t i = 0; i < arm->values.size(); ++i)
      if (arm->values[i] != common) tells[static_cast<std::size_t>(arm->blocks[i])] = true;
  return static_cast<std::size_t>(std::count(tells.begin(), tells.end(), true));
}

double mean(std::vector<double> const& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Sums and counts of each block of an arm.
struct BlockSums {
  std::vector<double> sums;
  std::vector<double> counts;

  BlockSums(Blocked const& arm, std::size_t blocks) : sums(blocks), counts(blocks) {
    for (std::size_t i = 0; i < arm.values.size(); ++i) {
      auto const block = static_cast<std::size_t>(arm.blocks[i]);
      sums[block] += arm.values[i];
      counts[block] += 1;
    }
  }
  [[nodiscard]] std::optional<double> mean_of(std::span<std::uint32_t const> times) const {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      sum += sums[i] * times[i];
      count += counts[i] * times[i];
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
  }
};

}  // namespace

std::size_t Blocked::block_count() const { return distinct(blocks).size(); }

std::optional<std::vector<Difference>> quantile_differences(Blocked const& base,
                                                            Blocked const& other,
                                                            std::span<double const> ps,
                                                            Bootstrap const& how, Drawn drawn_how) {
  Pair const pair(base, other, drawn_how);
  if (pair.fewest < 2) return std::nullopt;
  DrawnQuantile a(pair.base, pair.blocks);
  DrawnQuantile b(pair.other, pair.blocks);
  std::vector<std::uint32_t> const once(pair.blocks, 1);
  std::vector<std::vector<double>> drawn(ps.size());
  std::vector<Difference> out;
  for (std::size_t i = 0; i < ps.size(); ++i) {
    a.expect(ps[i]);
    b.expect(ps[i]);
    out.push_back({*a.of(once, i), *b.of(once, i), {}});
  }
  Draws draws(pair, how.seed);
  for (std::size_t d = 0; d < how.draws; ++d) {
    auto const times = draws.next();
    for (std::size_t i = 0; i < ps.size(); ++i) {
      auto const in_base = a.of(times, i);
      auto const in_other = b.of(times, i);
      // A draw without any value of one arm has no difference. It is rare: both arms have values
      // in several blocks.
      if (in_base && in_other) drawn[i].push_back(*in_other - *in_base);
    }
  }
  for (std::size_t i = 0; i < ps.size(); ++i) {
    if (drawn[i].empty()) return std::nullopt;
    out[i].interval = percentile_interval(std::move(drawn[i]), pair.fewest, how.level);
  }
  return out;
}

std::optional<Difference> mean_difference(Blocked const& base, Blocked const& other,
                                          Bootstrap const& how, Drawn drawn_how) {
  Pair const pair(base, other, drawn_how);
  if (pair.fewest < 2) return std::nullopt;
  BlockSums const a(pair.base, pair.blocks);
  BlockSums const b(pair.other, pair.blocks);
  std::vector<double> drawn;
  Draws draws(pair, how.seed);
  for (std::size_t d = 0; d < how.draws; ++d) {
    auto const times = draws.next();
    auto const in_base = a.mean_of(times);
    auto const in_other = b.mean_of(times);
    if (in_base && in_other) drawn.push_back(*in_other - *in_base);
  }
  if (drawn.empty()) return std::nullopt;
  auto const blocks = std::max<std::size_t>(2, std::min(pair.fewest, telling_blocks(pair)));
  return Difference{mean(base.values), mean(other.values),
                    percentile_interval(std::move(drawn), blocks, how.level)};
}

}  // namespace perfd::stats
