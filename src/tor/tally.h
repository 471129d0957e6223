// Circuits built, failed and timed out, by guard and by reason, since the start.
// Circuits of one hop (directory fetches) are not counted: they need no guard.
// Owner: the tracker. Thread: its owner's. Bounded.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "model/circuit.h"
#include "wire/torctl/event.h"

namespace perfd::tor {

struct GuardTally {
  std::uint64_t built = 0;
  std::uint64_t failed = 0;     // ended before they were built
  std::uint64_t timed_out = 0;  // took longer than the build time-out; also in `failed` if they
                                // were never built
  std::uint64_t closed = 0;     // ended after they were built
  std::map<std::string, std::uint64_t> reasons;  // of the ends

  friend bool operator==(GuardTally const&, GuardTally const&) = default;
};

class CircuitTally {
 public:
  // After the report was applied to the circuit.
  void count(model::Circuit const& circuit, wire::torctl::CircuitReport const& report);

  // By the guard's fingerprint; empty: no first hop was reached.
  [[nodiscard]] std::map<std::string, GuardTally> const& by_guard() const { return by_guard_; }
  [[nodiscard]] GuardTally total() const;

  // The same circuits by what became of them. "built" has no reason, "failed" ended before it was
  // built, "closed" after.
  struct Fate {
    std::string result;
    std::string reason;
    friend auto operator<=>(Fate const&, Fate const&) = default;
  };
  [[nodiscard]] std::map<Fate, std::uint64_t> const& by_fate() const { return by_fate_; }

 private:
  void count_fate(std::string result, std::string reason);

  std::map<std::string, GuardTally> by_guard_;
  std::map<Fate, std::uint64_t> by_fate_;
};

}  // namespace perfd::tor
