#include "app/experiment_runner.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "app/commit.h"
#include "app/log.h"
#include "base/time_text.h"
#include "runtime/random.h"
#include "schedule/arms.h"

namespace perfd::app {

using model::FailureCode;
using runtime::Task;

namespace {

// Somebody waits for a probe's answer, which says nothing of tor's events.
constexpr Micros kProbeWait = std::chrono::milliseconds{100};

model::Outcome internal(std::string detail) {
  return {FailureCode::perfd_internal, "start", std::move(detail)};
}

// The record stays in memory and is tried again: health() tells for how long.
void note_trouble(std::string const& id, Result<> const& stored) {
  if (stored.has_error())
    log::error("store-trouble", {{"id", id}, {"what", stored.error().message}});
}

}  // namespace

// Where arms side by side wait for each other, so that they begin at the same moment.
class ExperimentRunner::Together {
 public:
  Together(runtime::Loop& loop, std::size_t count) : left_(count), all_(loop.context()) {}
  Task<> arrive() {
    if (--left_ == 0) all_.set();
    co_await all_.wait();
  }

 private:
  std::size_t left_;
  runtime::Event all_;
};

Task<> ExperimentRunner::run(schedule::ExperimentRef experiment, WallTime scheduled_at) {
  if (!experiment->urls.empty()) return run_listed(std::move(experiment), scheduled_at);
  return run_arms(std::move(experiment), scheduled_at);
}

// With the page whose turn it is as its target.
Task<> ExperimentRunner::run_listed(schedule::ExperimentRef experiment, WallTime scheduled_at) {
  auto page = co_await parts_.surroundings.page_lists->next(*experiment);
  if (!page) {
    missed({experiment,
            scheduled_at,
            1,
            scheduled_at,
            {FailureCode::perfd_missed_slot, "list of pages", page.error().message}});
    co_return;
  }
  auto const with_page = std::make_shared<config::Experiment>(*experiment);
  with_page->urls.clear();
  with_page->target = {config::TargetKind::url, std::move(*page)};
  co_await run_arms(with_page, scheduled_at);
}

Task<> ExperimentRunner::run_arms(schedule::ExperimentRef experiment, WallTime scheduled_at) {
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
  auto const together = std::make_shared<Together>(parts_.loop, experiment->arms.size());
  for (auto const& arm : experiment->arms) {
    auto const as_arm =
        std::make_shared<config::Experiment const>(config::with_arm(*experiment, arm));
    ArmOf const which{arm.name, std::nullopt, together};
    arms.spawn("arm " + arm.name, run_arm(as_arm, which, scheduled_at));
  }
  co_await arms.join();
}

Task<> ExperimentRunner::run_next_arm(schedule::ExperimentRef experiment, WallTime scheduled_at) {
  auto& turns = turns_[experiment->name];
  if (turns.arms != experiment->arms)
    turns = {experiment->arms,
             {runtime::random_u64(), 0, static_cast<std::int64_t>(experiment->arms.size())}};
  auto const turn = turns.next;
  ++turns.next.turn;
  auto const& arm =
      experiment->arms[schedule::arm_of_turn(turn.seed, turn.turn, experiment->arms.size())];
  auto const as_arm =
      std::make_shared<config::Experiment const>(config::with_arm(*experiment, arm));
  ArmOf const which{arm.name, turn, nullptr};
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
  auto spec = spec_of(*experiment, parts_.surroundings, scheduled_at);
  spec.arm = arm.name;
  spec.arm_turn = arm.turn;
  auto record = experiments::started_record(spec, runtime::wall_now());
  record.tor.instance = experiment->tor;

  auto const begun = co_await answered<void>(
      parts_.loop, [&](auto told) { parts_.store.started(record, std::move(told)); });
  if (arm.together) co_await arm.together->arrive();
  if (begun.has_error()) {
    record.outcome = internal("the store could not note the start: " + begun.error().message);
  } else if (auto obstacle = obstacle_to(*experiment, parts_.surroundings)) {
    record.outcome = std::move(*obstacle);
  } else {
    experiments::MeasurementPorts const ports{parts_.loop, nullptr, &parts_.server, &parts_.stop};
    try {
      record = co_await run_experiment(experiment, parts_.surroundings, ports, spec);
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

Task<model::Measurement> ExperimentRunner::probe(schedule::ExperimentRef experiment) {
  auto spec = spec_of(*experiment, parts_.surroundings, runtime::wall_now());
  spec.tor_wait = kProbeWait;
  auto record = experiments::started_record(spec, runtime::wall_now());
  if (auto obstacle = obstacle_to(*experiment, parts_.surroundings)) {
    record.outcome = std::move(*obstacle);
    co_return record;
  }
  experiments::MeasurementPorts const ports{parts_.loop, nullptr, &parts_.server, &parts_.stop};
  try {
    record = co_await run_experiment(experiment, parts_.surroundings, ports, spec);
  } catch (std::exception const& bug) {
    record.outcome = internal(bug.what());
  }
  co_return record;
}

void ExperimentRunner::missed(schedule::MissedSlot slot) {
  auto* const unit = parts_.surroundings.find_tor(slot.experiment->tor);
  // It never started.
  auto record = experiments::started_record(
      spec_of(*slot.experiment, parts_.surroundings, slot.scheduled_at), WallTime{});
  if (slot.experiment->arms.empty()) {
    record.tor.instance = slot.experiment->tor;
    if (unit != nullptr) record.tor.version = unit->instance().version();
  } else {
    record.guards.clear();  // each arm has its own
  }
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
