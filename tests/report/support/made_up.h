// Made-up measurements for reports.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "model/measurement.h"

namespace perfd::report {

inline constexpr std::int64_t kStart = 1'764'000'000'000'000;  // 2025-11-24T16:00:00Z

// Began so many seconds after kStart; its marks lie `first` and `last` µs behind START.
inline model::Measurement download(std::string experiment, std::string arm, std::int64_t second,
                                   std::int64_t first_us, std::int64_t last_us) {
  model::Measurement m;
  m.source = "op-test";
  m.experiment = std::move(experiment);
  m.arm = std::move(arm);
  m.perfd_version = "9.8.7";
  m.filesize = m.payload_bytes = 51'200;
  m.started_at = m.scheduled_at = wall_from_us(kStart + second * 1'000'000);
  m.marks.set("START", {m.started_at});
  m.marks.set("DATAREQUEST", {m.started_at + Micros{first_us / 2}});
  m.marks.set("DATARESPONSE", {m.started_at + Micros{first_us}});
  m.marks.set("DATACOMPLETE", {m.started_at + Micros{last_us}});
  return m;
}

inline model::Measurement failed(std::string experiment, std::string arm, std::int64_t second,
                                 model::FailureCode code = model::FailureCode::net_timeout) {
  auto m = download(std::move(experiment), std::move(arm), second, 1, 1);
  m.marks = {};
  m.payload_bytes = 0;
  m.outcome.code = code;
  return m;
}

// With a circuit of three hops, 50, 120 and 200 ms after its launch.
inline model::Measurement with_circuit(model::Measurement m, std::string guard,
                                       std::string nickname) {
  model::Circuit circuit;
  circuit.launched_at = m.started_at;
  m.tor.guard = guard;
  for (auto const& [fingerprint, name, ms] : {std::tuple{guard, nickname, 50},
                                              {std::string("B"), std::string("middle"), 120},
                                              {std::string("C"), std::string("exit"), 200}})
    circuit.path.push_back({fingerprint, name, m.started_at + Micros{ms * 1000}});
  m.tor.circuits.push_back(circuit);
  return m;
}

}  // namespace perfd::report
