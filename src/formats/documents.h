// The three documents of Torperf's redesign, one JSON object a line each:
// file_download, stream and circuit, tied together by their guids.
//
// Times are seconds since the epoch as JSON numbers with six decimals, exact to the
// microsecond. Required moments that were not reached are 0.0, as in Torperf's other
// formats; optional fields that are not known are left out.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/measurement.h"

namespace perfd::formats {

// SOURCE_SOCKSPORT_START, SOURCE_SOCKSPORT_CREATE_STREAMID, SOURCE_SOCKSPORT_LAUNCH_CIRCID,
// the times with six decimals: unique also for experiments that start in the same second.
[[nodiscard]] std::string file_download_guid(model::Measurement const& measurement);
[[nodiscard]] std::string stream_guid(std::string_view source, std::uint16_t socks_port,
                                      model::Stream const& stream);
[[nodiscard]] std::string circuit_guid(std::string_view source, std::uint16_t socks_port,
                                       model::Circuit const& circuit);

// Nothing for what is no Torperf result (tpf.h).
[[nodiscard]] std::optional<std::string> file_download_document(
    model::Measurement const& measurement);
// The measurement's stream, with the guids of its circuits; nothing if it had no stream.
[[nodiscard]] std::optional<std::string> stream_document(model::Measurement const& measurement);
// A circuit may have carried several measurements: who writes many measurements
// drops circuits whose guid was already written.
[[nodiscard]] std::string circuit_document(std::string_view source, std::uint16_t socks_port,
                                           model::Circuit const& circuit);

}  // namespace perfd::formats
