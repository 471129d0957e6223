// From the model to the rows of a document.
// Thread: pure functions; each writes one value with JsonWriter.
#pragma once

#include <string>
#include <string_view>

#include "base/units.h"
#include "formats/json_writer.h"
#include "formats/onionperf_read.h"
#include "model/measurement.h"

namespace perfd::formats::onionperf {

// "ID:FD:LOCAL:REMOTE" with the measurement's id; perfd doesn't keep the descriptor's number, so
// that FD is -1.
[[nodiscard]] std::string stream_key(model::Measurement const& measurement);
void write_stream(JsonWriter& json, model::Measurement const& measurement, std::string_view key);

void write_circuit(JsonWriter& json, OnionPerfCircuit const& circuit);
// `circuit_key` is of the circuit that it was attached to last; empty: none.
void write_tor_stream(JsonWriter& json, model::Stream const& stream, std::string_view circuit_key);
void write_guard(JsonWriter& json, OnionPerfGuard const& guard);

// Seconds with as many decimals as the µs need, one at least: "1609459344.136263", "0.0".
void write_seconds(JsonWriter& json, std::string_view key, Micros span);

}  // namespace perfd::formats::onionperf
