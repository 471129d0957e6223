// What Prometheus reads at /metrics: counters that grow where the events happen, and gauges that
// are set when somebody asks. docs/metrics.md has the list.
//
// Labels are names of the configuration and words of closed lists, so their number is bounded;
// what a tor says of an end is bounded by who counts it. No label has an id or a fingerprint.
// Thread: any; each call is whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/units.h"
#include "model/measurement.h"
#include "web/daemon.h"

namespace perfd::web {

class Metrics {
 public:
  Metrics(std::string version, WallTime started_at);
  ~Metrics();
  Metrics(Metrics const&) = delete;
  Metrics& operator=(Metrics const&) = delete;

  // Of a measurement that has ended; missed slots are counted by the state.
  void measured(model::Measurement const& measurement);
  // A success of before this start.
  void succeeded_before(std::string const& experiment, std::string const& arm, WallTime at);
  void probed(std::string const& module, model::FailureCode outcome);

  // One threshold, as it was judged last; see alerts.h.
  struct Alert {
    std::string rule, experiment, arm;
    std::string_view metric;
    bool failing = false;
  };
  // In the place of those of before.
  void alerts(std::vector<Alert> const& alerts);

  void state(DaemonState const& state);

  // In Prometheus' text format.
  [[nodiscard]] std::string text() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::web
