// The circuits that are built and open, and the first hops that they have.
// Circuits of one hop (directory fetches) are not among them: they need no guard.
// Owner: the tracker. Thread: its owner's. Bounded by the tracker's limit of open circuits.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/circuit.h"

namespace perfd::tor {

class BuiltCircuits {
 public:
  // After a report was applied to it.
  void note(model::Circuit const& circuit);
  // It is not followed any more.
  void forget(model::Circuit const& circuit);

  struct Circuit {
    std::string first_hop;  // fingerprint
    WallTime launched_at{};
  };
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // tor's run, and the circuit's id
  [[nodiscard]] std::map<Key, Circuit> const& all() const { return all_; }

  // Nicknames by fingerprint.
  [[nodiscard]] std::map<std::string, std::string> first_hops() const;

 private:
  std::map<Key, Circuit> all_;
  struct Hop {
    std::string nickname;
    std::size_t circuits = 0;
  };
  std::map<std::string, Hop> hops_;
};

}  // namespace perfd::tor
