// How one event changes one circuit or stream. Internal to the tracker.
// Thread: pure functions. What an object holds is bounded; what was left out is counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/units.h"
#include "model/circuit.h"
#include "wire/torctl/event.h"

namespace perfd::tor {

struct ObjectLimits {
  std::size_t states = 256;
  std::size_t hops = 32;
  std::size_t attachments = 64;
  std::size_t text = 1024;  // characters of a word
};

// `known` says that the circuit was watched from its launch on, so that a hop that is new
// was added just now; else its time is not known and stays zero.
// Each gives the number of states, hops or attachments that did not fit.
std::size_t apply(model::Circuit& circuit, wire::torctl::CircuitReport const& report, WallTime at,
                  bool known, ObjectLimits const& limits);
// `same_set` says that the circuit of the event and that of the last attachment are legs of
// one conflux set: the stream has not moved then.
std::size_t apply(model::Stream& stream, wire::torctl::Stream const& report, WallTime at,
                  bool same_set, ObjectLimits const& limits);

[[nodiscard]] bool is_end(wire::torctl::Circ const& report);    // FAILED, CLOSED
[[nodiscard]] bool is_end(wire::torctl::Stream const& report);  // CLOSED

// Ends an object whose end tor will not tell any more, for example as its process died.
void abandon(model::Circuit& circuit, WallTime at, char const* reason);
void abandon(model::Stream& stream, WallTime at, char const* reason);

}  // namespace perfd::tor
