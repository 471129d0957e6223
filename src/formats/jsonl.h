// JSON lines: one measurement a line, with everything that the model holds.
//
// This is perfd's own format: what the store keeps, what `export --format jsonl`
// writes and what /results.jsonl serves, byte for byte the same. A round trip loses
// nothing. Fields are added over the years, never renamed or removed; a reader
// ignores fields that it doesn't know. docs/formats.md describes every field.
// Thread: pure functions. Input is untrusted: bounded in size and depth.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/measurement.h"
#include "model/proxy_connection.h"

namespace perfd::formats {

// Grows only with a change that older readers would misunderstand.
inline constexpr int kJsonSchema = 1;
// A longer line is refused: a measurement has a few kilobytes.
inline constexpr std::size_t kMaxJsonLine = std::size_t{4} << 20U;

// Without the line end. The order of the fields is fixed. The result is valid UTF-8
// and holds no control characters, whatever the model's strings hold: a byte that is
// not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_json_line(model::Measurement const& measurement);
void append_json_line(std::string& out, model::Measurement const& measurement);

// The line end may be there or not. The error names the field.
[[nodiscard]] Result<model::Measurement> from_json_line(std::string_view line);

// A circuit or a stream alone, as it stands in a measurement's `tor` object.
[[nodiscard]] std::string circuit_to_json(model::Circuit const& circuit);
[[nodiscard]] std::string stream_to_json(model::Stream const& stream);
[[nodiscard]] Result<model::Circuit> circuit_from_json(std::string_view json);
[[nodiscard]] Result<model::Stream> stream_from_json(std::string_view json);

// A choice of guards, and a ranking, of which at most 10,000 guards are written.
[[nodiscard]] std::string guard_choice_to_json(model::GuardChoice const& choice);
[[nodiscard]] std::string guard_ranking_to_json(model::GuardRanking const& ranking);
[[nodiscard]] Result<model::GuardChoice> guard_choice_from_json(std::string_view json);
[[nodiscard]] Result<model::GuardRanking> guard_ranking_from_json(std::string_view json);

// A connection of the measuring proxy: what `perfd proxy` prints, and a page load holds.
[[nodiscard]] std::string proxy_connection_to_json(model::ProxyConnection const& connection);

}  // namespace perfd::formats
