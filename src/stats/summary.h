// What a number of measurements came to: the summary of `demo --for` and `measure -n`, and a line
// of `perfd report`.
// Thread: values.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "model/measurement.h"
#include "stats/metric.h"
#include "stats/quantile.h"

namespace perfd::stats {

struct Summary {
  std::size_t n = 0;
  std::size_t ok = 0;
  std::size_t page_loads = 0;                          // of n, failed ones included
  std::map<model::FailureCode, std::size_t> failures;  // by code, without ok
  // Of the successful ones only: a failure's times would make the network look fast
  // or slow by where it broke.
  std::array<std::optional<Spread>, kMetrics.size()> spreads;  // by metric

  [[nodiscard]] std::size_t failed() const { return n - ok; }
  [[nodiscard]] std::optional<Spread> const& of(Metric metric) const {
    return spreads[static_cast<std::size_t>(metric)];
  }
};

// Takes measurements one by one; keeps a few numbers of each.
class Summarizer {
 public:
  void add(model::Measurement const& measurement);
  [[nodiscard]] Summary summary() const;

 private:
  Summary counts_;
  std::array<std::vector<double>, kMetrics.size()> values_;  // by metric
};

}  // namespace perfd::stats
