// Judges the results by the file of thresholds every minute, for as long as perfd runs: what comes
// of it is at /api/v1/alerts and in /metrics, and in the log where a rule begins or ends to fail.
//
// A thread of its own reads the file and the store. Thread: the measuring loop's.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/slo_results.h"
#include "config/settings.h"
#include "runtime/pool.h"
#include "web/alerts.h"
#include "web/metrics.h"

namespace perfd::app {

class SloWatch {
 public:
  // References outlive this object. `settings` are those in force, asked for each time.
  SloWatch(runtime::Loop& loop, std::filesystem::path store,
           std::function<config::Settings const&()> settings, web::Alerts& alerts,
           web::Metrics& metrics);

  // Until it is cancelled.
  runtime::Task<> run();

 private:
  using Verdicts = std::vector<report::SloVerdict>;
  runtime::Task<> recall();
  runtime::Task<> judge();
  void take(Verdicts verdicts);
  void tell_trouble(std::string trouble);

  runtime::Loop& loop_;
  std::filesystem::path store_;
  std::function<config::Settings const&()> settings_;
  web::Alerts& alerts_;
  web::Metrics& metrics_;
  std::set<std::string> failing_;  // as they were told last
  std::string trouble_;            // likewise
  runtime::Pool pool_{1};
};

}  // namespace perfd::app
