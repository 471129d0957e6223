// Closes those circuits of a tor that are not to be used any more, each as soon as it carries no
// stream.
//
// Which ones that are is asked anew at each look. Only tor knows whether a circuit carries a stream
// at this moment: it keeps those itself (CLOSECIRCUIT … IfUnused), and they are looked at again
// whenever a stream leaves its circuit. Left alone are circuits that a controller built, fetches of
// one hop, and those of onion services, whose streams nobody reports.
// Owner: the keeper of guards. Thread: the loop's.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"
#include "tor/instance.h"
#include "wire/torctl/event.h"

namespace perfd::tor {

// GETINFO circuit-status. Errors: tor's refusal; not connected.
[[nodiscard]] runtime::Task<Result<std::vector<wire::torctl::Circ>>> ask_circuits(
    Instance& instance);

class CircuitCloser {
 public:
  // Whether a circuit, whose first hop is known, is to end.
  using Unwanted = std::function<bool(wire::torctl::CircuitReport const& circuit)>;
  explicit CircuitCloser(Unwanted unwanted) : unwanted_(std::move(unwanted)) {}

  // What tor reports. True where close() has become due by it.
  bool on_circuit(wire::torctl::Circ const& report);
  bool on_stream(wire::torctl::Stream const& report);
  // Other circuits than before are unwanted.
  void look() { due_ = true; }

  // Whether close() is due since this was asked last.
  [[nodiscard]] bool take_due() { return std::exchange(due_, false); }
  // Closes what is unwanted and unused now.
  runtime::Task<> close(Instance& instance);
  // The tor and its circuits are gone.
  void forget() { due_ = others_left_ = false; }

 private:
  [[nodiscard]] bool to_end(wire::torctl::CircuitReport const& circuit) const;

  Unwanted unwanted_;
  bool due_ = false;
  bool others_left_ = false;  // some could not be closed yet
};

}  // namespace perfd::tor
