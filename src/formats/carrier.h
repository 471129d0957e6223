// The circuit of a measurement that formats with room for one circuit tell about.
// Thread: pure functions.
#pragma once

#include <cstdint>

#include "model/measurement.h"

namespace perfd::formats {

// Of the measurement's circuits the one with this id; null if there is none.
[[nodiscard]] inline model::Circuit const* circuit_of(model::Measurement const& measurement,
                                                      std::uint64_t id) {
  for (auto const& circuit : measurement.tor.circuits)
    if (circuit.id == id) return &circuit;
  return nullptr;
}

// The circuit that the stream was attached to last; null without a stream, or where
// that circuit is not among the measurement's. Of a conflux set it is the leg that
// the stream was attached to.
[[nodiscard]] inline model::Circuit const* carrier(model::Measurement const& measurement) {
  auto const& stream = measurement.tor.stream;
  if (!stream || stream->attachments.empty()) return nullptr;
  return circuit_of(measurement, stream->attachments.back().circuit_id);
}

}  // namespace perfd::formats
