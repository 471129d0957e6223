#include "app/slo_watch.h"

#include <algorithm>
#include <utility>

#include "app/log.h"
#include "config/slo.h"
#include "runtime/clock.h"

namespace perfd::app {
namespace {

constexpr auto kJudgeEvery = std::chrono::minutes(1);
// An experiment that had no success for so long counts as one that never had.
constexpr auto kRecall = std::chrono::hours(24 * 31);

Result<std::vector<report::SloVerdict>> judge_file(std::string const& file,
                                                   std::filesystem::path const& store,
                                                   std::vector<std::string> const& experiments) {
  auto rules = config::load_slo_path(file);
  if (!rules) {
    std::string first = config::to_string(rules.error());
    first.resize(std::min(first.find('\n'), first.size()));
    return Error{std::move(first)};
  }
  return judge_results(store, std::move(*rules), experiments, runtime::wall_now());
}

std::string name_of(report::SloVerdict const& verdict) {
  return verdict.rule + " " + verdict.experiment + (verdict.arm.empty() ? "" : "/" + verdict.arm) +
         " " + std::string(report::name(verdict.metric));
}

}  // namespace

SloWatch::SloWatch(runtime::Loop& loop, std::filesystem::path store,
                   std::function<config::Settings const&()> settings, web::Alerts& alerts,
                   web::Metrics& metrics)
    : loop_(loop),
      store_(std::move(store)),
      settings_(std::move(settings)),
      alerts_(alerts),
      metrics_(metrics) {}

runtime::Task<> SloWatch::run() {
  co_await recall();
  for (;;) {
    co_await judge();
    co_await runtime::sleep_for(kJudgeEvery);
  }
}

// So that a restart does not make an experiment look as if it had never succeeded.
runtime::Task<> SloWatch::recall() {
  auto look = [store = store_, experiments = settings_().experiments] {
    return latest_successes(store, experiments, runtime::wall_now() - kRecall);
  };
  auto const found = co_await pool_.run(loop_, std::move(look));
  if (!found) co_return tell_trouble(found.error().message);
  for (auto const& one : *found) metrics_.succeeded_before(one.experiment, one.arm, one.at);
}

runtime::Task<> SloWatch::judge() {
  auto const file = settings_().results.slo;
  if (!file) co_return take({});
  std::vector<std::string> names;
  for (auto const& experiment : settings_().experiments) names.push_back(experiment.name);
  auto look = [file = *file, store = store_, names = std::move(names)] {
    return judge_file(file, store, names);
  };
  auto verdicts = co_await pool_.run(loop_, std::move(look));
  if (!verdicts) co_return tell_trouble(verdicts.error().message);
  tell_trouble({});
  take(std::move(*verdicts));
}

void SloWatch::take(Verdicts verdicts) {
  std::set<std::string> failing;
  std::vector<web::Metrics::Alert> gauges;
  for (auto const& verdict : verdicts) {
    bool const fails = verdict.state == report::SloState::failing;
    if (verdict.state != report::SloState::no_data)
      gauges.push_back(
          {verdict.rule, verdict.experiment, verdict.arm, report::name(verdict.metric), fails});
    auto const name = name_of(verdict);
    bool const failed = failing_.contains(name);
    // One that can't be judged at the moment is not well for that.
    if (fails || (failed && verdict.state == report::SloState::no_data)) failing.insert(name);
    if (fails && !failed)
      log::warning("threshold-failing", {{"rule", name}, {"detail", verdict.reason}});
    if (failed && verdict.state == report::SloState::ok)
      log::info("threshold-well-again", {{"rule", name}});
  }
  failing_ = std::move(failing);
  metrics_.alerts(gauges);
  alerts_.set(std::move(verdicts));
}

// Once: it would come every minute. The verdicts of before stay.
void SloWatch::tell_trouble(std::string trouble) {
  if (!trouble.empty() && trouble != trouble_)
    log::error("thresholds-not-judged", {{"what", trouble}});
  trouble_ = std::move(trouble);
}

}  // namespace perfd::app
