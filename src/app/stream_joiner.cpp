#include "app/stream_joiner.h"

#include "tor/onion_view.h"

namespace perfd::app {

using tor::InstanceState;

experiments::StreamJoin::State StreamJoiner::state() const {
  switch (instance_.state()) {
    case InstanceState::ready:
      return instance_.held_back() ? State::not_bootstrapped : State::up;
    case InstanceState::starting:
    case InstanceState::bootstrapping:
      return State::not_bootstrapped;
    case InstanceState::stopped:
    case InstanceState::down:
      break;
  }
  return State::down;
}

std::string StreamJoiner::state_detail() const {
  if (instance_.state() == InstanceState::ready)
    if (auto why = instance_.held_back()) return *why;
  return instance_.detail().empty() ? std::string(tor::name(instance_.state()))
                                    : instance_.detail();
}

runtime::Task<experiments::StreamJoin::Joined> StreamJoiner::join(Key key, MonoTime until) {
  auto const& tracker = instance_.tracker();
  Joined out;
  for (bool waits = true; waits;) {
    out.stream = tracker.stream_for(key.username, key.source_address);
    if (out.stream && tor::CircuitStreamTracker::is_final(*out.stream)) break;
    auto const woken = waiting_.emplace(waiting_.end(), loop_.context());
    // Removed however the wait ends, by cancellation too.
    struct Leave {
      std::list<runtime::Event>& list;
      std::list<runtime::Event>::iterator self;
      ~Leave() { list.erase(self); }
    } const leave{waiting_, woken};
    waits = co_await woken->wait_until(until);
  }
  out.stream = tracker.stream_for(key.username, key.source_address);
  if (!key.onion.empty())
    out.onion = tor::onion_view(tracker, key.onion, key.since, out.stream ? &*out.stream : nullptr);
  if (!out.stream) co_return out;
  out.circuits = tracker.circuits_for(*out.stream);
  if (!out.stream->attachments.empty()) {
    auto const last = out.stream->attachments.back().circuit_id;
    for (auto const& circuit : out.circuits)
      if (circuit.id == last && !circuit.path.empty()) out.guard = circuit.path.front().fingerprint;
  }
  co_return out;
}

void StreamJoiner::wake() {
  for (auto& event : waiting_) event.set();
}

}  // namespace perfd::app
