// The port to the tor that builds circuits of chosen relays and attaches streams to them.
// Thread: the measuring loop's. app adapts it to a tor instance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/circuit.h"
#include "runtime/task.h"

namespace perfd::experiments {

class PathPort {
 public:
  struct Built {
    std::optional<model::Circuit> circuit;  // that was begun, a failed one too
    std::string problem;                    // which hop failed and why; empty: it stands
    bool control = false;                   // the problem is the control connection's
  };

  virtual ~PathPort() = default;
  // A circuit through these relays, for the stream that will come with this username.
  virtual runtime::Task<Built> build(std::vector<std::string> hops, std::string username,
                                     MonoTime until) = 0;
  // After build(), whatever it gave, also where it was cut off. Waits for nothing.
  virtual void release(std::string const& username) = 0;
};

}  // namespace perfd::experiments
