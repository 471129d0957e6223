// Circuits and streams of one tor instance, kept as its events tell them.
//
// Sans-I/O: events with the time at which they were read go in; model objects come out,
// to whoever asks while they live, and to the sink when they end, failed and unused ones
// too. Streams are joined to measurements by SOCKS username, and within it by the
// client's address.
// Owner: the tor instance. Thread: its loop's. Bounded: limits on objects and on what
// one object holds; what did not fit is counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "model/circuit.h"
#include "model/onion.h"
#include "tor/built_circuits.h"
#include "tor/tally.h"
#include "tor/tracker_apply.h"
#include "wire/torctl/event.h"

namespace perfd::tor {

// Where ended circuits and streams go. Called from inside CircuitStreamTracker::on_event
// and its like; must not call the tracker back.
class TrackerSink {
 public:
  virtual ~TrackerSink() = default;
  virtual void on_circuit_done(model::Circuit const& circuit) = 0;
  virtual void on_stream_done(model::Stream const& stream) = 0;
};

struct TrackerLimits {
  std::size_t open_circuits = 8192;
  std::size_t open_streams = 8192;
  std::size_t closed = 2048;  // objects of each kind that are kept for questions after their end
  std::size_t descriptor_events = 512;  // of onion services, the latest
  ObjectLimits object;
};

struct TrackerCounters {
  std::uint64_t circuits = 0;  // seen
  std::uint64_t streams = 0;
  std::uint64_t dropped_objects = 0;    // handed to the sink unfinished, as there were too many
  std::uint64_t dropped_details = 0;    // states, hops and attachments over an object's limits
  std::uint64_t forgotten_watched = 0;  // closed objects that a watch could not keep
};

// tor's circuit build time-out, as BUILDTIMEOUT_SET last told; nothing before the first.
struct BuildTimeout {
  std::optional<Micros> timeout;
  std::optional<double> quantile;
  bool learned = false;  // computed from this tor's own circuits
};

class CircuitStreamTracker {
  struct Watches {
    std::map<std::string, unsigned, std::less<>> count;
  };

 public:
  // Keeps the streams of a SOCKS username, and their circuits, for as long as it lives.
  // May outlive the tracker.
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&&) noexcept = default;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch() { release(); }

   private:
    friend class CircuitStreamTracker;
    Watch(std::shared_ptr<Watches> watches, std::string username)
        : watches_(std::move(watches)), username_(std::move(username)) {}
    void release();
    std::shared_ptr<Watches> watches_;
    std::string username_;
  };

  // `run` tells this start of the instance from all others, before and after.
  CircuitStreamTracker(std::string instance, std::uint64_t run, TrackerSink& sink,
                       TrackerLimits limits = {});

  // Events of other kinds are passed by.
  void on_event(WallTime read_at, wire::torctl::Event const& event);

  // What exists already, from GETINFO circuit-status and stream-status, when a connection to
  // a running tor begins. Objects that were open before and are not listed have ended unseen:
  // they are closed with reason "UNSEEN", except those with an event after `mark`, which may be
  // younger than the lists.
  void adopt(WallTime at, std::vector<wire::torctl::Circ> const& circuits,
             std::vector<wire::torctl::Stream> const& streams,
             std::optional<std::uint64_t> mark = std::nullopt);
  // Take it before the lists are asked for.
  [[nodiscard]] std::uint64_t mark() const { return events_; }

  // The process has ended: all that is open ends with reason "TOR_DIED".
  void tor_died(WallTime at);
  // A new process has started; ids begin anew. REQUIRES: a run that was never used.
  void tor_started(WallTime at, std::uint64_t run);

  [[nodiscard]] Watch watch(std::string username);

  // The newest stream with this username, and with this client's address ("127.0.0.1:40586")
  // unless that is empty; open or closed.
  [[nodiscard]] std::optional<model::Stream> stream_for(std::string_view username,
                                                        std::string_view source_address = {}) const;
  // All of them, in the order of creation.
  [[nodiscard]] std::vector<model::Stream> streams_for(std::string_view username) const;
  // Its circuits in the order of attachment, each followed by the other legs of its conflux set.
  [[nodiscard]] std::vector<model::Circuit> circuits_for(model::Stream const& stream) const;
  // A circuit of this run of tor.
  [[nodiscard]] std::optional<model::Circuit> circuit(std::uint64_t id) const;
  // All circuits to an onion address (without suffix) that were open at `since` or later.
  [[nodiscard]] std::vector<model::Circuit> circuits_to(std::string_view onion,
                                                        WallTime since) const;
  // HS_DESC events of this address from `since` on, except those of its publishing.
  [[nodiscard]] std::vector<model::DescriptorEvent> descriptor_events(std::string_view onion,
                                                                      WallTime since) const;
  // No event will change it any more.
  [[nodiscard]] static bool is_final(model::Stream const& stream) {
    return stream.closed_at.has_value();
  }

  [[nodiscard]] BuildTimeout const& build_timeout() const { return build_timeout_; }
  [[nodiscard]] CircuitTally const& tally() const { return tally_; }
  [[nodiscard]] BuiltCircuits const& built_circuits() const { return built_; }
  [[nodiscard]] TrackerCounters const& counters() const { return counters_; }
  [[nodiscard]] std::uint64_t run() const { return run_; }
  [[nodiscard]] std::size_t open_circuits() const { return open_circuits_; }
  [[nodiscard]] std::size_t open_streams() const { return open_streams_; }

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // run, id
  template <class Object>
  struct Entry {
    Object object;
    bool known = true;          // seen from its beginning on
    std::uint64_t touched = 0;  // by which event
  };
  using Circuits = std::map<Key, Entry<model::Circuit>>;
  using Streams = std::map<Key, Entry<model::Stream>>;

  void on_circuit(WallTime at, wire::torctl::CircuitReport const& report, bool ended, bool adopted);
  void on_stream(WallTime at, wire::torctl::Stream const& report, bool adopted);
  void on_stream_bw(wire::torctl::StreamBw const& report);
  void on_descriptor(WallTime at, wire::torctl::HsDesc const& report);
  void on_build_timeout(wire::torctl::BuildTimeoutSet const& report);

  Entry<model::Circuit>& circuit_entry(std::uint64_t id, bool known);
  Entry<model::Stream>& stream_entry(std::uint64_t id, bool known);
  [[nodiscard]] bool same_conflux_set(model::Stream const& stream, std::uint64_t circuit) const;
  void end_circuit(Key key);
  void end_stream(Key key);
  // Ends what is open, except what is to be kept.
  template <class Keep>
  void abandon_open(WallTime at, char const* reason, Keep keep);
  void forget_oldest();
  [[nodiscard]] bool watched(std::string_view username) const;

  std::string instance_;
  std::uint64_t run_;
  TrackerSink& sink_;
  TrackerLimits limits_;
  Circuits circuits_;
  Streams streams_;
  std::deque<Key> closed_circuits_;  // oldest first
  std::deque<Key> closed_streams_;
  std::deque<std::pair<std::string, model::DescriptorEvent>> descriptor_events_;  // with address
  std::uint64_t events_ = 0;
  std::size_t open_circuits_ = 0;
  std::size_t open_streams_ = 0;
  BuildTimeout build_timeout_;
  CircuitTally tally_;
  BuiltCircuits built_;
  TrackerCounters counters_;
  std::shared_ptr<Watches> watches_;
};

}  // namespace perfd::tor
