#include "tor/onion_view.h"

#include <algorithm>
#include <array>
#include <utility>

namespace perfd::tor {
namespace {

using model::Circuit;
using model::OnionView;

// States of circuits on the way (control-spec, HS_STATE), and the time that each of them tells.
struct Step {
  std::string_view state;
  std::optional<WallTime> OnionView::*time;
};
constexpr std::array kSteps = {
    Step{"HSCR_ESTABLISHED_IDLE", &OnionView::rendezvous_ready_at},
    Step{"HSCR_ESTABLISHED_WAITING", &OnionView::rendezvous_ready_at},
    Step{"HSCI_INTRO_SENT", &OnionView::introduced_at},
    Step{"HSCI_DONE", &OnionView::introduction_acked_at},
    Step{"HSCR_JOINED", &OnionView::joined_at},
};

// "HS_CLIENT_REND HSCR_JOINED": the state is the second word.
void take_steps(Circuit const& circuit, WallTime since, OnionView& out) {
  for (auto const& change : circuit.states) {
    if (change.at < since) continue;
    for (auto const& [state, time] : kSteps)
      if (change.detail.ends_with(state) && !(out.*time)) out.*time = change.at;
  }
}

// Circuits of earlier measurements stay open for a while, and end some time.
bool moved_since(Circuit const& circuit, WallTime since) {
  return std::any_of(circuit.states.begin(), circuit.states.end(), [&](auto const& change) {
    return change.at >= since && change.status != "CLOSED";
  });
}

bool is_client_circuit(Circuit const& circuit) {
  return circuit.purpose.starts_with("HS_CLIENT") || circuit.hs_state.starts_with("HSC");
}

}  // namespace

OnionView onion_view(CircuitStreamTracker const& tracker, std::string address, WallTime since,
                     model::Stream const* stream) {
  OnionView out;
  out.address = std::move(address);
  out.descriptor = tracker.descriptor_events(out.address, since);
  for (auto const& event : out.descriptor) {
    if (event.action == "REQUESTED" && !out.descriptor_requested_at)
      out.descriptor_requested_at = event.at;
    if (event.action == "RECEIVED") out.descriptor_received_at = event.at;
  }
  std::vector<Circuit> carriers;
  if (stream != nullptr) carriers = tracker.circuits_for(*stream);
  for (auto const& circuit : carriers) take_steps(circuit, since, out);
  for (auto& circuit : tracker.circuits_to(out.address, since)) {
    bool const carried = std::any_of(carriers.begin(), carriers.end(), [&](Circuit const& carrier) {
      return carrier.id == circuit.id && carrier.tor_run == circuit.tor_run;
    });
    if (carried || !is_client_circuit(circuit) || !moved_since(circuit, since)) continue;
    // Another measurement's circuit to the same service may be among them: its steps only fill
    // what this one's own circuit did not tell.
    take_steps(circuit, since, out);
    out.circuits.push_back(std::move(circuit));
  }
  return out;
}

}  // namespace perfd::tor
