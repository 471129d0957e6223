// Circuits and streams from a log of OnionPerf's control connection, as its lines come.
//
// Source: tor's events in formats/torctl_log.h, followed by the tracker that also follows a live
// tor. They belong to no run of a tor that perfd knows: tor_run is 0.
// Owner: whoever reads the log. Thread: one. Input is untrusted; what is kept is bounded.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/circuit.h"
#include "tor/tracker.h"

namespace perfd::import {

class TorLog final : private tor::TrackerSink {
 public:
  struct EndedStream {
    model::Stream stream;
    std::vector<model::Circuit> circuits;  // as they were at the stream's end
  };
  // `circuit` gets each circuit that ended.
  TorLog(std::string instance, std::function<void(model::Circuit)> circuit);

  // A line with or without its end. An error is a broken line; the next one may be read.
  [[nodiscard]] Result<void> line(std::string_view text);
  [[nodiscard]] WallTime now() const { return now_; }  // the latest time that a line told
  [[nodiscard]] std::string const& version() const { return version_; }
  [[nodiscard]] std::string const& host() const { return host_; }  // where OnionPerf ran

  // Of the streams from this local port that ended within `within` of `end`, the nearest one, with
  // its circuits as they are known now.
  [[nodiscard]] std::optional<EndedStream> stream_from(std::uint16_t port, WallTime end,
                                                       Micros within) const;
  // Forgets streams that ended earlier.
  void forget_before(WallTime time);

 private:
  void on_circuit_done(model::Circuit const& circuit) override;
  void on_stream_done(model::Stream const& stream) override;

  std::string instance_;
  std::function<void(model::Circuit)> circuit_;
  tor::CircuitStreamTracker tracker_;
  std::vector<model::Stream> just_ended_;
  std::deque<EndedStream> ended_;
  WallTime now_{};
  std::string stamp_;  // of the latest event, as it stands in its line
  std::string version_;
  std::string host_;
};

}  // namespace perfd::import
