// What all kinds of measurement do around their own work: see that tor is there, prepare, work,
// and tidy up; and a record whatever happens.
//
// Internal to experiments. Thread: the measuring loop's.
#pragma once

#include <functional>
#include <string>

#include "experiments/measure_once.h"
#include "experiments/preparation.h"

namespace perfd::experiments {

// The measuring itself, with everything prepared: `spec` has the onion service's host. Ends by the
// deadline, but for short waits, and when ports.stop is set.
using Work = std::function<runtime::Task<model::Measurement>(
    MeasurementPorts ports, MeasurementSpec spec, MonoTime deadline)>;

[[nodiscard]] runtime::Task<model::Measurement> measure_prepared(MeasurementPorts ports,
                                                                 MeasurementSpec spec, Work work);

// The SOCKS password beside username_of(spec).
[[nodiscard]] std::string password_of(MeasurementSpec const& spec);

}  // namespace perfd::experiments
