#include "app/station_state.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "config/config.h"

namespace perfd::app {
namespace {

std::set<std::string> needed_tors(config::Settings const& settings) {
  std::set<std::string> out;
  auto const add = [&](config::Experiment const& experiment) {
    out.insert(experiment.tor);
    out.insert(config::service_tor(settings, experiment));
  };
  for (auto const& experiment : settings.experiments) {
    if (experiment.arms.empty()) add(experiment);
    for (auto const& arm : experiment.arms) add(config::with_arm(experiment, arm));
  }
  return out;
}

// For everybody: the details, which may name files and relays, are for `perfd status`.
std::string state_in_words(tor::Instance const& instance, bool held_back) {
  if (instance.state() == tor::InstanceState::bootstrapping)
    return "bootstrapped " + std::to_string(instance.progress()) + " %";
  return std::string(tor::name(instance.state())) +
         (held_back ? ", but what measurements wait for is not there yet" : "");
}

web::DaemonState::Tor tor_state(TorUnit const& unit, bool needed) {
  auto const& instance = unit.instance();
  auto const state = instance.state();
  bool const held_back = instance.held_back().has_value();
  web::DaemonState::Tor out;
  out.name = unit.configuration().name;
  out.ready = state == tor::InstanceState::ready && !held_back;
  out.up = state == tor::InstanceState::ready || state == tor::InstanceState::bootstrapping;
  out.needed = needed;
  out.bootstrap = out.up ? std::clamp(instance.progress(), 0, 100) / 100.0 : 0;
  out.state = state_in_words(instance, held_back);
  out.failures = instance.failures();
  for (auto const& [fate, count] : instance.tracker().tally().by_fate())
    out.circuits.push_back({fate.result, fate.reason, count});
  return out;
}

web::DaemonState::Experiment experiment_state(schedule::Scheduler::Status const& status,
                                              config::Settings const& settings) {
  web::DaemonState::Experiment out;
  out.name = status.name;
  for (auto const& experiment : settings.experiments)
    if (experiment.name == status.name) out.interval = experiment.every;
  if (status.next_slot != WallTime{}) out.next_slot = status.next_slot;
  out.running = status.running;
  out.waiting = status.waiting.has_value();
  out.missed = static_cast<std::uint64_t>(std::max<std::int64_t>(status.missed, 0));
  return out;
}

}  // namespace

web::DaemonState daemon_state(config::Settings const& settings,
                              std::vector<std::unique_ptr<TorUnit>> const& tors,
                              std::vector<schedule::Scheduler::Status> const& slots,
                              store::Health const& health) {
  web::DaemonState out;
  auto const needed = needed_tors(settings);
  for (auto const& unit : tors)
    out.tors.push_back(tor_state(*unit, needed.contains(unit->configuration().name)));
  for (auto const& status : slots) out.experiments.push_back(experiment_state(status, settings));
  out.store.failing = health.failing;
  out.store.pending_measurements = health.pending_measurements;
  out.store.pending_events = health.pending_events;
  out.store.lost_measurements = health.lost_measurements;
  out.store.lost_events = health.lost_events;
  out.store.write_errors = health.write_errors;
  return out;
}

}  // namespace perfd::app
