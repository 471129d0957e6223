// What `perfd measure` measures through: a SOCKS proxy that runs, a tor of its own, or a
// private network of its own.
// Thread: the measuring loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/measure_options.h"
#include "base/result.h"
#include "model/measurement.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"

namespace perfd::app {

class MeasureTarget {
 public:
  using Told = std::function<void(std::string const& step)>;
  virtual ~MeasureTarget() = default;
  virtual runtime::Task<Result<>> prepare(Told told) = 0;
  virtual runtime::Task<model::Measurement> measure() = 0;
  virtual runtime::Task<> tidy_up() = 0;
};

// Errors: a value that can't be read, a binary that is missing.
[[nodiscard]] Result<std::unique_ptr<MeasureTarget>> make_target(runtime::Loop& loop,
                                                                 runtime::Launcher& launcher,
                                                                 MeasureOptions const& options);

}  // namespace perfd::app
