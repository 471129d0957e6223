// Prometheus probes an address through perfd, in the manner of its blackbox exporter:
//
//   /probe?target=URL&module=NAME[&tor=INSTANCE]
//
// One fetch through a tor now, as a module ([probe.NAME]) says, answered as metrics: probe_success,
// probe_duration_seconds, its phases. It ends before the scrape does
// (X-Prometheus-Scrape-Timeout-Seconds). Only for who has the privilege (privilege.h), since it
// makes perfd send traffic. A probe that fails is an answer, too; what can't be probed says why in
// a line of text: 400 for a wrong parameter, 503 where too many run or the daemon does not answer.
//
// It is no result: nothing of it is stored or published, so that a target that is nobody's business
// stays that. Thread: the serving loop's. Ownership: refers to daemon, metrics and privilege.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/settings.h"
#include "web/daemon.h"
#include "web/http.h"
#include "web/metrics.h"
#include "web/privilege.h"

namespace perfd::web {

class Probe final : public Part {
 public:
  // `tors` are those that a request may name.
  Probe(Daemon& daemon, Metrics& metrics, Privilege const& privilege,
        std::vector<config::Probe> modules, std::vector<std::string> tors)
      : daemon_(daemon),
        metrics_(metrics),
        privilege_(privilege),
        modules_(std::move(modules)),
        tors_(std::move(tors)) {}

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  struct Asked {
    config::Probe const* module = nullptr;
    ProbeOrder order;
  };
  [[nodiscard]] Result<Asked> read(Request const& request) const;
  [[nodiscard]] Result<config::Probe const*> module_of(std::string const& name) const;
  runtime::Task<Response> run(Asked asked);

  Daemon& daemon_;
  Metrics& metrics_;
  Privilege const& privilege_;
  std::vector<config::Probe> modules_;
  std::vector<std::string> tors_;
  std::map<std::string, int> running_;  // by module
};

// What a probe came to, in Prometheus' text format.
[[nodiscard]] std::string probe_metrics(model::Measurement const& measurement, Micros duration);

}  // namespace perfd::web
