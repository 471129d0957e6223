// What monitoring asks of the daemon:
//
//   /metrics   all counters and gauges, for Prometheus (metrics.h)
//   /healthz   200: the process answers
//   /readyz    200 where the store works and every tor that an experiment needs is ready; else 503
//              and the reasons, one a line
//
// These addresses stay. Thread: the serving loop's. Ownership: refers to both.
#pragma once

#include "web/daemon.h"
#include "web/http.h"
#include "web/metrics.h"

namespace perfd::web {

class Monitoring final : public Part {
 public:
  Monitoring(Daemon& daemon, Metrics& metrics) : daemon_(daemon), metrics_(metrics) {}

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  runtime::Task<Response> metrics();
  runtime::Task<Response> ready();

  Daemon& daemon_;
  Metrics& metrics_;
};

// Why it is not ready; empty: it is.
[[nodiscard]] std::vector<std::string> not_ready(DaemonState const& state);

}  // namespace perfd::web
