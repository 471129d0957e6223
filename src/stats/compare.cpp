#include "stats/compare.h"

#include <algorithm>
#include <array>
#include <set>

#include "stats/blocks.h"
#include "stats/proportion.h"

namespace perfd::stats {
namespace {

std::vector<WallTime> times(ArmSample const& arm) {
  std::vector<WallTime> out;
  out.reserve(arm.n());
  for (auto const& seen : arm.observations()) out.push_back(seen.at);
  return out;
}

// One arm, cut into blocks: the common ones of both, or its own.
class Cut {
 public:
  Cut(ArmSample const& arm, WallTime first, Micros block) : arm_(arm) {
    blocks_.reserve(arm.n());
    for (auto const& seen : arm.observations()) blocks_.push_back(block_of(seen.at, first, block));
  }
  [[nodiscard]] std::set<std::int64_t> blocks() const { return {blocks_.begin(), blocks_.end()}; }
  [[nodiscard]] Blocked values(Metric metric) const {
    Blocked out;
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      if (auto const& value = arm_.observations()[i].of(metric)) out.add(*value, blocks_[i]);
    return out;
  }
  [[nodiscard]] Blocked failures() const {
    Blocked out;
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      out.add(arm_.observations()[i].failed ? 1 : 0, blocks_[i]);
    return out;
  }
  [[nodiscard]] Count count() const { return {arm_.failed(), arm_.n()}; }

 private:
  ArmSample const& arm_;
  std::vector<std::int64_t> blocks_;
};

bool enough_blocks(Blocked const& a, Blocked const& b) {
  return std::min(a.block_count(), b.block_count()) >= kFewestBlocks;
}

MetricComparison compare_metric(Metric metric, Blocked const& a, Blocked const& b,
                                Bootstrap const& how, Drawn drawn) {
  MetricComparison out;
  out.metric = metric;
  out.base_n = a.values.size();
  out.other_n = b.values.size();
  auto const fewer = std::min(out.base_n, out.other_n);
  if (fewer < kFewestForMedian || !enough_blocks(a, b)) return out;
  constexpr std::array kPs = {0.5, 0.9};
  auto const differences = quantile_differences(a, b, kPs, how, drawn);
  if (!differences) return out;
  out.median = (*differences)[0];
  if (fewer >= kFewestForP90) out.p90 = (*differences)[1];
  out.mann_whitney = mann_whitney(a.values, b.values);
  return out;
}

std::optional<Difference> compare_failures(Cut const& base, Cut const& other, Bootstrap const& how,
                                           Drawn drawn) {
  auto const a = base.failures();
  auto const b = other.failures();
  if (std::min(a.values.size(), b.values.size()) < kFewestForFailures || !enough_blocks(a, b))
    return std::nullopt;
  auto difference = mean_difference(a, b, how, drawn);
  if (!difference) return std::nullopt;
  auto const counted = newcombe_interval(base.count(), other.count(), how.level);
  difference->interval.low = std::min(difference->interval.low, counted.low);
  difference->interval.high = std::max(difference->interval.high, counted.high);
  return difference;
}

}  // namespace

std::size_t Comparison::differences() const {
  std::size_t count = failure_rate ? 1 : 0;
  for (auto const& one : metrics) count += (one.median ? 1U : 0U) + (one.p90 ? 1U : 0U);
  return count;
}

namespace {

// On the arm's own blocks, the first of which begins with its first measurement; nothing where
// there is too little to cut.
std::optional<Cut> cut_alone(ArmSample const& arm, CompareOptions const& options,
                             std::optional<OwnBlocks>& told) {
  auto const at = times(arm);
  auto const length = options.block ? options.block : default_block_alone(at);
  if (!length || at.empty()) return std::nullopt;
  Cut cut(arm, *std::min_element(at.begin(), at.end()), *length);
  told = {*length, cut.blocks().size()};
  return cut;
}

void compare_on(Comparison& out, Cut const& base, Cut const& other, Bootstrap const& how,
                Drawn drawn) {
  for (auto const metric : kMetrics) {
    auto const in_base = base.values(metric);
    auto const in_other = other.values(metric);
    if (in_base.values.empty() && in_other.values.empty()) continue;
    out.metrics.push_back(compare_metric(metric, in_base, in_other, how, drawn));
  }
  out.failure_rate = compare_failures(base, other, how, drawn);
}

}  // namespace

Comparison compare(ArmSample const& base, ArmSample const& other, CompareOptions const& options) {
  Comparison out;
  auto const a_times = times(base);
  auto const b_times = times(other);
  for (auto const* all : {&a_times, &b_times})
    for (auto const at : *all) {
      out.first = std::min(out.first.value_or(at), at);
      out.last = std::max(out.last.value_or(at), at);
    }
  out.block = options.block ? options.block : default_block(a_times, b_times);
  // Without blocks there is nothing to tell but how many values there are.
  auto const first = out.first.value_or(WallTime{});
  auto const length = out.block.value_or(Micros{1});
  Cut const a(base, first, length);
  Cut const b(other, first, length);
  if (out.block) {
    auto const of_a = a.blocks();
    auto all = b.blocks();
    for (auto const block : of_a)
      if (!all.insert(block).second) ++out.shared_blocks;
    out.blocks = all.size();
  }
  if (out.apart()) {
    auto const alone_a = cut_alone(base, options, out.base_blocks);
    auto const alone_b = cut_alone(other, options, out.other_blocks);
    if (alone_a && alone_b) {
      compare_on(out, *alone_a, *alone_b, options.bootstrap, Drawn::apart);
      return out;
    }
    out.base_blocks = out.other_blocks = std::nullopt;
  }
  compare_on(out, a, b, options.bootstrap, Drawn::together);
  return out;
}

}  // namespace perfd::stats
