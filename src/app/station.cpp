#include "app/station.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli.h"
#include "app/experiment_spec.h"
#include "app/log.h"
#include "app/rollup_numbers.h"
#include "app/screenshots.h"
#include "app/station_state.h"
#include "app/token_file.h"
#include "app/tor_settings.h"
#include "base/text.h"
#include "base/time_text.h"
#include "runtime/clock.h"
#include "wire/http/url.h"

namespace perfd::app {

using runtime::Task;

namespace {

constexpr auto kFirstTidying = std::chrono::minutes(1);
constexpr auto kTidyEvery = std::chrono::hours(1);
constexpr auto kHealthEvery = std::chrono::seconds(5);

store::Options store_options(DataFolder const& data) {
  store::Options out;
  out.path = data.store;
  out.now = runtime::wall_now;
  out.numbers = rollup_numbers();
  return out;
}

store::Retention retention(config::Store const& settings, WallTime now) {
  return {now - settings.keep, now - settings.keep, now - settings.raw_events};
}

std::string state_text(tor::Instance const& instance) {
  auto out = std::string(tor::name(instance.state()));
  if (instance.state() != tor::InstanceState::ready && !instance.detail().empty())
    out += ": " + instance.detail();
  else if (auto const why = instance.held_back())
    out += ", but " + *why;
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
  std::optional<std::string> token;
  if (auto const& file = options.settings.results.token_file) {
    auto read = read_token(*file);
    if (!read) return read.error();
    token = std::move(*read);
  }
  auto store = store::Store::open(store_options(options.data));
  if (!store) return store.error();
  if (auto const aborted = (*store)->aborted_at_open(); aborted > 0)
    log::warning("aborted-measurements-found", {{"count", std::to_string(aborted)}});

  std::unique_ptr<Station> out(new Station(loop, launcher, options, std::move(*store)));
  ServingOptions serving{
      options.settings.vantage.name,
      options.data.store,
      options.settings.results.publish ? std::optional(options.data.published()) : std::nullopt,
      options.settings.server.max_size,
      std::move(token),
      options.settings.probes};
  serving.loopback = Site::loopback_with(options.settings.tors);
  // One that offers single onion services has no SOCKS port.
  for (auto const& tor : options.settings.tors)
    if (!tor.single_onion) serving.tors.push_back(tor.name);
  Measured const measured{out->door_, out->metrics_, out->alerts_};
  out->serving_ =
      std::make_unique<Serving>(std::move(serving), measured, std::move(options.measurement),
                                std::move(options.results), out->marks_);
  if (!options.tls.empty()) {
    auto tls = out->certificate_.emplace(options.settings.server, options.data.tls()).load();
    if (!tls) return tls.error();
    out->serving_->listen(std::move(options.tls), *tls);
  }
  for (std::size_t i = 0; i < instances.size(); ++i)
    out->tors_.push_back(std::make_unique<TorUnit>(
        loop, &launcher, out->pool_, options.settings.tors[i], std::move(instances[i]),
        out->onion_settings(options.settings.tors[i], options.data), out->recorder_,
        options.on_tor_state));
  out->offer_services();
  out->runner_ = std::make_unique<ExperimentRunner>(out->runner_parts(options.data));
  schedule::Scheduler::Options schedule;
  schedule.seed = schedule::seed_from(options.settings.vantage.name);
  out->scheduler_ =
      std::make_unique<schedule::Scheduler>(loop, *out->runner_, *out->runner_, schedule);
  if (auto results = store::Reader::open(out->store_path_); results) out->remember_last(*results);
  out->serving_->start();
  out->tasks_.spawn("tidy", out->tidy());
  out->tasks_.spawn("tell the web server", out->tell());
  out->tasks_.spawn("watch the store", out->watch_store());
  return out;
}

Station::Station(runtime::Loop& loop, runtime::Launcher& launcher, StationOptions& options,
                 std::unique_ptr<store::Store> store)
    : loop_(loop),
      settings_(options.settings),
      on_record_(std::move(options.on_record)),
      store_path_(options.data.store),
      store_(std::move(store)),
      recorder_(*store_),
      marks_(loop),
      metrics_(version(), runtime::wall_now()),
      door_(loop, *this),
      browsers_(loop, launcher, settings_.browser, options.data.browsers()),
      page_lists_(loop, lists_place(options.data)),
      screenshots_(options.data.screenshots()),
      publisher_(loop, options.data, settings_.vantage.name),
      slo_watch_(
          loop, options.data.store, [this]() -> config::Settings const& { return settings_; },
          alerts_, metrics_),
      stop_(loop.context()),
      tasks_(loop),
      measuring_(loop),
      started_at_(runtime::wall_now()) {}

Station::~Station() = default;

RunnerParts Station::runner_parts(DataFolder const& data) {
  auto const& server = settings_.server;
  auto const& addresses = serving_->measurement_addresses();
  auto port = server.public_port;
  if (port == 0 && !addresses.empty()) port = addresses.front().port();
  Surroundings around;
  around.source = settings_.vantage.name;
  around.host = server.public_host;
  around.port = port;
  around.tls_port = server.public_tls_port;
  if (auto const& tls = serving_->tls_addresses(); around.tls_port == 0 && !tls.empty())
    around.tls_port = tls.front().port();
  around.own_certificate = certificate_ && certificate_->own();
  around.find_tor = [this](std::string const& name) { return tor(name); };
  around.service_tor = [this](config::Experiment const& experiment) {
    return config::service_tor(settings_, experiment);
  };
  around.browsers = &browsers_;
  around.page_lists = &page_lists_;
  around.screenshots = data.screenshots();
  return {loop_,
          *store_,
          marks_,
          stop_,
          std::move(around),
          [this](model::Measurement const& measurement) { record(measurement); }};
}

PageListsPlace Station::lists_place(DataFolder const& data) {
  auto const proxy = [this](std::string const& name) -> std::optional<runtime::Address> {
    auto* const unit = tor(name);
    if (unit == nullptr || unit->instance().state() != tor::InstanceState::ready) return {};
    return unit->instance().socks();
  };
  return {data.store, data.lists(), proxy};
}

// Connections to an onion service come from its tor, which is on this machine.
tor::OnionSettings Station::onion_settings(config::Tor const& tor, DataFolder const& data) const {
  tor::OnionSettings out;
  out.key_file = data.onion_key(tor.name);
  out.virtual_port = kOnionPort;
  out.single = tor.single_onion;
  if (serving_->measurement_addresses().empty()) return out;  // `measure` of other people's servers
  auto const& address = serving_->measurement_addresses().front();
  out.target = address;
  if (address.host() == "0.0.0.0")
    out.target = runtime::Address::numeric("127.0.0.1", address.port()).value();
  if (address.host() == "::") out.target = runtime::Address::numeric("::1", address.port()).value();
  return out;
}

void Station::offer_services() {
  auto const offer = [this](config::Experiment const& experiment) {
    auto* const unit = tor(config::service_tor(settings_, experiment));
    if (unit != nullptr && !experiment.fresh_service) unit->offer_onion();
  };
  for (auto const& experiment : settings_.experiments) {
    if (experiment.arms.empty()) offer(experiment);
    for (auto const& arm : experiment.arms) offer(config::with_arm(experiment, arm));
  }
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
  page_lists_.replace(settings_.experiments);
  scheduler_->start(settings_.experiments);
  tasks_.spawn("judge by thresholds", slo_watch_.run());
  if (settings_.results.publish)
    tasks_.spawn("publish", publisher_.run([this] { return publishing_rules(); }));
}

// A disk in trouble has not yet all that is to be published.
PublishingRules Station::publishing_rules() const {
  PublishingRules out;
  out.keep = settings_.store.keep;
  out.hold = store_->health().failing;
  for (auto const& experiment : settings_.experiments)
    out.longest = std::max(out.longest, experiment.timeout);
  return out;
}

namespace {

struct Direct {
  explicit Direct(runtime::Loop& loop) : done(loop.context()) {}
  runtime::Event done;
  std::optional<model::Measurement> record;
};

Task<> run_direct(ExperimentRunner& runner, schedule::ExperimentRef experiment,
                  std::shared_ptr<Direct> direct) {
  direct->record = co_await runner.measure(std::move(experiment), runtime::wall_now());
  direct->done.set();
}

}  // namespace

Task<model::Measurement> Station::measure(config::Experiment experiment) {
  auto const direct = std::make_shared<Direct>(loop_);
  auto const shared = std::make_shared<config::Experiment const>(std::move(experiment));
  measuring_.spawn("measurement", run_direct(*runner_, shared, direct));
  co_await direct->done.wait();
  co_return *direct->record;
}

namespace {

Task<> run_probe(ExperimentRunner& runner, schedule::ExperimentRef experiment,
                 std::function<void(Result<model::Measurement>)> told) {
  auto record = co_await runner.probe(std::move(experiment));
  told(std::move(record));
}

}  // namespace

web::DaemonState Station::state() const {
  return daemon_state(settings_, tors_, scheduler_->status(), store_->health());
}

bool Station::measures(std::string const& host) const {
  if (host == settings_.server.public_host) return true;
  auto const is_of = [&](config::Target const& target) {
    auto const url = wire::http::parse_url(target.url);
    return url && url->host == host;
  };
  return std::any_of(settings_.experiments.begin(), settings_.experiments.end(),
                     [&](config::Experiment const& experiment) {
                       return is_of(experiment.target) ||
                              std::any_of(experiment.arms.begin(), experiment.arms.end(),
                                          [&](config::Arm const& arm) {
                                            return arm.target && is_of(*arm.target);
                                          });
                     });
}

void Station::probe(web::ProbeOrder order, Told told) {
  if (stop_.is_set()) return told(Error{"perfd is stopping"});
  config::Experiment experiment;
  experiment.name = "probe." + order.module;
  experiment.kind = order.in_browser ? config::Kind::page : config::Kind::download;
  experiment.target = {config::TargetKind::url, order.url};
  experiment.timeout = order.timeout;
  experiment.tor = order.tor;
  auto const url = wire::http::parse_url(order.url);
  if (url && !measures(url->host)) recorder_.keep_private(url->host);
  auto const shared = std::make_shared<config::Experiment const>(std::move(experiment));
  measuring_.spawn("probe", run_probe(*runner_, shared, std::move(told)));
}

Task<Result<>> Station::stop() {
  stop_.set();
  publisher_.cancel();
  co_await tasks_.stop();
  co_await scheduler_->stop();
  co_await measuring_.join();
  co_await page_lists_.stop();
  co_await browsers_.stop();
  // All at once: each tor may take its time to end.
  runtime::TaskGroup stopping(loop_);
  for (auto const& unit : tors_)
    stopping.spawn("stop tor " + unit->configuration().name, unit->instance().stop());
  co_await stopping.join();
  door_.close();
  serving_->stop();
  co_return store_->close();
}

// Trouble with the disk is told when it begins, when something is lost, and when it ends.
Task<> Station::watch_store() {
  store::Health last;
  for (;;) {
    co_await runtime::sleep_for(kHealthEvery);
    auto const now = store_->health();
    if (now.failing && !last.failing)
      log::error("store-fails",
                 {{"what", now.last_error}, {"waiting", std::to_string(now.pending_measurements)}});
    if (now.lost_measurements > last.lost_measurements || now.lost_events > last.lost_events)
      log::error("records-lost", {{"measurements", std::to_string(now.lost_measurements)},
                                  {"events", std::to_string(now.lost_events)},
                                  {"what", now.last_error}});
    if (!now.failing && last.failing) log::info("store-works-again");
    last = now;
  }
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
    remove_screenshots_before(screenshots_, runtime::wall_now() - settings_.store.keep);
    renew_certificate();
    co_await runtime::sleep_for(kTidyEvery);
  }
}

void Station::renew_certificate() {
  if (!certificate_) return;
  auto renewed = certificate_->renew();
  if (!renewed) {
    // The one that it has goes on.
    log::error("certificate-not-renewed", {{"what", renewed.error().message}});
  } else if (*renewed) {
    log::info("certificate-renewed", {{"until", format_iso_seconds((*renewed)->expires())}});
    serving_->renew(std::move(**renewed));
  }
}

config::Reload Station::reload(config::Settings const& wanted) {
  auto out = config::reload(settings_, wanted);
  settings_ = out.settings;
  offer_services();
  renew_certificate();
  if (scheduled_) {
    page_lists_.replace(settings_.experiments);
    scheduler_->replace(settings_.experiments);
  }
  log::set_level(settings_.log.level);
  return out;
}

void Station::record(model::Measurement const& measurement) {
  auto& last = last_[measurement.experiment];
  last.outcome = model::name(measurement.outcome.code);
  last.at =
      measurement.started_at == WallTime{} ? measurement.scheduled_at : measurement.started_at;
  if (measurement.outcome.ok()) last.ok_at = last.at;
  serving_->recorded();
  if (measurement.outcome.code != model::FailureCode::perfd_missed_slot) {
    ++measurements_;
    if (!measurement.outcome.ok()) ++failures_;
  }
  metrics_.measured(measurement);
  if (on_record_) on_record_(measurement);
}

std::vector<std::string> Station::results_urls() const {
  std::vector<std::string> out;
  for (auto const& address : serving_->results_addresses()) {
    auto text = address.text();
    // Nobody can ask "all addresses of this machine".
    if (address.host() == "0.0.0.0" || address.host() == "::")
      text = (settings_.server.public_host.empty() ? "127.0.0.1" : settings_.server.public_host) +
             ":" + std::to_string(address.port());
    out.push_back("http://" + text + "/");
  }
  return out;
}

Status Station::status() const {
  Status out;
  out.vantage = settings_.vantage.name;
  out.version = version();
  out.results = results_urls();
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
    out.missed += static_cast<std::uint64_t>(experiment.missed);
  }
  out.measurements = measurements_;
  out.failures = failures_;
  out.published_until = publisher_.until();
  out.publish_trouble = publisher_.trouble();
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
