// The port to the tor that carries a measurement.
//
// Measurement and stream are joined by SOCKS username, and within it by the local address of
// the SOCKS connection (SOURCE_ADDR in STREAM NEW); never by closeness in time.
// Thread: the measuring loop's. app adapts it to a tor instance's tracker; a measurement
// through a foreign SOCKS proxy has none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/measurement.h"
#include "runtime/task.h"

namespace perfd::experiments {

class StreamJoin {
 public:
  enum class State : std::uint8_t {
    down,              // no process, or it hangs
    not_bootstrapped,  // runs, but has no circuit to offer
    up,
  };
  struct Key {
    std::string username;
    std::string source_address;  // "127.0.0.1:40586"; empty: the username alone decides
    std::string onion;           // address of the onion service that is measured, without suffix
    WallTime since{};            // the measurement's start
  };
  struct Joined {
    std::optional<model::Stream> stream;
    std::vector<model::Circuit> circuits;  // in the order of attachment, conflux legs behind theirs
    std::string guard;                     // fingerprint of the first hop of the last of them
    std::optional<model::OnionView> onion;  // where one was asked for
  };

  virtual ~StreamJoin() = default;
  [[nodiscard]] virtual State state() const = 0;
  // For a person, when not up: "exit code 1", "bootstrapped 45 %".
  [[nodiscard]] virtual std::string state_detail() const = 0;
  // Instance, version, consensus and circuit build time-out as they are now; no stream.
  [[nodiscard]] virtual model::TorView view() const = 0;
  // Waits until tor reported the stream's end, but no longer than `until`; then gives what is
  // known. A stream that tor never saw leaves Joined empty.
  virtual runtime::Task<Joined> join(Key key, MonoTime until) = 0;
};

}  // namespace perfd::experiments
