// JSON of a page load.
#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

using model::ClockCheck;
using model::PageLoad;
using model::Resource;

// The moments of a resource and their names, in the order in which they come.
struct Moment {
  std::string_view name;
  std::optional<WallTime> Resource::*at;
};
constexpr Moment kMoments[] = {
    {"requested_at", &Resource::requested_at},     {"connect_start", &Resource::connect_start},
    {"tls_start", &Resource::tls_start},           {"tls_end", &Resource::tls_end},
    {"connect_end", &Resource::connect_end},       {"request_start", &Resource::request_start},
    {"response_start", &Resource::response_start}, {"response_end", &Resource::response_end},
};

void write(JsonWriter& json, Resource const& resource) {
  json.begin_object();
  json.field("id", resource.id);
  if (resource.redirect != 0) json.field("redirect", std::int64_t{resource.redirect});
  json.field("url", resource.url);
  json.field("method", resource.method);
  json.field_unless_empty("type", resource.type);
  json.field_unless_empty("initiator", resource.initiator);
  json.field_unless_empty("protocol", resource.protocol);
  json.field_unless_empty("mime_type", resource.mime_type);
  json.field("status", std::int64_t{resource.status});
  for (auto const& [name, at] : kMoments)
    if (resource.*at) json.field(name, to_us(*(resource.*at)));
  json.field("bytes_received", resource.bytes_received);
  json.field("header_bytes", resource.header_bytes);
  json.field("body_bytes", resource.body_bytes);
  if (resource.request_bytes != 0) json.field("request_bytes", resource.request_bytes);
  if (resource.from_cache) json.key("from_cache").boolean(true);
  json.field_unless_empty("error", resource.error);
  if (resource.connection) json.key("connection").value(*resource.connection);
  json.end_object();
}

Resource read_resource(JsonObject const& record) {
  Resource out;
  record.read("id", out.id);
  record.read("redirect", out.redirect);
  record.read("url", out.url);
  record.read("method", out.method);
  record.read("type", out.type);
  record.read("initiator", out.initiator);
  record.read("protocol", out.protocol);
  record.read("mime_type", out.mime_type);
  record.read("status", out.status);
  for (auto const& [name, at] : kMoments) record.read(name, out.*at);
  record.read("bytes_received", out.bytes_received);
  record.read("header_bytes", out.header_bytes);
  record.read("body_bytes", out.body_bytes);
  record.read("request_bytes", out.request_bytes);
  record.read("from_cache", out.from_cache);
  record.read("error", out.error);
  record.read("connection", out.connection);
  return out;
}

void write(JsonWriter& json, ClockCheck const& check) {
  json.begin_object();
  json.field("name", check.name);
  json.field("moments", check.moments);
  json.field("largest_us", check.largest.count());
  json.key("agrees").boolean(check.agrees);
  json.end_object();
}

ClockCheck read_check(JsonObject const& record) {
  ClockCheck out;
  record.read("name", out.name);
  record.read("moments", out.moments);
  record.read("largest_us", out.largest);
  record.read("agrees", out.agrees);
  return out;
}

template <class Value>
void write_all(JsonWriter& json, std::string_view name, std::vector<Value> const& values) {
  json.key(name).begin_array();
  for (auto const& value : values) write(json, value);
  json.end_array();
}

}  // namespace

void write(JsonWriter& json, PageLoad const& page) {
  json.begin_object();
  json.field("url", page.url);
  json.field_unless_empty("final_url", page.final_url);
  json.field_unless_empty("title", page.title);
  json.field_unless_empty("browser", page.browser);
  json.field("load_of_process", page.load_of_process);
  json.field("requests", model::requests(page));
  json.field("failed", page.failed);
  write_all(json, "clocks", page.clocks);
  json.field_unless_empty("screenshot", page.screenshot);
  write_all(json, "resources", page.resources);
  write_all(json, "connections", page.connections);
  write_all(json, "streams", page.streams);
  json.end_object();
}

PageLoad read_page(JsonObject const& record) {
  PageLoad out;
  record.read("url", out.url);
  record.read("final_url", out.final_url);
  record.read("title", out.title);
  record.read("browser", out.browser);
  record.read("load_of_process", out.load_of_process);
  record.read("failed", out.failed);
  record.objects("clocks", [&](JsonObject const& one) { out.clocks.push_back(read_check(one)); });
  record.read("screenshot", out.screenshot);
  record.objects("resources",
                 [&](JsonObject const& one) { out.resources.push_back(read_resource(one)); });
  record.objects("connections", [&](JsonObject const& one) {
    out.connections.push_back(read_proxy_connection(one));
  });
  record.objects("streams",
                 [&](JsonObject const& one) { out.streams.push_back(read_stream(one)); });
  return out;
}

}  // namespace perfd::formats
