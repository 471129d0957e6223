// Parts of a JSON line that are written and read in files of their own.
//
// Internal to formats. Thread: pure functions.
#pragma once

#include <string_view>

#include "formats/json_object.h"
#include "formats/json_writer.h"
#include "model/measurement.h"
#include "model/proxy_connection.h"

namespace perfd::formats {

void write(JsonWriter& json, model::Circuit const& circuit);
void write(JsonWriter& json, model::Stream const& stream);
[[nodiscard]] model::Circuit read_circuit(JsonObject const& record);
[[nodiscard]] model::Stream read_stream(JsonObject const& record);

// In the place of a mark's name: the source and bound of all.
inline constexpr std::string_view kEveryMark = "*";

// Times of the marks under one name, sources and bounds of those that have any under another.
void write_marks(JsonWriter& json, std::string_view marks_name, std::string_view sources_name,
                 model::Marks const& marks);
[[nodiscard]] model::Marks read_marks(JsonObject const& record, std::string_view marks_name,
                                      std::string_view sources_name);

// "error": null, or code, operation and detail.
void write_error(JsonWriter& json, model::Outcome const& outcome);
// "outcome" and "error" of the record.
[[nodiscard]] model::Outcome read_outcome(JsonObject const& record);

// The onion service that was measured.
void write(JsonWriter& json, model::OnionView const& onion);
[[nodiscard]] model::OnionView read_onion(JsonObject const& record);

// The guards that were in force.
void write(JsonWriter& json, model::GuardsInForce const& guards);
[[nodiscard]] model::GuardsInForce read_guards_in_force(JsonObject const& record);
[[nodiscard]] model::GuardChoice read_guard_choice(JsonObject const& record);
[[nodiscard]] model::GuardRanking read_guard_ranking(JsonObject const& record);

// The series of an allocation measurement.
void write(JsonWriter& json, model::Allocation const& allocation);
[[nodiscard]] model::Allocation read_allocation(JsonObject const& record);

// What a browser did to load a page.
void write(JsonWriter& json, model::PageLoad const& page);
[[nodiscard]] model::PageLoad read_page(JsonObject const& record);

// One connection of the measuring proxy.
void write(JsonWriter& json, model::ProxyConnection const& connection);
[[nodiscard]] model::ProxyConnection read_proxy_connection(JsonObject const& record);

}  // namespace perfd::formats
