#include "report/slo.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time_text.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

constexpr std::array kSloMetrics = {SloMetric::ttfb_p90, SloMetric::ttlb_p90,
                                    SloMetric::failure_rate, SloMetric::freshness};

std::optional<double> threshold_of(config::SloRule const& rule, SloMetric metric) {
  auto const span = [](std::optional<Micros> const& value) {
    return value ? std::optional(static_cast<double>(value->count())) : std::nullopt;
  };
  switch (metric) {
    case SloMetric::ttfb_p90:
      return span(rule.ttfb_p90);
    case SloMetric::ttlb_p90:
      return span(rule.ttlb_p90);
    case SloMetric::freshness:
      return span(rule.freshness);
    case SloMetric::failure_rate:
      return rule.failure_rate ? std::optional(rule.failure_rate->value) : std::nullopt;
  }
  return std::nullopt;
}

// "2.5 %"
std::string percent_text(double share) {
  auto const tenths = static_cast<std::int64_t>(share * 1000 + 0.5);
  auto const rest = tenths % 10;
  return std::to_string(tenths / 10) + (rest == 0 ? "" : "." + std::to_string(rest)) + " %";
}

// Times are to the minute where windows are.
std::string window_text(WallTime from, Micros window) {
  auto const minutes = [](WallTime at) { return format_iso_seconds(at).substr(0, 16) + "Z"; };
  return minutes(from) + " to " + minutes(from + window);
}

}  // namespace

std::string_view name(SloMetric metric) {
  constexpr std::string_view kNames[] = {"ttfb_p90", "ttlb_p90", "failure_rate", "freshness"};
  return kNames[static_cast<std::size_t>(metric)];
}

bool is_share(SloMetric metric) { return metric == SloMetric::failure_rate; }

std::string_view name(SloState state) {
  constexpr std::string_view kNames[] = {"ok", "failing", "no data"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string value_text(SloMetric metric, double value) {
  if (is_share(metric)) return percent_text(value);
  return describe_duration(Micros{static_cast<std::int64_t>(value)});
}

// Far enough for a row of bad windows that others without data are among.
std::int64_t windows_of(config::SloRule const& rule) { return std::int64_t{8} * rule.windows + 16; }

SloJudge::SloJudge(std::vector<config::SloRule> rules, WallTime now) : now_(now), since_(now) {
  for (auto& rule : rules) {
    auto const whole = now.time_since_epoch() / rule.window;
    auto const from = WallTime{rule.window * (whole - windows_of(rule))};
    since_ = std::min(since_, from);
    if (rule.freshness) since_ = std::min(since_, now - *rule.freshness);
    // What is asked of one by name is told also where it was never measured.
    std::map<Subject, Seen> seen;
    if (!rule.experiment.empty()) seen[{rule.experiment, rule.arm}];
    cases_.push_back({std::move(rule), from, std::move(seen)});
  }
}

void SloJudge::add(SloResult const& result) {
  if (result.at < since_ || result.at > now_) return;
  for (auto& one : cases_) {
    auto const& rule = one.rule;
    if (!rule.experiment.empty() && rule.experiment != result.experiment) continue;
    if (!rule.arm.empty() && rule.arm != result.arm) continue;
    auto& seen = one.seen[{result.experiment, result.arm}];
    if (result.ok && (!seen.last_ok || *seen.last_ok < result.at)) seen.last_ok = result.at;
    auto const number = (result.at - one.from) / rule.window;
    if (result.at < one.from || number >= windows_of(rule) || result.ended_by_perfd) continue;
    seen.windows.resize(static_cast<std::size_t>(windows_of(rule)));
    auto& window = seen.windows[static_cast<std::size_t>(number)];
    ++window.measured;
    if (!result.ok) {
      ++window.failed;
      continue;
    }
    if (rule.ttfb_p90 && result.ttfb)
      window.ttfb.push_back(static_cast<double>(result.ttfb->count()));
    if (rule.ttlb_p90 && result.ttlb)
      window.ttlb.push_back(static_cast<double>(result.ttlb->count()));
  }
}

std::vector<SloVerdict> SloJudge::verdicts() const {
  std::vector<SloVerdict> out;
  for (auto const& one : cases_) {
    for (auto const& [subject, seen] : one.seen) {
      // The experiment that was named has arms: these are judged.
      bool const stands_for_arms =
          subject.second.empty() && seen.windows.empty() && !seen.last_ok &&
          std::any_of(one.seen.begin(), one.seen.end(), [&](auto const& other) {
            return other.first.first == subject.first && !other.first.second.empty();
          });
      if (stands_for_arms) continue;
      for (auto const metric : kSloMetrics)
        if (threshold_of(one.rule, metric)) out.push_back(judge(one, subject, seen, metric));
    }
  }
  return out;
}

SloVerdict SloJudge::judge(Case const& one, Subject const& subject, Seen const& seen,
                           SloMetric metric) const {
  SloVerdict out;
  out.rule = one.rule.name;
  out.experiment = subject.first;
  out.arm = subject.second;
  out.metric = metric;
  out.threshold = *threshold_of(one.rule, metric);
  if (metric == SloMetric::freshness)
    judge_freshness(one, seen, out);
  else
    judge_windows(one, seen, out);
  return out;
}

void SloJudge::judge_freshness(Case const& one, Seen const& seen, SloVerdict& verdict) const {
  auto const limit = *one.rule.freshness;
  if (!seen.last_ok) {
    auto const looked_at = std::max(since_, began_);
    if (now_ - looked_at >= limit) verdict.state = SloState::failing;
    verdict.reason = "no success since " + format_iso_seconds(looked_at);
    return;
  }
  verdict.state = SloState::failing;
  auto const age = now_ - *seen.last_ok;
  verdict.value = static_cast<double>(age.count());
  verdict.reason = "the latest success is of " + format_iso_seconds(*seen.last_ok);
  if (age > limit)
    verdict.since = *seen.last_ok + limit;
  else
    verdict.state = SloState::ok;
}

void SloJudge::judge_windows(Case const& one, Seen const& seen, SloVerdict& verdict) const {
  auto const& rule = one.rule;
  auto const at_least = static_cast<std::size_t>(rule.at_least);
  auto const value_of = [&](Window const& window) -> std::optional<double> {
    if (verdict.metric == SloMetric::failure_rate) {
      if (window.measured < at_least) return std::nullopt;
      return static_cast<double>(window.failed) / static_cast<double>(window.measured);
    }
    auto values = verdict.metric == SloMetric::ttfb_p90 ? window.ttfb : window.ttlb;
    if (values.size() < at_least) return std::nullopt;
    std::sort(values.begin(), values.end());
    return stats::quantile(values, 0.9);
  };
  int bad = 0;
  int good = 0;
  for (std::size_t i = 0; i < seen.windows.size(); ++i) {
    auto const value = value_of(seen.windows[i]);
    if (!value) continue;
    auto const from = one.from + rule.window * static_cast<std::int64_t>(i);
    verdict.value = value;
    verdict.reason = std::to_string(seen.windows[i].measured) + " measured from " +
                     window_text(from, rule.window);
    if (verdict.state == SloState::no_data) verdict.state = SloState::ok;
    bool const is_bad = *value > verdict.threshold;
    bad = is_bad ? bad + 1 : 0;
    good = is_bad ? 0 : good + 1;
    auto const turned = verdict.state == SloState::failing ? good : bad;
    if (turned < rule.windows) continue;
    bool const fails = verdict.state == SloState::failing;
    verdict.state = fails ? SloState::ok : SloState::failing;
    verdict.since = from + rule.window;
    (fails ? good : bad) = 0;
  }
  if (verdict.state == SloState::no_data)
    verdict.reason = "no window has " + std::to_string(rule.at_least) +
                     (verdict.metric == SloMetric::failure_rate ? " measurements" : " successes");
  else if (verdict.state == SloState::failing && good > 0)
    verdict.reason +=
        "; good again, but " + std::to_string(rule.windows) + " in a row are asked for";
  else if (verdict.state == SloState::ok && bad > 0)
    verdict.reason += "; bad, but " + std::to_string(rule.windows) + " in a row are needed to fail";
}

}  // namespace perfd::report
