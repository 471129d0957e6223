#include "stats/arm_sample.h"

namespace perfd::stats {
namespace {

bool ended_by_perfd(model::FailureCode code) {
  using enum model::FailureCode;
  return code == perfd_aborted || code == perfd_cancelled || code == perfd_missed_slot ||
         code == perfd_internal;
}

}  // namespace

void ArmSample::add(model::Measurement const& m) {
  if (!m.outcome.ok()) ++failures_[m.outcome.code];
  if (ended_by_perfd(m.outcome.code)) {
    ++left_out_;
    return;
  }
  Observation seen;
  seen.at = m.started_at;
  seen.failed = !m.outcome.ok();
  if (seen.failed)
    ++failed_;
  else
    for (std::size_t i = 0; i < kMetrics.size(); ++i) seen.values[i] = value_of(kMetrics[i], m);
  observations_.push_back(seen);
}

void ArmSample::merge(ArmSample later) {
  observations_.insert(observations_.end(), later.observations_.begin(), later.observations_.end());
  failed_ += later.failed_;
  left_out_ += later.left_out_;
  for (auto const& [code, count] : later.failures_) failures_[code] += count;
}

}  // namespace perfd::stats
