#include "app/experiment_runner.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "app/cli.h"
#include "app/commit.h"
#include "app/experiment_spec.h"
#include "app/log.h"
#include "app/tor_settings.h"
#include "base/time_text.h"
#include "runtime/random.h"
#include "schedule/arms.h"

namespace perfd::app {

using model::FailureCode;
using runtime::Task;

namespace {

model::Outcome internal(std::string detail) {
  return {FailureCode::perfd_internal, "start", std::move(detail)};
}

// The record stays in memory and is tried again: health() tells for how long.
void note_trouble(std::string const& id, Result<> const& stored) {
  if (stored.has_error())
    log::error("store-trouble", {{"id", id}, {"what", stored.error().message}});
}

}  // namespace

experiments::MeasurementSpec ExperimentRunner::spec_of(config::Experiment const& experiment,
                                                       TorUnit const* unit,
                                                       WallTime scheduled_at) const {
  auto destination = own_server(parts_.host, parts_.port);
  if (experiment.target.kind == config::TargetKind::url)
    // The configuration was checked: a URL that can't be read does not come so far.
    destination = destination_of_url(experiment.target.url).value();
  auto spec = measurement_spec(experiment, destination, parts_.source);
  spec.id = runtime::new_id();
  spec.scheduled_at = scheduled_at;
  if (unit != nullptr) {
    spec.proxy = unit->instance().socks();
    spec.guards = guards_text(unit->configuration().guards);
  }
  return spec;
}

Task<> ExperimentRunner::run(schedule::ExperimentRef experiment, WallTime scheduled_at) {
  if (experiment->arms.empty()) return run_arm(std::move(experiment), {}, scheduled_at);
  if (experiment->order == config::ArmOrder::parallel)
    return run_side_by_side(std::move(experiment), scheduled_at);
  return run_next_arm(std::move(experiment), scheduled_at);
}

Task<> ExperimentRunner::run_side_by_side(schedule::ExperimentRef experiment,
                                          WallTime scheduled_at) {
  // The group must see its tasks end: a measurement ends by its deadline or by the order to stop.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  runtime::TaskGroup arms(parts_.loop);
  for (auto const& arm : experiment->arms) {
    auto const as_arm =
        std::make_shared<config::Experiment const>(schedule::with_arm(*experiment, arm));
    ArmOf const which{arm.name, std::nullopt};
    arms.spawn("arm " + arm.name, run_arm(as_arm, which, scheduled_at));
  }
  co_await arms.join();
}

Task<> ExperimentRunner::run_next_arm(schedule::ExperimentRef experiment, WallTime scheduled_at) {
  auto const [next, first] = turns_.try_emplace(experiment->name);
  if (first) next->second.seed = runtime::random_u64();
  auto const turn = next->second;
  ++next->second.turn;
  auto const& arm =
      experiment->arms[schedule::arm_of_turn(turn.seed, turn.turn, experiment->arms.size())];
  auto const as_arm =
      std::make_shared<config::Experiment const>(schedule::with_arm(*experiment, arm));
  ArmOf const which{arm.name, turn};
  co_await run_arm(as_arm, which, scheduled_at);
}

Task<> ExperimentRunner::run_arm(schedule::ExperimentRef experiment, ArmOf arm,
                                 WallTime scheduled_at) {
  co_await measure_as(std::move(experiment), std::move(arm), scheduled_at);
}

Task<model::Measurement> ExperimentRunner::measure(schedule::ExperimentRef experiment,
                                                   WallTime scheduled_at) {
  return measure_as(std::move(experiment), {}, scheduled_at);
}

Task<model::Measurement> ExperimentRunner::measure_as(schedule::ExperimentRef experiment, ArmOf arm,
                                                      WallTime scheduled_at) {
  auto* const unit = parts_.find_tor(experiment->tor);
  auto spec = spec_of(*experiment, unit, scheduled_at);
  spec.arm = std::move(arm.name);
  spec.arm_turn = arm.turn;
  auto record = experiments::started_record(spec, runtime::wall_now());
  record.tor.instance = experiment->tor;

  auto const begun = co_await answered<void>(
      parts_.loop, [&](auto told) { parts_.store.started(record, std::move(told)); });
  if (begun.has_error()) {
    record.outcome = internal("the store could not note the start: " + begun.error().message);
  } else if (unit == nullptr) {
    record.outcome = internal("there is no tor instance '" + experiment->tor + "'");
  } else {
    // Its stream and circuits stay in the tracker however long it takes.
    auto const watch = unit->instance().watch(spec.id);
    try {
      experiments::MeasurementPorts const ports{
          parts_.loop, &unit->joiner(), spec.own_server ? &parts_.server : nullptr, &parts_.stop};
      record = co_await experiments::measure_once(ports, spec);
    } catch (std::exception const& bug) {
      record.outcome = internal(bug.what());
    }
  }
  auto const stored = co_await answered<void>(
      parts_.loop, [&](auto told) { parts_.store.done(record, std::move(told)); });
  note_trouble(record.id, stored);
  ended(record);
  co_return record;
}

void ExperimentRunner::missed(schedule::MissedSlot slot) {
  auto* const unit = parts_.find_tor(slot.experiment->tor);
  // It never started.
  auto record =
      experiments::started_record(spec_of(*slot.experiment, unit, slot.scheduled_at), WallTime{});
  record.tor.instance = slot.experiment->tor;
  if (unit != nullptr) record.tor.version = unit->instance().version();
  record.outcome = std::move(slot.outcome);
  if (slot.count > 1)
    record.outcome.detail += "; " + std::to_string(slot.count) + " slots until " +
                             format_iso(slot.last) + " share this record";
  // Nobody waits for this one: the schedule goes on.
  parts_.store.done(record, [id = record.id](Result<> stored) { note_trouble(id, stored); });
  ended(record);
}

void ExperimentRunner::ended(model::Measurement const& record) {
  bool const good = record.outcome.ok();
  log::write(good ? log::LogLevel::info : log::LogLevel::warning, "measurement",
             {{"id", record.id},
              {"experiment", record.experiment},
              {"outcome", std::string(model::name(record.outcome.code))},
              {"operation", record.outcome.operation},
              {"detail", record.outcome.detail}});
  if (parts_.on_record) parts_.on_record(record);
}

}  // namespace perfd::app
