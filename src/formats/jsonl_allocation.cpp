// JSON of an allocation series.
#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

using model::AllocatedStream;
using model::CircuitStay;
using model::Distribution;

void write(JsonWriter& json, std::string_view name, Distribution const& distribution) {
  json.key(name).begin_object();
  json.field("n", distribution.n);
  json.field("min", distribution.min);
  json.field("median", distribution.median);
  json.field("p90", distribution.p90);
  json.field("max", distribution.max);
  json.end_object();
}

void read(JsonObject const& record, std::string_view name, Distribution& out) {
  record.object(name, [&](JsonObject const& object) {
    object.read("n", out.n);
    object.read("min", out.min);
    object.read("median", out.median);
    object.read("p90", out.p90);
    object.read("max", out.max);
  });
}

void span(JsonWriter& json, std::string_view name, std::optional<Micros> value) {
  if (value) json.field(name, value->count());
}

void write(JsonWriter& json, CircuitStay const& stay) {
  json.begin_object();
  json.key("circuit_id").value(stay.circuit_id);
  json.field("origin", model::name(stay.origin));
  json.key("cannibalized").boolean(stay.cannibalized);
  if (!stay.conflux_id.empty()) json.field("conflux_id", stay.conflux_id);
  span(json, "age_us", stay.age);
  json.field("streams", stay.streams);
  json.end_object();
}

CircuitStay read_stay(JsonObject const& record) {
  CircuitStay stay;
  record.read("circuit_id", stay.circuit_id);
  std::string origin;
  record.read("origin", origin);
  if (auto const known = model::circuit_origin(origin))
    stay.origin = *known;
  else
    record.problem().set(record.path_of("origin"), "is no origin that this perfd knows");
  record.read("cannibalized", stay.cannibalized);
  record.read("conflux_id", stay.conflux_id);
  record.read("age_us", stay.age);
  record.read("streams", stay.streams);
  return stay;
}

void write(JsonWriter& json, AllocatedStream const& one) {
  json.begin_object();
  json.field("outcome", model::name(one.outcome.code));
  write_error(json, one.outcome);
  json.field("started_at", to_us(one.started_at));
  span(json, "first_byte_us", one.first_byte);
  span(json, "last_byte_us", one.last_byte);
  span(json, "waited_us", one.waited);
  json.key("stream");
  if (one.stream)
    write(json, *one.stream);
  else
    json.null();
  json.key("stays").begin_array();
  for (auto const& stay : one.stays) write(json, stay);
  json.end_array();
  json.end_object();
}

AllocatedStream read_stream_of_series(JsonObject const& record) {
  AllocatedStream one;
  one.outcome = read_outcome(record);
  record.read("started_at", one.started_at);
  record.read("first_byte_us", one.first_byte);
  record.read("last_byte_us", one.last_byte);
  record.read("waited_us", one.waited);
  record.object("stream", [&](JsonObject const& stream) { one.stream = read_stream(stream); });
  record.objects("stays", [&](JsonObject const& stay) { one.stays.push_back(read_stay(stay)); });
  return one;
}

}  // namespace

void write(JsonWriter& json, model::Allocation const& allocation) {
  json.begin_object();
  json.key("at_once").boolean(allocation.at_once);
  json.field("pause_us", allocation.pause.count());
  json.field("isolation", allocation.isolation);
  json.field("circuits", allocation.circuits);
  json.field("detachments", allocation.detachments);
  write(json, "streams_per_circuit", allocation.streams_per_circuit);
  write(json, "waited_us", allocation.waited_us);
  write(json, "circuit_age_us", allocation.circuit_age_us);
  json.key("streams").begin_array();
  for (auto const& one : allocation.streams) write(json, one);
  json.end_array();
  json.end_object();
}

model::Allocation read_allocation(JsonObject const& record) {
  model::Allocation allocation;
  record.read("at_once", allocation.at_once);
  record.read("pause_us", allocation.pause);
  record.read("isolation", allocation.isolation);
  record.read("circuits", allocation.circuits);
  record.read("detachments", allocation.detachments);
  read(record, "streams_per_circuit", allocation.streams_per_circuit);
  read(record, "waited_us", allocation.waited_us);
  read(record, "circuit_age_us", allocation.circuit_age_us);
  record.objects("streams", [&](JsonObject const& one) {
    allocation.streams.push_back(read_stream_of_series(one));
  });
  return allocation;
}

}  // namespace perfd::formats
