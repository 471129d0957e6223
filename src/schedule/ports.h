// What the schedule needs from outside.
// Thread: the measuring loop's.
#pragma once

#include <cstdint>
#include <memory>

#include "base/units.h"
#include "config/settings.h"
#include "model/outcome.h"
#include "runtime/task.h"

namespace perfd::schedule {

// Shared, because a running measurement keeps the definition that it started with when the
// configuration changes under it.
using ExperimentRef = std::shared_ptr<config::Experiment const>;

// Runs one measurement to its end and keeps its record.
class Runner {
 public:
  virtual ~Runner() = default;
  // Called when the tor instance is free, which may be later than `scheduled_at`. Returns when
  // the record is handed over; an exception is reported by the loop and frees the instance.
  [[nodiscard]] virtual runtime::Task<> run(ExperimentRef experiment, WallTime scheduled_at) = 0;
};

struct MissedSlot {
  ExperimentRef experiment;
  WallTime scheduled_at{};
  // 1, but for the oldest of a long gap: so many slots from scheduled_at to `last` that a record
  // of each would be a flood.
  std::int64_t count = 1;
  WallTime last{};         // == scheduled_at where count is 1
  model::Outcome outcome;  // PERFD_MISSED_SLOT, "schedule", and why
};

// Keeps the record of a slot that did not start in time.
class MissedSink {
 public:
  virtual ~MissedSink() = default;
  virtual void missed(MissedSlot slot) = 0;
};

}  // namespace perfd::schedule
