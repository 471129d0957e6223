// What is kept of each measurement of an arm to compare it with another: when, and a few numbers.
// Thread: values.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"
#include "stats/metric.h"

namespace perfd::stats {

struct Observation {
  WallTime at{};  // started_at
  bool failed = false;
  std::array<std::optional<double>, kMetrics.size()> values;  // by metric; of the successful alone

  [[nodiscard]] std::optional<double> const& of(Metric metric) const {
    return values[static_cast<std::size_t>(metric)];
  }
};

class ArmSample {
 public:
  // Measurements that perfd itself ended or never began (PERFD_…) say nothing about the arm: they
  // are counted, and compared with nothing.
  void add(model::Measurement const& measurement);

  // `later`: of measurements that ended after those that were added here.
  void merge(ArmSample later);

  [[nodiscard]] std::span<Observation const> observations() const { return observations_; }
  [[nodiscard]] std::size_t n() const { return observations_.size(); }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }
  [[nodiscard]] std::map<model::FailureCode, std::size_t> const& failures() const {
    return failures_;  // by code, those that were left out too
  }

 private:
  std::vector<Observation> observations_;
  std::size_t failed_ = 0;
  std::size_t left_out_ = 0;
  std::map<model::FailureCode, std::size_t> failures_;
};

}  // namespace perfd::stats
