// A store's results, judged by thresholds (report/slo.h).
// Thread: any; reads the store, which takes as long as there are results in the time looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "config/settings.h"
#include "config/settings_slo.h"
#include "report/slo.h"

namespace perfd::app {

// Of these experiments alone, and those that rules name; none named: of all.
[[nodiscard]] Result<std::vector<report::SloVerdict>> judge_results(
    std::filesystem::path const& store, std::vector<config::SloRule> rules,
    std::vector<std::string> const& experiments, WallTime now);

struct LatestSuccess {
  std::string experiment;
  std::string arm;
  WallTime at{};
};
// Of each arm of the experiments, where there is one since then.
[[nodiscard]] Result<std::vector<LatestSuccess>> latest_successes(
    std::filesystem::path const& store, std::vector<config::Experiment> const& experiments,
    WallTime since);

}  // namespace perfd::app
