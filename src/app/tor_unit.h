// One tor instance of the station, with what belongs to it.
// Owner: the station. Thread: the measuring loop's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/stream_joiner.h"
#include "app/tor_ports.h"
#include "app/tor_recorder.h"
#include "config/settings.h"
#include "runtime/pool.h"
#include "tor/guard_keeper.h"
#include "tor/instance.h"

namespace perfd::app {

class TorUnit final : private tor::InstanceObserver {
 public:
  using StateHandler = std::function<void(tor::Instance const&)>;

  // `pool` is for what tor knows of all relays. `on_state` is called at every change of the
  // instance's state or progress; may be empty.
  TorUnit(runtime::Loop& loop, runtime::Launcher* launcher, runtime::Pool& pool,
          config::Tor configuration, tor::InstanceSettings settings, tor::OnionSettings onion,
          TorRecorder& recorder, StateHandler on_state);
  TorUnit(TorUnit const&) = delete;
  TorUnit& operator=(TorUnit const&) = delete;

  [[nodiscard]] config::Tor const& configuration() const { return configuration_; }
  [[nodiscard]] tor::Instance& instance() { return instance_; }
  [[nodiscard]] tor::Instance const& instance() const { return instance_; }
  [[nodiscard]] experiments::StreamJoin& joiner() { return joiner_; }
  [[nodiscard]] experiments::PathPort& paths() { return path_port_; }
  [[nodiscard]] experiments::OnionPort& onion() { return onion_port_; }
  // When it last told something, and the last line of its log that warns, since perfd's start.
  [[nodiscard]] std::optional<WallTime> last_event_at() const { return last_event_at_; }
  [[nodiscard]] std::string const& last_warning() const { return last_warning_; }
  // Its onion service shall exist from now on, so that it is published when it is measured.
  void offer_onion() { onion_services_.offer(); }

 private:
  void on_state(tor::Instance const& instance) override;
  void on_raw_event(tor::Instance const& instance, WallTime read_at,
                    std::string const& raw) override;
  void on_circuit_done(tor::Instance const& instance, model::Circuit const& circuit) override;
  void on_stream_done(tor::Instance const& instance, model::Stream const& stream) override;
  void on_log_line(tor::Instance const& instance, std::string const& line) override;

  config::Tor configuration_;
  TorRecorder& recorder_;
  StateHandler on_state_;
  std::optional<WallTime> last_event_at_;
  std::string last_warning_;
  tor::Instance instance_;
  StreamJoiner joiner_;  // depends-on: instance_
  tor::OnionServices onion_services_;
  tor::ChosenPaths chosen_paths_;
  tor::GuardKeeper guard_keeper_;
  OnionAdapter onion_port_;
  PathAdapter path_port_;
};

// Until the tor has bootstrapped. An error, at once, where it fails: for commands with somebody
// who waits. The daemon goes on without it and tries again.
[[nodiscard]] runtime::Task<Result<>> await_tor(tor::Instance& instance, Nanos limit);

}  // namespace perfd::app
