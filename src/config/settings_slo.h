// Thresholds for results: when an experiment is not as good as it has to be.
//
// Types only, as in settings.h. They stand in a file of their own, which `perfd check --slo` and
// the daemon read (slo.h); what they mean is judged in report/slo.h. docs/thresholds.md.
// Thread: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::config {

// A part of a whole, from 0 to 1.
struct Share {
  double value = 0;
  friend bool operator==(Share, Share) = default;
};

struct SloRule {
  std::string name;
  std::string experiment;  // empty: each of them
  std::string arm;         // empty: each of them
  // What is asked for; those that are not given are not judged.
  std::optional<Micros> ttfb_p90;
  std::optional<Micros> ttlb_p90;
  std::optional<Share> failure_rate;
  std::optional<Micros> freshness;
  Micros window = std::chrono::hours{1};
  std::int32_t windows = 3;   // in a row that must be bad to fail, or good to be over it
  std::int32_t at_least = 5;  // measurements that a window needs to be judged

  friend bool operator==(SloRule const&, SloRule const&) = default;
};

}  // namespace perfd::config
