#include "tor/built_circuits.h"

namespace perfd::tor {

void BuiltCircuits::note(model::Circuit const& circuit) {
  if (circuit.closed_at || !circuit.built_at || circuit.path.size() < 2) return;
  if (circuit.build_flags.find("ONEHOP_TUNNEL") != std::string::npos) return;
  auto const& first = circuit.path.front();
  if (!all_.try_emplace({circuit.tor_run, circuit.id}, first.fingerprint, circuit.launched_at)
           .second)
    return;
  auto& hop = hops_[first.fingerprint];
  hop.nickname = first.nickname;
  ++hop.circuits;
}

void BuiltCircuits::forget(model::Circuit const& circuit) {
  auto const found = all_.find({circuit.tor_run, circuit.id});
  if (found == all_.end()) return;
  auto const hop = hops_.find(found->second.first_hop);
  if (--hop->second.circuits == 0) hops_.erase(hop);
  all_.erase(found);
}

std::map<std::string, std::string> BuiltCircuits::first_hops() const {
  std::map<std::string, std::string> out;
  for (auto const& [fingerprint, hop] : hops_) out.emplace(fingerprint, hop.nickname);
  return out;
}

}  // namespace perfd::tor
