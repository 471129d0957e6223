// Where what an import finds goes, and what the user is told meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "model/measurement.h"

namespace perfd::import {

// Called from inside import_files(), on its thread.
class Sink {
 public:
  virtual ~Sink() = default;
  // An error ends the import: it can't be kept.
  [[nodiscard]] virtual Result<void> measurement(model::Measurement measurement) = 0;
  // Of a log or an analysis: also those that carried no measurement. Its tor_run is the µs of its
  // launch, so that (instance, tor_run, id) names it.
  [[nodiscard]] virtual Result<void> circuit(model::Circuit circuit) = 0;
  // Without them much is spared; those of a measurement are in it in any case.
  [[nodiscard]] virtual bool wants_circuits() const { return true; }
  // What could not be read, with its place ("FILE:LINE"). The rest is imported.
  virtual void problem(std::string const& place, std::string const& reason) = 0;
  // Bytes of the files as they lie, out of all of them.
  virtual void progress(std::int64_t done, std::int64_t all) = 0;
};

}  // namespace perfd::import
