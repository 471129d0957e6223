// How tor allotted the streams of a series to circuits.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "model/circuit.h"
#include "model/outcome.h"

namespace perfd::model {

// Whether a circuit was there when a stream came.
enum class CircuitOrigin : std::uint8_t {
  unknown,  // its launch or its building was not seen
  ready,    // built before the stream came
  pending,  // its launch was told before the stream, its building after
  built,    // launched after the stream came: for it, or for another one that waited
};
[[nodiscard]] std::string_view name(CircuitOrigin origin);
[[nodiscard]] std::optional<CircuitOrigin> circuit_origin(std::string_view name);

// A stream's stay on a circuit, beside what its attachment tells.
struct CircuitStay {
  std::uint64_t circuit_id = 0;
  CircuitOrigin origin = CircuitOrigin::unknown;
  bool cannibalized = false;  // it was built for another purpose
  std::string conflux_id;     // of the set that it is a leg of
  std::optional<Micros> age;  // of the circuit, from its launch to the attachment
  std::int64_t streams = 0;   // of this series that were ever attached to it, this one included

  friend bool operator==(CircuitStay const&, CircuitStay const&) = default;
};

// One request of the series.
struct AllocatedStream {
  Outcome outcome;
  WallTime started_at{};
  std::optional<Micros> first_byte;  // from its start to the first and the last byte
  std::optional<Micros> last_byte;
  std::optional<Micros> waited;    // from NEW to the first attachment to a circuit
  std::optional<Stream> stream;    // nothing: tor never saw it
  std::vector<CircuitStay> stays;  // in the order of the stream's attachments

  friend bool operator==(AllocatedStream const&, AllocatedStream const&) = default;
};

struct Distribution {
  std::int64_t n = 0;
  std::int64_t min = 0;
  std::int64_t median = 0;
  std::int64_t p90 = 0;
  std::int64_t max = 0;

  friend bool operator==(Distribution const&, Distribution const&) = default;
};

struct Allocation {
  bool at_once = false;
  Micros pause{0};
  std::string isolation = "same";        // same, each, port
  std::vector<AllocatedStream> streams;  // in the order of their start

  std::int64_t circuits = 0;     // that carried at least one of the streams
  std::int64_t detachments = 0;  // of streams from circuits before the stream's end
  Distribution streams_per_circuit;
  Distribution waited_us;
  Distribution circuit_age_us;  // at the first attachment of each stream

  friend bool operator==(Allocation const&, Allocation const&) = default;
};

}  // namespace perfd::model
