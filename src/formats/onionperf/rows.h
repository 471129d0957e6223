// From the rows of a document to the model.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/onionperf/document.h"
#include "formats/onionperf_read.h"

namespace perfd::formats::onionperf {

// A transfer, with what joins it to tor's stream.
struct Transfer {
  model::Measurement measurement;
  WallTime ended{};
  bool refused = false;  // by the proxy, so that tor's stream tells why
  bool asked = true;     // this end asked for it; the other end's view of it is passed by
};

// What is wrong with a document's version.
[[nodiscard]] RowProblem version_problem(std::string_view text);

// Of `transfers` (1.0, 2.0) and `streams` (3.x).
[[nodiscard]] RowProblem read_transfer(Row const& row, std::string_view source,
                                       std::string_view key, Transfer& out);
[[nodiscard]] RowProblem read_stream(Row const& row, std::string_view source, std::string_view key,
                                     Transfer& out);
[[nodiscard]] RowProblem read_circuit(Row const& row, std::string_view key, OnionPerfCircuit& out);
[[nodiscard]] RowProblem read_tor_stream(Row const& row, std::string_view key, model::Stream& out);
[[nodiscard]] RowProblem read_guard(Row const& row, OnionPerfGuard& out);

// Steps of onion services, "HSCI_CONNECTING" and the like, which OnionPerf has beside the states.
[[nodiscard]] bool is_hs_state(std::string_view text);

// Where a day has circuits of several tors, or of several runs of one, their ids alone don't tell
// them apart. Keys are then "ID:INSTANCE:RUN"; else they are the id, as OnionPerf has it.
struct TorKey {
  std::uint64_t id = 0;
  std::string instance;
  std::uint64_t run = 0;
};
[[nodiscard]] std::optional<TorKey> tor_key(std::string_view text);

}  // namespace perfd::formats::onionperf
