#include "stats/allocation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "stats/quantile.h"

namespace perfd::stats {
namespace {

void add(std::vector<double>& values, std::optional<Micros> span) {
  if (span) values.push_back(static_cast<double>(span->count()));
}

// Legs of one set are one circuit.
std::string circuit_of(model::CircuitStay const& stay) {
  return stay.conflux_id.empty() ? std::to_string(stay.circuit_id) : stay.conflux_id;
}

}  // namespace

model::Distribution distribution(std::vector<double> values) {
  model::Distribution out;
  out.n = static_cast<std::int64_t>(values.size());
  if (values.empty()) return out;
  std::sort(values.begin(), values.end());
  auto const whole = [&](double p) { return std::llround(quantile(values, p).value()); };
  out.min = whole(0);
  out.median = whole(0.5);
  out.p90 = whole(0.9);
  out.max = whole(1);
  return out;
}

void summarize(model::Allocation& allocation) {
  std::vector<double> waited;
  std::vector<double> ages;
  // A circuit with k of the streams is named by each of them, with k in its stay: 1/k each.
  double circuits = 0;
  std::map<std::int64_t, double> circuits_with;  // by how many streams they had
  allocation.detachments = 0;
  for (auto const& one : allocation.streams) {
    add(waited, one.waited);
    if (!one.stays.empty()) add(ages, one.stays.front().age);
    std::map<std::string, std::int64_t> mine;
    for (auto const& stay : one.stays) mine[circuit_of(stay)] = stay.streams;
    for (auto const& [circuit, streams] : mine)
      if (streams > 0) circuits_with[streams] += 1.0 / static_cast<double>(streams);
    if (one.stream)
      allocation.detachments +=
          std::count_if(one.stream->states.begin(), one.stream->states.end(),
                        [](auto const& state) { return state.status == "DETACHED"; });
  }
  std::vector<double> per_circuit;
  for (auto const& [streams, share] : circuits_with) {
    auto const count = std::llround(share);
    circuits += static_cast<double>(count);
    per_circuit.insert(per_circuit.end(), static_cast<std::size_t>(count),
                       static_cast<double>(streams));
  }
  allocation.circuits = std::llround(circuits);
  allocation.streams_per_circuit = distribution(std::move(per_circuit));
  allocation.waited_us = distribution(std::move(waited));
  allocation.circuit_age_us = distribution(std::move(ages));
}

}  // namespace perfd::stats
