// What the web server tells of a station: /api/v1/status.
#include <unistd.h>

#include <algorithm>
#include <set>

#include "app/cli.h"
#include "app/experiment_spec.h"
#include "app/station.h"
#include "report/quantity.h"

namespace perfd::app {
namespace {

using config::Experiment;
using report::Quantity;
using web::api::Live;
using web::api::LiveExperiment;
using web::api::LiveTor;

constexpr auto kTellEvery = std::chrono::seconds(1);

std::string target_text(Experiment const& experiment) {
  switch (experiment.target.kind) {
    case config::TargetKind::direct:
      return "direct";
    case config::TargetKind::onion:
      return "onion";
    case config::TargetKind::single_onion:
      return "single-onion";
    case config::TargetKind::url:
      return experiment.target.url;
  }
  return {};
}

std::vector<std::string> targets_of(Experiment const& experiment) {
  std::set<std::string> out;
  auto const add = [&](Experiment const& one) {
    // Of a list each page is a target; where the list is, concerns nobody else.
    if (one.urls.empty()) out.insert(target_text(one));
  };
  if (experiment.arms.empty()) add(experiment);
  for (auto const& arm : experiment.arms) add(config::with_arm(experiment, arm));
  return {out.begin(), out.end()};
}

std::vector<std::string> metrics_of(Experiment const& experiment) {
  auto const kind = kind_of(experiment.kind);
  std::vector<std::string> out;
  for (auto const quantity : report::times_of(kind)) out.emplace_back(report::name(quantity));
  if (kind != model::Kind::download && kind != model::Kind::upload) return out;
  out.emplace_back(report::name(Quantity::throughput));
  if (kind == model::Kind::download && experiment.size >= MiB(1))
    out.emplace_back(report::name(Quantity::early_throughput));
  if (kind == model::Kind::download && experiment.size >= MiB(5))
    out.emplace_back(report::name(Quantity::late_throughput));
  return out;
}

// What its configuration tells.
LiveExperiment live_experiment(Experiment const& experiment) {
  LiveExperiment out;
  out.name = experiment.name;
  out.kind = model::name(kind_of(experiment.kind));
  for (auto const& arm : experiment.arms) out.arms.push_back(arm.name);
  out.targets = targets_of(experiment);
  out.metrics = metrics_of(experiment);
  out.interval = experiment.every;
  return out;
}

std::optional<WallTime> unless_epoch(WallTime time) {
  return time == WallTime{} ? std::nullopt : std::optional(time);
}

LiveTor live_tor(TorUnit const& unit) {
  auto const& instance = unit.instance();
  LiveTor out;
  out.name = unit.configuration().name;
  out.up = instance.state() == tor::InstanceState::bootstrapping ||
           instance.state() == tor::InstanceState::ready;
  out.ready = instance.state() == tor::InstanceState::ready && !instance.held_back();
  out.bootstrap = instance.progress();
  out.version = instance.version();
  auto const& built = instance.tracker().built_circuits();
  auto guards = built.first_hops();
  if (auto const set = instance.view().guards)
    for (auto const& fingerprint : set->set) guards.try_emplace(fingerprint);
  for (auto& [fingerprint, nickname] : guards)
    out.guards.push_back({fingerprint, std::move(nickname)});
  for (auto const& [key, circuit] : built.all()) out.built_circuits.push_back(circuit.launched_at);
  out.last_event_at = unit.last_event_at();
  out.circuits_open = static_cast<std::int64_t>(instance.tracker().open_circuits());
  out.last_warning = unit.last_warning();
  return out;
}

}  // namespace

Live Station::live() const {
  Live out;
  out.vantage = settings_.vantage.name;
  out.version = version();
  out.started_at = started_at_;
  out.pid = ::getpid();
  out.store_path = store_path_.string();
  auto const slots = scheduler_->status();
  for (auto const& status : slots) {
    out.queues.measurements_running += status.running;
    if (status.waiting) ++out.queues.slots_waiting;
  }
  // All that are configured, also before the scheduler has them: a tor may take its time to start.
  for (auto const& experiment : settings_.experiments) {
    auto one = live_experiment(experiment);
    auto const planned = std::find_if(slots.begin(), slots.end(), [&](auto const& status) {
      return status.name == experiment.name;
    });
    if (planned != slots.end()) {
      one.next_at = unless_epoch(planned->next_slot);
      one.running = planned->running > 0;
      one.missed = planned->missed;
    }
    if (auto const last = last_.find(experiment.name); last != last_.end()) {
      one.last_at = last->second.at;
      one.last_outcome = last->second.outcome;
      one.last_ok_at = last->second.ok_at;
    }
    out.experiments.push_back(std::move(one));
  }
  for (auto const& unit : tors_) out.tors.push_back(live_tor(*unit));
  auto const health = store_->health();
  out.queues.measurements_to_store = static_cast<std::int64_t>(health.pending_measurements);
  out.queues.events_to_store = static_cast<std::int64_t>(health.pending_events);
  return out;
}

runtime::Task<> Station::tell() {
  for (;;) {
    serving_->tell(std::make_shared<Live const>(live()));
    co_await runtime::sleep_for(kTellEvery);
  }
}

// So that a start does not forget when an experiment last worked.
void Station::remember_last(store::Reader& results) {
  for (auto const& experiment : settings_.experiments) {
    store::Filter filter;
    filter.experiments = {experiment.name};
    filter.sources = {settings_.vantage.name};
    filter.newest_first = true;
    filter.limit = 1;
    Last last;
    auto const found = results.for_each_brief(filter, [&](store::Brief const& brief) {
      last.outcome = brief.outcome;
      last.at = brief.at;
      return true;
    });
    if (!found || *found == 0) continue;
    filter.outcomes = {model::FailureCode::ok};
    (void)results.for_each_brief(filter, [&](store::Brief const& brief) {
      last.ok_at = brief.at;
      return true;
    });
    last_[experiment.name] = std::move(last);
  }
}

}  // namespace perfd::app
