// A tor that perfd uses: a process that it launches and keeps running, or a running tor that
// it attaches to.
//
// A launched tor that crashes, hangs (a control command without answer) or loses its control
// connection is ended and started again, after 1 s, then 2 s, 4 s … 5 min; after ten minutes
// of health it starts from 1 s again. An attached tor is connected to again in the same way.
// What happens is told to an observer, and circuits and streams are followed across restarts.
// Owner: app. Thread: the loop's.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/circuit.h"
#include "model/measurement.h"
#include "runtime/address.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"
#include "runtime/task.h"
#include "tor/control_connection.h"
#include "tor/instance_part.h"
#include "tor/process.h"
#include "tor/tracker.h"

namespace perfd::tor {

enum class InstanceState : std::uint8_t {
  stopped,        // not started, or stopped on purpose
  starting,       // process or connection on the way
  bootstrapping,  // tor speaks, but has no circuit yet
  ready,          // bootstrapped to 100 %
  down,           // failed; the next try comes
};
[[nodiscard]] std::string_view name(InstanceState state);

struct InstanceTimes {
  Nanos start_limit = std::chrono::seconds(60);  // from launch to an authenticated connection
  Nanos heartbeat_every = std::chrono::seconds(15);
  Nanos heartbeat_limit = std::chrono::seconds(30);  // without an answer, tor hangs
  Nanos shortest_backoff = std::chrono::seconds(1);
  Nanos longest_backoff = std::chrono::minutes(5);
  Nanos healthy_after = std::chrono::minutes(10);
  Nanos stop_grace = std::chrono::seconds(2);
};

// Never CIRC_BW: with conflux it comes for every cell.
[[nodiscard]] std::vector<std::string> default_events();

struct InstanceSettings {
  std::string name;
  ProcessSettings process;                 // of a tor to launch
  std::optional<runtime::Address> attach;  // or the control port of a running one
  Credentials credentials;                 // for attaching
  std::optional<runtime::Address> socks;   // instead of the first that tor names
  std::vector<std::string> events = default_events();
  TrackerLimits tracker;
  InstanceTimes times;
};

class Instance;

// What an instance tells. Called on the loop, in the order of what happens; must not destroy
// the instance. One observer may serve many instances.
class InstanceObserver {
 public:
  virtual ~InstanceObserver() = default;
  // State or bootstrap progress changed: state(), detail() and progress() tell.
  virtual void on_state(Instance const& instance) = 0;
  // Every event as tor wrote it, lines joined by '\n'.
  virtual void on_raw_event(Instance const& instance, WallTime read_at, std::string const& raw) = 0;
  virtual void on_circuit_done(Instance const& instance, model::Circuit const& circuit) = 0;
  virtual void on_stream_done(Instance const& instance, model::Stream const& stream) = 0;
  // A line that a launched tor logged.
  virtual void on_log_line(Instance const& /*instance*/, std::string const& /*line*/) {}
};

class Instance final : private TrackerSink {
 public:
  // `launcher` may be null for an instance that attaches.
  Instance(runtime::Loop& loop, runtime::Launcher* launcher, InstanceSettings settings,
           InstanceObserver& observer);
  // REQUIRES: stop() was awaited, or the loop will not run again.
  ~Instance() override;
  Instance(Instance const&) = delete;
  Instance& operator=(Instance const&) = delete;

  // Parts are told in the order of adding; one that comes late, from then on.
  // REQUIRES: `part` outlives all runs.
  void add_part(InstancePart& part) { parts_.push_back(&part); }

  void start();
  // Ends a launched tor, lets go of an attached one; open circuits and streams go to the
  // observer. May be started again.
  runtime::Task<> stop();

  [[nodiscard]] std::string const& name() const { return settings_.name; }
  [[nodiscard]] bool attached() const { return settings_.attach.has_value(); }
  [[nodiscard]] InstanceState state() const { return state_; }
  // For a person: "bootstrapped 45 %: loading relay descriptors", "tor ended: exit code 1; …".
  [[nodiscard]] std::string const& detail() const { return detail_; }
  [[nodiscard]] int progress() const { return progress_; }            // percent of the bootstrap
  [[nodiscard]] std::uint64_t failures() const { return failures_; }  // crashes, hangs, losses
  [[nodiscard]] std::optional<MonoTime> next_try() const { return next_try_; }  // while down

  // Nothing while tor is not connected.
  [[nodiscard]] std::optional<runtime::Address> const& socks() const { return socks_; }
  // All that tor names, TCP before unix; the first of them is socks().
  [[nodiscard]] std::vector<runtime::Address> const& socks_ports() const { return socks_ports_; }
  [[nodiscard]] std::string const& version() const { return version_; }  // "0.4.9.11", or the last
  [[nodiscard]] std::optional<WallTime> consensus_valid_after() const { return valid_after_; }
  [[nodiscard]] std::optional<pid_t> pid() const;  // of a launched tor
  // Null while not connected. Ends with the connection: don't keep it across an await; take
  // the Task of a command, which stays valid.
  [[nodiscard]] ControlConnection* control() { return control_.connected() ? &control_ : nullptr; }

  [[nodiscard]] CircuitStreamTracker const& tracker() const { return tracker_; }
  [[nodiscard]] CircuitStreamTracker::Watch watch(std::string username) {
    return tracker_.watch(std::move(username));
  }
  // Version, consensus, build time-out and what the parts know, as it is now; no stream.
  [[nodiscard]] model::TorView view() const;
  // Why a part holds measurements back from a tor that is ready.
  [[nodiscard]] std::optional<std::string> held_back() const;

  // True once ready; false when `until` comes first.
  runtime::Task<bool> wait_ready(MonoTime until);

 private:
  void on_circuit_done(model::Circuit const& circuit) override;
  void on_stream_done(model::Stream const& stream) override;

  // instance_run.cpp: bringing up, watching, tearing down
  runtime::Task<> supervise();
  runtime::Task<Result<>> bring_up();
  void begin_run();
  runtime::Task<Result<>> learn();
  runtime::Task<> tear_down();
  void parts_down();
  runtime::Task<> watch_process();
  runtime::Task<> heartbeat();
  void trouble(std::string what);

  // instance.cpp: what is known
  void on_control_event(WallTime read_at, wire::torctl::Event const& event, std::string const& raw);
  void on_bootstrap(wire::torctl::Bootstrap const& bootstrap);
  runtime::Task<> become_ready();
  runtime::Task<> refresh_consensus();
  void enter(InstanceState state, std::string detail);

  runtime::Loop& loop_;
  runtime::Launcher* launcher_;
  InstanceSettings settings_;
  InstanceObserver& observer_;
  CircuitStreamTracker tracker_;

  InstanceState state_ = InstanceState::stopped;
  std::string detail_;
  int progress_ = 0;
  std::uint64_t failures_ = 0;
  std::optional<MonoTime> next_try_;
  std::optional<runtime::Address> socks_;
  std::vector<runtime::Address> socks_ports_;
  std::string version_;
  std::optional<WallTime> valid_after_;
  std::string attached_pid_;  // tells whether an attached tor is the one of before

  std::vector<InstancePart*> parts_;
  bool parts_up_ = false;
  std::unique_ptr<Process> process_;
  ControlConnection control_;
  runtime::Event ready_;
  runtime::Event trouble_event_;
  std::string trouble_;
  runtime::TaskGroup run_tasks_;  // of one run of tor: depends-on: process_, control_
  runtime::TaskGroup tasks_;      // the supervisor
};

}  // namespace perfd::tor
