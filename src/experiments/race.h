// A transfer against its deadline and against the order to stop. Internal to experiments.
// Thread: the measuring loop's.
#pragma once

#include <optional>

#include "base/result.h"
#include "experiments/outcome_map.h"
#include "runtime/task.h"
#include "runtime/timer.h"

namespace perfd::experiments {

struct Raced {
  Ending ending = Ending::finished;
  std::optional<Error> error;  // of the work, where it ended by itself
};

// Runs `work` to its end, until `deadline`, or until `stop` is set (may be null) or the awaiting
// task is cancelled. Work that lost is cancelled and awaited. An exception of `work` passes
// through; a cancellation of the awaiting task does not: it is an ending.
runtime::Task<Raced> race(MonoTime deadline, runtime::Event* stop, runtime::Task<Result<>> work);

}  // namespace perfd::experiments
