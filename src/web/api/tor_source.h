// What the API wants to know of what tors told. Implemented by app over the store.
// Thread: of whoever makes an answer; may block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/circuit.h"
#include "model/guards.h"

namespace perfd::web::api {

struct CircuitsAsked {
  std::string instance{};  // empty: all
  std::optional<WallTime> since{};
  std::optional<WallTime> until{};
  std::optional<std::pair<WallTime, std::int64_t>> before{};  // launch, and row
  std::size_t most = 100;
};

struct ListedCircuit {
  std::int64_t row = 0;
  model::Circuit circuit;
};

struct CircuitCount {
  std::string instance;
  std::string result;
  std::string reason;
  std::int64_t n = 0;
};

class TorSource {
 public:
  virtual ~TorSource() = default;
  // The latest first.
  [[nodiscard]] virtual Result<std::vector<ListedCircuit>> circuits(CircuitsAsked const& asked) = 0;
  [[nodiscard]] virtual Result<std::vector<CircuitCount>> circuit_counts(WallTime since,
                                                                         WallTime until) = 0;
  [[nodiscard]] virtual Result<std::vector<model::GuardChoice>> guard_choices(WallTime since,
                                                                              WallTime until,
                                                                              std::size_t most) = 0;
  // Of relays that may be guards, by fingerprint.
  [[nodiscard]] virtual Result<std::map<std::string, std::string>> nicknames() = 0;
};

}  // namespace perfd::web::api
