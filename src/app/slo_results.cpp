#include "app/slo_results.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/outcome.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

// What says nothing of tor, as in comparisons (stats/arm_sample.h).
bool ended_by_perfd(model::FailureCode code) {
  using enum model::FailureCode;
  return code == perfd_aborted || code == perfd_cancelled || code == perfd_missed_slot ||
         code == perfd_internal;
}

report::SloResult result_of(store::Brief const& brief) {
  auto const code = model::failure_code(brief.outcome).value_or(model::FailureCode::perfd_internal);
  return {brief.experiment,     brief.arm,  brief.at,  code == model::FailureCode::ok,
          ended_by_perfd(code), brief.ttfb, brief.ttlb};
}

}  // namespace

Result<std::vector<report::SloVerdict>> judge_results(std::filesystem::path const& store,
                                                      std::vector<config::SloRule> rules,
                                                      std::vector<std::string> const& experiments,
                                                      WallTime now) {
  auto reader = store::Reader::open(store);
  if (!reader) return reader.error();
  store::Filter filter;
  // Whoever does not say which experiments there are means all, where a rule is for each.
  bool const for_each = std::any_of(rules.begin(), rules.end(),
                                    [](auto const& rule) { return rule.experiment.empty(); });
  if (!for_each || !experiments.empty()) {
    if (for_each) filter.experiments = experiments;
    for (auto const& rule : rules)
      if (!rule.experiment.empty()) filter.experiments.push_back(rule.experiment);
  }

  report::SloJudge judge(std::move(rules), now);
  filter.since = judge.since();
  auto const earliest = reader->earliest();
  if (!earliest) return earliest.error();
  judge.began(earliest->value_or(now));
  auto const read = reader->for_each_brief(filter, [&](store::Brief const& brief) {
    judge.add(result_of(brief));
    return true;
  });
  if (!read) return read.error();
  return judge.verdicts();
}

Result<std::vector<LatestSuccess>> latest_successes(
    std::filesystem::path const& store, std::vector<config::Experiment> const& experiments,
    WallTime since) {
  auto reader = store::Reader::open(store);
  if (!reader) return reader.error();
  std::vector<LatestSuccess> out;
  for (auto const& experiment : experiments) {
    store::Filter filter;
    filter.since = since;
    filter.experiments = {experiment.name};
    filter.outcomes = {model::FailureCode::ok};
    filter.newest_first = true;
    auto const wanted = std::max<std::size_t>(experiment.arms.size(), 1);
    std::set<std::string> seen;
    auto const read = reader->for_each_brief(filter, [&](store::Brief const& brief) {
      if (seen.insert(brief.arm).second) out.push_back({brief.experiment, brief.arm, brief.at});
      return seen.size() < wanted;
    });
    if (!read) return read.error();
  }
  return out;
}

}  // namespace perfd::app
