// What must stand before a measurement's first step: the digest of what it uploads, an onion
// service that is published, a circuit of chosen relays. Its time is not the measurement's, but it
// is within its deadline.
//
// Internal to experiments. Thread: the measuring loop's.
#pragma once

#include <optional>
#include <string>

#include "experiments/measure_once.h"
#include "experiments/onion_port.h"

namespace perfd::experiments {

// Operations beside those of net::Step.
inline constexpr auto kPublishOperation = "publish";
inline constexpr auto kBuildOperation = "build circuit";

struct Prepared {
  std::optional<model::Outcome> failure;
  std::optional<OnionPort::Service> service;
  std::optional<model::Circuit> circuit;  // of a chosen path, a failed one too
};

// The SOCKS username that the measurement's stream will have.
[[nodiscard]] std::string username_of(MeasurementSpec const& spec);

// Never fails otherwise than in `failure`; ends early when ports.stop is set.
[[nodiscard]] runtime::Task<Prepared> prepare(MeasurementPorts ports, MeasurementSpec spec,
                                              MonoTime deadline);
// After it, whatever it gave, also where it was cut off. Waits for nothing.
void undo(MeasurementPorts const& ports, MeasurementSpec const& spec, Prepared const& prepared);

}  // namespace perfd::experiments
