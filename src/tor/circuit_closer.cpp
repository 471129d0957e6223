#include "tor/circuit_closer.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace perfd::tor {

using runtime::Task;

namespace {

// Circuits whose guard does not matter, or of which nobody can tell whether they are in use.
bool is_left_alone(wire::torctl::CircuitReport const& circuit) {
  if (circuit.path.empty() || circuit.path.front().fingerprint.empty()) return true;
  if (circuit.build_flags.find("ONEHOP_TUNNEL") != std::string::npos) return true;
  // A controller built it (EXTENDCIRCUIT): tor always wants some capacity.
  if (circuit.purpose == "CONTROLLER") return true;
  if (circuit.purpose == "GENERAL" && circuit.build_flags.empty()) return true;
  return circuit.purpose.starts_with("HS_SERVICE_") || circuit.purpose == "MEASURE_TIMEOUT";
}

}  // namespace

Task<Result<std::vector<wire::torctl::Circ>>> ask_circuits(Instance& instance) {
  auto* const control = instance.control();
  if (control == nullptr) co_return Error{"tor is not connected"};
  auto asking = control->getinfo("circuit-status");
  auto const text = co_await std::move(asking);
  if (text.has_error()) co_return text.error();
  co_return wire::torctl::parse_circuit_status(*text);
}

bool CircuitCloser::to_end(wire::torctl::CircuitReport const& circuit) const {
  return !is_left_alone(circuit) && unwanted_(circuit);
}

bool CircuitCloser::on_circuit(wire::torctl::Circ const& report) {
  if (report.status == "CLOSED" || report.status == "FAILED" || !to_end(report)) return false;
  due_ = true;
  return true;
}

bool CircuitCloser::on_stream(wire::torctl::Stream const& report) {
  bool const leaves =
      report.status == "CLOSED" || report.status == "FAILED" || report.status == "DETACHED";
  if (!others_left_ || !leaves) return false;
  due_ = true;
  return true;
}

Task<> CircuitCloser::close(Instance& instance) {
  auto const circuits = co_await ask_circuits(instance);
  if (circuits.has_error()) co_return;
  std::size_t others = 0;
  for (auto const& circuit : *circuits) {
    if (!to_end(circuit)) continue;
    ++others;
    auto* const control = instance.control();
    if (control == nullptr) co_return;
    auto closing = control->closecircuit(circuit.id, true);
    // An error: it has ended by itself.
    (void)co_await std::move(closing);
  }
  others_left_ = false;
  if (others == 0) co_return;
  auto const left = co_await ask_circuits(instance);
  if (left.has_error()) co_return;
  others_left_ = std::any_of(left->begin(), left->end(),
                             [this](auto const& circuit) { return to_end(circuit); });
}

}  // namespace perfd::tor
