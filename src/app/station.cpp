#include "app/station.h"

#include <utility>

#include "app/cli.h"
#include "app/log.h"
#include "app/tor_settings.h"
#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::app {

using runtime::Task;

namespace {

constexpr auto kFirstTidying = std::chrono::minutes(1);
constexpr auto kTidyEvery = std::chrono::hours(1);

store::Options store_options(DataFolder const& data) {
  store::Options out;
  out.path = data.store;
  out.now = runtime::wall_now;
  return out;
}

store::Retention retention(config::Store const& settings, WallTime now) {
  return {now - settings.keep, now - settings.keep, now - settings.raw_events};
}

std::string state_text(tor::Instance const& instance) {
  auto out = std::string(tor::name(instance.state()));
  if (instance.state() != tor::InstanceState::ready && !instance.detail().empty())
    out += ": " + instance.detail();
  return out;
}

}  // namespace

Result<std::unique_ptr<Station>> Station::open(runtime::Loop& loop, runtime::Launcher& launcher,
                                               StationOptions options) {
  std::vector<tor::InstanceSettings> instances;
  for (auto const& tor : options.settings.tors) {
    auto made = instance_settings(tor, options.data);
    if (!made) return made.error();
    instances.push_back(std::move(*made));
  }
  auto store = store::Store::open(store_options(options.data));
  if (!store) return store.error();
  if (auto const aborted = (*store)->aborted_at_open(); aborted > 0)
    log::warning("aborted-measurements-found", {{"count", std::to_string(aborted)}});

  std::unique_ptr<Station> out(new Station(loop, options, std::move(*store)));
  ServingOptions serving{options.settings.vantage.name, options.data.store,
                         options.settings.server.max_size};
  out->serving_ = std::make_unique<Serving>(std::move(serving), std::move(options.measurement),
                                            std::move(options.results), out->marks_);
  for (std::size_t i = 0; i < instances.size(); ++i)
    out->tors_.push_back(std::make_unique<TorUnit>(loop, &launcher, options.settings.tors[i],
                                                   std::move(instances[i]), out->recorder_,
                                                   options.on_tor_state));
  out->runner_ = std::make_unique<ExperimentRunner>(out->runner_parts());
  schedule::Scheduler::Options schedule;
  schedule.seed = schedule::seed_from(options.settings.vantage.name);
  out->scheduler_ =
      std::make_unique<schedule::Scheduler>(loop, *out->runner_, *out->runner_, schedule);
  out->serving_->start();
  out->tasks_.spawn("tidy", out->tidy());
  return out;
}

Station::Station(runtime::Loop& loop, StationOptions& options, std::unique_ptr<store::Store> store)
    : loop_(loop),
      settings_(options.settings),
      on_record_(std::move(options.on_record)),
      store_(std::move(store)),
      recorder_(*store_),
      marks_(loop),
      stop_(loop.context()),
      tasks_(loop) {}

Station::~Station() = default;

RunnerParts Station::runner_parts() {
  auto const& server = settings_.server;
  auto const& addresses = serving_->measurement_addresses();
  auto port = server.public_port;
  if (port == 0 && !addresses.empty()) port = addresses.front().port();
  return {loop_,
          *store_,
          marks_,
          stop_,
          settings_.vantage.name,
          server.public_host,
          port,
          [this](std::string const& name) { return tor(name); },
          [this](model::Measurement const& measurement) { record(measurement); }};
}

TorUnit* Station::tor(std::string const& name) {
  for (auto const& unit : tors_)
    if (unit->configuration().name == name) return unit.get();
  return nullptr;
}

void Station::start_tors() {
  for (auto const& unit : tors_) unit->instance().start();
}

void Station::start_schedule() {
  scheduled_ = true;
  scheduler_->start(settings_.experiments);
}

Task<model::Measurement> Station::measure(config::Experiment experiment) {
  return runner_->measure(std::make_shared<config::Experiment const>(std::move(experiment)),
                          runtime::wall_now());
}

Task<Result<>> Station::stop() {
  stop_.set();
  co_await tasks_.stop();
  co_await scheduler_->stop();
  // All at once: each tor may take its time to end.
  runtime::TaskGroup stopping(loop_);
  for (auto const& unit : tors_)
    stopping.spawn("stop tor " + unit->configuration().name, unit->instance().stop());
  co_await stopping.join();
  serving_->stop();
  co_return store_->close();
}

// Deletes what is older than the configuration keeps.
Task<> Station::tidy() {
  co_await runtime::sleep_for(kFirstTidying);
  for (;;) {
    store_->prune(retention(settings_.store, runtime::wall_now()), [](Result<store::Pruned> done) {
      if (!done)
        log::error("pruning-failed", {{"what", done.error().message}});
      else if (done->measurements + done->circuits + done->streams + done->raw_events > 0)
        log::info("pruned", {{"measurements", std::to_string(done->measurements)},
                             {"circuits", std::to_string(done->circuits)},
                             {"streams", std::to_string(done->streams)},
                             {"raw-events", std::to_string(done->raw_events)}});
    });
    co_await runtime::sleep_for(kTidyEvery);
  }
}

config::Reload Station::reload(config::Settings const& wanted) {
  auto out = config::reload(settings_, wanted);
  settings_ = out.settings;
  if (scheduled_) scheduler_->replace(settings_.experiments);
  log::set_level(settings_.log.level);
  return out;
}

void Station::record(model::Measurement const& measurement) {
  last_[measurement.experiment] = {
      std::string(model::name(measurement.outcome.code)),
      measurement.started_at == WallTime{} ? measurement.scheduled_at : measurement.started_at};
  if (measurement.outcome.code == model::FailureCode::perfd_missed_slot)
    ++missed_;
  else
    ++measurements_;
  if (!measurement.outcome.ok()) ++failures_;
  if (on_record_) on_record_(measurement);
}

Status Station::status() const {
  Status out;
  out.vantage = settings_.vantage.name;
  out.version = version();
  for (auto const& address : serving_->results_addresses())
    out.results.push_back("http://" + address.text() + "/");
  for (auto const& unit : tors_)
    out.instances.push_back(
        {unit->configuration().name, state_text(unit->instance()), unit->instance().version()});
  for (auto const& experiment : scheduler_->status()) {
    Status::Experiment one{experiment.name, "", {}, experiment.next_slot};
    if (auto const last = last_.find(experiment.name); last != last_.end()) {
      one.last_outcome = last->second.outcome;
      one.last_at = last->second.at;
    }
    out.experiments.push_back(std::move(one));
  }
  out.measurements = measurements_;
  out.failures = failures_;
  out.missed = missed_;
  auto const health = store_->health();
  if (health.failing) {
    out.store_trouble = health.last_error;
  } else if (!health.good()) {
    out.store_trouble = std::to_string(health.lost_measurements) + " measurements and " +
                        std::to_string(health.lost_events) +
                        " events were lost: " + health.last_error;
  }
  return out;
}

}  // namespace perfd::app
