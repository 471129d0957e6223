#include "app/measurement_setup.h"

#include <utility>

#include "app/experiment_spec.h"
#include "app/log.h"
#include "app/screenshots.h"
#include "app/tor_settings.h"
#include "base/text.h"
#include "config/words.h"
#include "experiments/page.h"
#include "experiments/series.h"
#include "runtime/clock.h"
#include "runtime/random.h"
#include "stats/allocation.h"

namespace perfd::app {
namespace {

using config::TargetKind;
using experiments::MeasurementPorts;
using experiments::MeasurementSpec;
using model::FailureCode;
using runtime::Task;

bool is_onion(config::Target const& target) {
  return target.kind == TargetKind::onion || target.kind == TargetKind::single_onion;
}

Destination destination_of(config::Experiment const& experiment, Surroundings const& around) {
  auto const kind = experiment.target.kind;
  // A slot that came to no page.
  if (!experiment.urls.empty()) return {experiment.urls, {}, 0, {}, {}, false};
  // The configuration was checked: a URL that can't be read does not come so far.
  if (kind == TargetKind::url)
    return destination_of_url(experiment.target.url, experiment.kind == config::Kind::page).value();
  if (kind == TargetKind::direct)
    return own_server(around.host, experiment.https ? around.tls_port : around.port);
  auto out = own_server({}, kOnionPort);
  out.target = config::name(kind);
  return out;
}

// "….onion" of a third party's service: what stands before the suffix, without subdomains.
std::string onion_of(std::string const& host, std::string const& suffix) {
  if (!to_lower(host).ends_with(suffix)) return {};
  auto const rest = host.substr(0, host.size() - suffix.size());
  auto const dot = rest.rfind('.');
  return to_lower(dot == std::string::npos ? rest : rest.substr(dot + 1));
}

experiments::SeriesIsolation series_isolation(config::Isolation isolation) {
  switch (isolation) {
    case config::Isolation::same:
      return experiments::SeriesIsolation::same;
    case config::Isolation::each:
      return experiments::SeriesIsolation::each;
    case config::Isolation::port:
      return experiments::SeriesIsolation::port;
  }
  return experiments::SeriesIsolation::same;
}

Task<model::Measurement> run_series(config::Experiment const& experiment, TorUnit& unit,
                                    MeasurementPorts ports, MeasurementSpec spec) {
  experiments::SeriesSpec series;
  series.requests = experiment.requests;
  series.at_once = experiment.at_once;
  series.pause = experiment.pause;
  series.isolation = series_isolation(experiment.isolation);
  series.proxies = unit.instance().socks_ports();
  if (series.proxies.empty() && spec.proxy) series.proxies.push_back(*spec.proxy);
  series.request = std::move(spec);
  auto record = co_await experiments::measure_series(ports, std::move(series));
  if (record.allocation) stats::summarize(*record.allocation);
  co_return record;
}

// Sets the record's screenshot where it could be kept.
void add_screenshot(std::string const& png, std::filesystem::path const& folder,
                    model::Measurement& record) {
  if (png.empty() || !record.page) return;
  if (auto kept = keep_screenshot(folder, record.id, png))
    record.page->screenshot = std::move(*kept);
  else
    log::warning("screenshot-not-kept", {{"id", record.id}, {"what", kept.error().message}});
}

Task<model::Measurement> run_page(config::Experiment const& experiment, Surroundings const& around,
                                  MeasurementPorts ports, MeasurementSpec spec) {
  auto const until = runtime::mono_now() + Nanos{spec.timeout};
  auto lease = co_await around.browsers->borrow(until, *ports.stop);
  if (!lease) {
    auto record = experiments::started_record(spec, runtime::wall_now());
    record.tor = ports.tor->view();
    record.outcome = {
        ports.stop->is_set() ? FailureCode::perfd_cancelled : FailureCode::browser_not_started,
        "start browser", lease.error().message};
    co_return record;
  }
  experiments::PageSpec page;
  if (experiment.target.kind == TargetKind::url) page.url = experiment.target.url;
  page.https = experiment.https;
  page.own_certificate = around.own_certificate && experiment.https;
  page.form = spec.own_server && experiment.page == config::BuiltInPage::form;
  page.screenshot = experiment.screenshot;
  page.request = std::move(spec);
  std::string png;
  auto record = co_await experiments::measure_page(ports, lease->pool(), std::move(page), png);
  add_screenshot(png, around.screenshots, record);
  co_return record;
}

}  // namespace

MeasurementSpec spec_of(config::Experiment const& experiment, Surroundings const& around,
                        WallTime scheduled_at) {
  auto spec = measurement_spec(experiment, destination_of(experiment, around), around.source);
  spec.id = runtime::new_id();
  spec.scheduled_at = scheduled_at;
  if (experiment.circuit == config::CircuitUse::shared)
    spec.username = "perfd-shared-" + experiment.name;
  auto* const unit = around.find_tor(experiment.tor);
  if (unit == nullptr) return spec;
  spec.proxy = unit->instance().socks();
  spec.guards = guards_text(unit->configuration().guards);
  if (experiment.target.kind == TargetKind::url)
    spec.onion = onion_of(spec.host, unit->configuration().onion_suffix);
  return spec;
}

std::optional<model::Outcome> obstacle_to(config::Experiment const& experiment,
                                          Surroundings const& around) {
  auto const outcome = [](FailureCode code, std::string detail) {
    return model::Outcome{code, "start", std::move(detail)};
  };
  auto* const unit = around.find_tor(experiment.tor);
  if (unit == nullptr)
    return outcome(FailureCode::perfd_internal,
                   "there is no tor instance '" + experiment.tor + "'");
  if (is_onion(experiment.target)) {
    auto const service = around.service_tor(experiment);
    if (around.find_tor(service) == nullptr)
      return outcome(FailureCode::perfd_internal, "there is no tor instance '" + service +
                                                      "', which is to offer the onion service");
  }
  if (experiment.learned_timeout && !unit->instance().view().build_timeout_learned)
    return outcome(FailureCode::perfd_missed_slot,
                   "tor." + experiment.tor +
                       " has not learned its circuit build time-out yet (learned-timeout)");
  return std::nullopt;
}

Task<model::Measurement> run_experiment(std::shared_ptr<config::Experiment const> experiment,
                                        Surroundings const& around, MeasurementPorts ports,
                                        MeasurementSpec spec) {
  auto& unit = *around.find_tor(experiment->tor);
  // Its stream and circuits stay in the tracker however long it takes.
  auto const watch = unit.instance().watch(spec.username.empty() ? spec.id : spec.username);
  ports.tor = &unit.joiner();
  ports.pool = around.pool.get();
  if (!spec.own_server) ports.server = nullptr;
  if (is_onion(experiment->target))
    ports.onion = &around.find_tor(around.service_tor(*experiment))->onion();
  if (!experiment->path.empty()) ports.path = &unit.paths();
  if (experiment->kind == config::Kind::allocation)
    co_return co_await run_series(*experiment, unit, ports, std::move(spec));
  if (experiment->kind == config::Kind::page)
    co_return co_await run_page(*experiment, around, ports, std::move(spec));
  co_return co_await experiments::measure_once(ports, std::move(spec));
}

}  // namespace perfd::app
