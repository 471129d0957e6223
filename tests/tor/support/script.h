// Scripts of events for the tracker: lines as tor writes them, at times that the test sets.
#pragma once

#include <string>
#include <vector>

#include "tor/tracker.h"
#include "wire/torctl/event.h"
#include "wire/torctl/reply.h"

namespace perfd::test {

struct CollectingSink final : tor::TrackerSink {
  std::vector<model::Circuit> circuits;
  std::vector<model::Stream> streams;
  void on_circuit_done(model::Circuit const& circuit) override { circuits.push_back(circuit); }
  void on_stream_done(model::Stream const& stream) override { streams.push_back(stream); }
};

inline wire::torctl::Event event_of(std::string const& line) {
  wire::torctl::ReplyReader reader;
  reader.feed("650 " + line + "\r\n").value();
  return wire::torctl::parse_event(reader.next().value());
}

// A moment of the script: milliseconds after its beginning.
inline WallTime at(std::int64_t ms) { return wall_from_us(1'795'491'611'000'000 + ms * 1000); }

// "$AAAA…A~name": a relay whose fingerprint is one hex digit 40 times.
inline std::string relay(char digit, std::string const& name) {
  return "$" + std::string(40, digit) + "~" + name;
}

struct Script {
  CollectingSink sink;
  tor::CircuitStreamTracker tracker;

  explicit Script(tor::TrackerLimits limits = {}) : tracker("plain", 7, sink, limits) {}
  void operator()(std::int64_t ms, std::string const& line) {
    tracker.on_event(at(ms), event_of(line));
  }
};

}  // namespace perfd::test
