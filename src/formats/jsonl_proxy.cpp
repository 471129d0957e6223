// JSON of the measuring proxy's connections.
#include "formats/jsonl.h"
#include "formats/jsonl_parts.h"

namespace perfd::formats {

void write(JsonWriter& json, model::ProxyConnection const& connection) {
  json.begin_object();
  json.key("number").value(connection.number);
  json.field("accepted_at", to_us(connection.accepted_at));
  json.field("peer", connection.peer);
  json.field("host", connection.host);
  json.field("port", std::int64_t{connection.port});
  json.field_unless_empty("username", connection.username);
  json.field_unless_empty("source_address", connection.source_address);
  json.key("optimistic").boolean(connection.optimistic);
  write_marks(json, "marks", "mark_sources", connection.marks);
  json.key("requests").begin_array();
  for (auto const& request : connection.requests) {
    json.begin_object();
    json.field("at", to_us(request.at));
    json.field_unless_empty("target", request.target);
    json.end_object();
  }
  json.end_array();
  json.field("bytes_up", connection.bytes_up);
  json.field("bytes_down", connection.bytes_down);
  json.field("early_bytes", connection.early_bytes);
  if (connection.socks_reply) json.field("socks_reply", std::int64_t{*connection.socks_reply});
  json.field("closed_by", connection.closed_by);
  json.field_unless_empty("error", connection.error);
  json.end_object();
}

model::ProxyConnection read_proxy_connection(JsonObject const& record) {
  model::ProxyConnection out;
  record.read("number", out.number);
  record.read("accepted_at", out.accepted_at);
  record.read("peer", out.peer);
  record.read("host", out.host);
  record.read("port", out.port);
  record.read("username", out.username);
  record.read("source_address", out.source_address);
  record.read("optimistic", out.optimistic);
  out.marks = read_marks(record, "marks", "mark_sources");
  record.objects("requests", [&](JsonObject const& request) {
    auto& one = out.requests.emplace_back();
    request.read("at", one.at);
    request.read("target", one.target);
  });
  record.read("bytes_up", out.bytes_up);
  record.read("bytes_down", out.bytes_down);
  record.read("early_bytes", out.early_bytes);
  record.read("socks_reply", out.socks_reply);
  record.read("closed_by", out.closed_by);
  record.read("error", out.error);
  return out;
}

std::string proxy_connection_to_json(model::ProxyConnection const& connection) {
  std::string out;
  JsonWriter json(out);
  write(json, connection);
  return out;
}

}  // namespace perfd::formats
