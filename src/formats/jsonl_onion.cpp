// JSON of the way to an onion service. Times that were not seen are left out.
#include <array>

#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

using model::OnionView;

struct Phase {
  std::string_view name;
  std::optional<WallTime> OnionView::*time;
};
constexpr std::array kPhases = {
    Phase{"descriptor_requested_at", &OnionView::descriptor_requested_at},
    Phase{"descriptor_received_at", &OnionView::descriptor_received_at},
    Phase{"rendezvous_ready_at", &OnionView::rendezvous_ready_at},
    Phase{"introduced_at", &OnionView::introduced_at},
    Phase{"introduction_acked_at", &OnionView::introduction_acked_at},
    Phase{"joined_at", &OnionView::joined_at},
};

void write(JsonWriter& json, model::OnionService const& service) {
  json.begin_object();
  json.field("instance", service.instance);
  json.key("single").boolean(service.single);
  json.key("fresh").boolean(service.fresh);
  json.field("added_at", to_us(service.added_at));
  if (service.uploaded_at) json.field("uploaded_at", to_us(*service.uploaded_at));
  if (service.published_at) json.field("published_at", to_us(*service.published_at));
  json.key("uploads").value(service.uploads);
  json.key("failed_uploads").value(service.failed_uploads);
  json.end_object();
}

model::OnionService read_service(JsonObject const& record) {
  model::OnionService service;
  record.read("instance", service.instance);
  record.read("single", service.single);
  record.read("fresh", service.fresh);
  record.read("added_at", service.added_at);
  record.read("uploaded_at", service.uploaded_at);
  record.read("published_at", service.published_at);
  record.read("uploads", service.uploads);
  record.read("failed_uploads", service.failed_uploads);
  return service;
}

}  // namespace

void write(JsonWriter& json, OnionView const& onion) {
  json.begin_object();
  json.field("address", onion.address);
  if (onion.service) {
    json.key("service");
    write(json, *onion.service);
  }
  for (auto const& [name, time] : kPhases)
    if (onion.*time) json.field(name, to_us(*(onion.*time)));
  json.key("descriptor").begin_array();
  for (auto const& event : onion.descriptor) {
    json.begin_object();
    json.field("at", to_us(event.at));
    json.field("action", event.action);
    json.field_unless_empty("hs_dir", event.hs_dir);
    json.field_unless_empty("reason", event.reason);
    json.field_unless_empty("auth_type", event.auth_type);
    json.end_object();
  }
  json.end_array();
  json.key("circuits").begin_array();
  for (auto const& circuit : onion.circuits) write(json, circuit);
  json.end_array();
  json.end_object();
}

OnionView read_onion(JsonObject const& record) {
  OnionView onion;
  record.read("address", onion.address);
  record.object("service",
                [&](JsonObject const& service) { onion.service = read_service(service); });
  for (auto const& [name, time] : kPhases) record.read(name, onion.*time);
  record.objects("descriptor", [&](JsonObject const& entry) {
    auto& event = onion.descriptor.emplace_back();
    entry.read("at", event.at);
    entry.read("action", event.action);
    entry.read("hs_dir", event.hs_dir);
    entry.read("reason", event.reason);
    entry.read("auth_type", event.auth_type);
  });
  record.objects("circuits", [&](JsonObject const& circuit) {
    onion.circuits.push_back(read_circuit(circuit));
  });
  return onion;
}

}  // namespace perfd::formats
