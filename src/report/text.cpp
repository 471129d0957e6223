#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"
#include "report/pair_names.h"
#include "report/table.h"

namespace perfd::report {
namespace {

using stats::Difference;
using stats::Metric;
using stats::Verdict;

// The unit in which a few values are told together, so that they can be compared at a glance.
struct Scale {
  double divisor = 1;
  char const* unit = "";
  int decimals = 0;

  [[nodiscard]] std::string number(double value) const {
    return fmt::format("{:.{}f}", std::abs(value) / divisor, decimals);
  }
  [[nodiscard]] std::string text(double value) const { return number(value) + " " + unit; }
};

Scale scale_of(Metric metric, double largest) {
  if (metric == Metric::throughput) {
    if (largest < 1e6) return {1e3, "kbit/s", largest < 100e3 ? 1 : 0};
    return {1e6, "Mbit/s", largest < 100e6 ? 2 : 1};
  }
  if (largest < 1e3) return {1, "µs", 0};
  if (largest < 10e3) return {1e3, "ms", 2};
  if (largest < 100e3) return {1e3, "ms", 1};
  return largest < 10e6 ? Scale{1e3, "ms", 0} : Scale{1e6, "s", 2};
}

Scale scale_for(Metric metric, Difference const& d) {
  return scale_of(metric, std::max({std::abs(d.base), std::abs(d.other), std::abs(d.interval.low),
                                    std::abs(d.interval.high)}));
}

// Words for more and less of a thing, and for what is good.
struct Words {
  std::string thing;  // "median time to first byte"
  char const* less;
  char const* more;
  char const* verdict_less;
  char const* verdict_more;
};

std::string_view noun(Metric metric) {
  constexpr std::string_view kNouns[] = {"time to first byte",
                                         "time to last byte",
                                         "throughput",
                                         "time to the answer",
                                         "time to first contentful paint",
                                         "time to largest contentful paint",
                                         "time to the load event",
                                         "time to fully loaded"};
  return kNouns[static_cast<std::size_t>(metric)];
}

Words words_for(Metric metric, std::string_view statistic) {
  auto thing = fmt::format("{} {}", statistic, noun(metric));
  if (metric == Metric::throughput)
    return {std::move(thing), "lower", "higher", "is slower than", "is faster than"};
  return {std::move(thing), "shorter", "longer", "is faster than", "is slower than"};
}

Words words_for_failures() {
  return {"failure rate", "lower", "higher", "fails less often than", "fails more often than"};
}

std::string tell(PairNames const& names, Words const& words, Difference const& d,
                 Scale const& scale, Scale const& values) {
  auto const& [low, high] = d.interval;
  if (d.verdict() == Verdict::not_told) {
    // An end at 0 is said without a direction.
    auto const end = [&](double at) {
      auto const number = scale.text(at);
      return at == 0 ? std::string("equal") : number + " " + (at < 0 ? words.less : words.more);
    };
    return fmt::format(
        "No difference can be told in the {}: {}'s may be {} to {} (95 % interval): {} and {}.",
        words.thing, names.other, end(low), end(high), values.text(d.base), values.text(d.other));
  }
  bool const less = d.verdict() == Verdict::less;
  return fmt::format("{} {} {}: its {} is {} {} (95 % interval {} to {}): {} instead of {}.",
                     names.other, less ? words.verdict_less : words.verdict_more, names.base,
                     words.thing, scale.text(d.difference()), less ? words.less : words.more,
                     scale.number(less ? high : low), scale.text(less ? low : high),
                     values.text(d.other), values.text(d.base));
}

std::string too_few(PairNames const& names, std::string_view thing, std::size_t base_n,
                    std::size_t other_n, std::size_t needed) {
  return fmt::format(
      "Too few measurements to compare the {}: {} has {}, {} {}; it takes at least {} of each, in "
      "at least {} blocks of time.",
      thing, names.base, base_n, names.other, other_n, needed, stats::kFewestBlocks);
}

std::string ranks(PairNames const& names, Metric metric, stats::MannWhitney const& test) {
  bool const rate = metric == Metric::throughput;
  double const better = rate ? test.base_is_less : 1 - test.base_is_less;
  return fmt::format(
      "Of all pairs of measurements, {}'s has the {} {} in {:.0f} % (Mann-Whitney: {}, if "
      "neighbours in time were independent).",
      names.other, rate ? "higher" : "shorter", noun(metric), 100 * better,
      test.p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", test.p));
}

void tell_metric(std::vector<std::string>& out, PairNames const& names,
                 stats::MetricComparison const& found) {
  auto const one = [&](std::optional<Difference> const& difference, std::string_view statistic,
                       std::size_t needed) {
    auto const words = words_for(found.metric, statistic);
    if (!difference) {
      out.push_back(too_few(names, words.thing, found.base_n, found.other_n, needed));
      return;
    }
    auto const scale = scale_for(found.metric, *difference);
    out.push_back(tell(names, words, *difference, scale, scale));
  };
  one(found.median, "median", stats::kFewestForMedian);
  if (found.median) one(found.p90, "90th percentile of the", stats::kFewestForP90);
  if (found.mann_whitney) out.push_back(ranks(names, found.metric, *found.mann_whitney));
}

std::string numbers(std::string const& name, stats::ArmSample const& sample) {
  auto out = fmt::format("  {}: {} measured, {} failed", name, sample.n(), sample.failed());
  if (sample.left_out() > 0)
    out += fmt::format("; {} left out, which perfd itself ended", sample.left_out());
  if (!sample.failures().empty())
    out += " (" + by_code(sample.failures(), sample.n() + sample.left_out()) + ")";
  return out + "\n";
}

}  // namespace

std::vector<std::string> sentences(ComparedPair const& pair) {
  auto const names = pair_names(*pair.base, *pair.other);
  auto const& found = pair.found;
  std::vector<std::string> out;
  if (found.differences() == 0) {
    out.push_back(too_few(names, "two", pair.base->sample.n(), pair.other->sample.n(),
                          stats::kFewestForMedian));
    return out;
  }
  for (auto const& metric : found.metrics) tell_metric(out, names, metric);
  if (found.failure_rate)
    out.push_back(tell(names, words_for_failures(), *found.failure_rate,
                       {0.01, "percentage points", 1}, {0.01, "%", 1}));
  else
    out.push_back(too_few(names, "failure rate", pair.base->sample.n(), pair.other->sample.n(),
                          stats::kFewestForFailures));
  if (found.apart())
    out.emplace_back(
        "Note: most of the time only one of the two was measured: what differs may be the time, "
        "and all that changed with it.");
  if (auto note = note_of_unlike(names, *pair.base, *pair.other); !note.empty())
    out.push_back(std::move(note));
  if (std::min(pair.base->sample.n(), pair.other->sample.n()) < stats::kFewForNeighbours)
    out.push_back(fmt::format(
        "Note: with fewer than {} measurements of each, the intervals are too narrow where "
        "neighbours in time resemble each other.",
        stats::kFewForNeighbours));
  return out;
}

std::string blocks_text(PairNames const& names, stats::Comparison const& found) {
  auto const one = [](std::size_t count, Micros length) {
    return fmt::format("{} blocks of {}", count, describe_duration(length));
  };
  if (found.base_blocks && found.other_blocks)
    return fmt::format("{}: {}, {}: {}, drawn apart", names.base,
                       one(found.base_blocks->count, found.base_blocks->length), names.other,
                       one(found.other_blocks->count, found.other_blocks->length));
  return found.block ? one(found.blocks, *found.block) : std::string();
}

std::string comparison_text(ComparedPair const& pair) {
  auto const names = pair_names(*pair.base, *pair.other);
  auto const& found = pair.found;
  auto out = names.title();
  if (found.first)
    out += fmt::format(", {} to {}", format_iso_seconds(*found.first),
                       format_iso_seconds(*found.last));
  out += "\n" + numbers(names.base, pair.base->sample) + numbers(names.other, pair.other->sample);
  if (auto const blocks = blocks_text(names, found); !blocks.empty()) out += "  " + blocks + "\n";
  for (auto const& sentence : sentences(pair)) out += "- " + sentence + "\n";
  return out;
}

std::string comparison_footer(std::vector<ComparedPair> const& pairs, stats::Bootstrap const& how) {
  std::size_t differences = 0;
  for (auto const& pair : pairs) differences += pair.found.differences();
  if (differences == 0) return "";
  auto out = fmt::format(
      "Each interval is of {:.0f} % by itself: whole blocks of time drawn anew, {} times, seed {}. "
      "Where there is no difference, one comparison in {:.0f} still tells one",
      100 * how.level, how.draws, how.seed, 1 / (1 - how.level));
  if (differences > 1)
    out += fmt::format("; of these {}, {:.1f} on average if none had any", differences,
                       static_cast<double>(differences) * (1 - how.level));
  return out + ".\n";
}

}  // namespace perfd::report
