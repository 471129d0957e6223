// From an experiment without arms to what experiments/ runs: spec, ports, and the record of it.
// Thread: the measuring loop's.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/browser_keeper.h"
#include "app/page_lists.h"
#include "app/tor_unit.h"
#include "config/settings.h"
#include "experiments/measure_once.h"
#include "runtime/pool.h"

namespace perfd::app {

// The station, as far as a measurement depends on it.
struct Surroundings {
  std::string source;  // the vantage point's name
  std::string host;    // this perfd's own server, as an exit reaches it
  std::uint16_t port = 0;
  std::uint16_t tls_port = 0;                                 // of its https; 0: it has none
  bool own_certificate = false;                               // one that no browser knows
  std::function<TorUnit*(std::string const& name)> find_tor;  // null where there is none
  // The tor that offers the onion service which an experiment measures; empty: none does.
  std::function<std::string(config::Experiment const&)> service_tor;
  // For the digests of uploads.
  std::unique_ptr<runtime::Pool> pool = std::make_unique<runtime::Pool>(1);
  BrowserKeeper* browsers = nullptr;    // of page loads
  PageLists* page_lists = nullptr;      // of experiments whose pages have their turns
  std::filesystem::path screenshots{};  // the folder of their pictures
};

// With its id; the proxy is nothing where there is no such tor, or it is not connected.
[[nodiscard]] experiments::MeasurementSpec spec_of(config::Experiment const& experiment,
                                                   Surroundings const& surroundings,
                                                   WallTime scheduled_at);

// Why the measurement can't be made now, before anything was begun.
[[nodiscard]] std::optional<model::Outcome> obstacle_to(config::Experiment const& experiment,
                                                        Surroundings const& surroundings);

// Runs it: one measurement, an allocation series, or a page load. `ports` has the loop, the server
// and the order to stop; the rest is found here. REQUIRES: obstacle_to() gave nothing.
[[nodiscard]] runtime::Task<model::Measurement> run_experiment(
    std::shared_ptr<config::Experiment const> experiment, Surroundings const& surroundings,
    experiments::MeasurementPorts ports, experiments::MeasurementSpec spec);

}  // namespace perfd::app
