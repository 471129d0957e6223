#include "app/stream_joiner.h"

namespace perfd::app {

runtime::Task<experiments::StreamJoin::Joined> StreamJoiner::join(Key key, MonoTime until) {
  auto const& tracker = instance_.tracker();
  Joined out;
  for (;;) {
    stream_ended_.reset();
    out.stream = tracker.stream_for(key.username, key.source_address);
    if (out.stream && tor::CircuitStreamTracker::is_final(*out.stream)) break;
    if (!co_await stream_ended_.wait_until(until)) break;
  }
  out.stream = tracker.stream_for(key.username, key.source_address);
  if (!out.stream) co_return out;
  out.circuits = tracker.circuits_for(*out.stream);
  if (!out.stream->attachments.empty()) {
    auto const last = out.stream->attachments.back().circuit_id;
    for (auto const& circuit : out.circuits)
      if (circuit.id == last && !circuit.path.empty()) out.guard = circuit.path.front().fingerprint;
  }
  co_return out;
}

}  // namespace perfd::app
