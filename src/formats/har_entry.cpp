// Entries of a HAR document: a resource each.
#include "formats/har_entry.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::formats {
namespace {

using model::Measurement;
using model::PageLoad;
using model::Resource;

// HAR wants the lists that browsers fill; perfd keeps no headers, which may name people.
void empty_lists(JsonWriter& json, std::initializer_list<std::string_view> names) {
  for (auto const name : names) {
    json.key(name).begin_array();
    json.end_array();
  }
}

// "http/1.1" is HAR's "HTTP/1.1".
std::string http_version(Resource const& resource) {
  if (resource.protocol.empty()) return "unknown";
  if (resource.protocol == "h2") return "HTTP/2";
  if (resource.protocol == "h3") return "HTTP/3";
  auto out = resource.protocol;
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::optional<WallTime> start_of(Resource const& resource) {
  if (resource.requested_at) return resource.requested_at;
  return resource.connect_start ? resource.connect_start : resource.request_start;
}

std::optional<WallTime> end_of(Resource const& resource) {
  for (auto const& at : {resource.response_end, resource.response_start, resource.request_start,
                         resource.connect_end, resource.connect_start})
    if (at) return at;
  return start_of(resource);
}

// What an entry's time is made of. HAR wants it to be their sum.
struct Timings {
  // What none of the others has: waiting for a connection, or for a turn on one.
  Micros blocked{0};
  std::optional<Micros> connect;  // TLS included, as HAR has it
  std::optional<Micros> tls;
  Micros wait{0};
  Micros receive{0};

  [[nodiscard]] Micros known() const { return connect.value_or(Micros{0}) + wait + receive; }
  [[nodiscard]] Micros total() const { return blocked + known(); }
};

Timings timings_of(Resource const& resource) {
  Timings out;
  out.connect = har_span(resource.connect_start, std::max(resource.connect_end, resource.tls_end));
  if (out.connect)
    if (auto const tls = har_span(resource.tls_start, resource.tls_end))
      out.tls = std::min(*tls, *out.connect);
  // Where no response came, all the time behind the request was waited for it.
  auto const& answered = resource.response_start ? resource.response_start : resource.response_end;
  out.wait = har_span(resource.request_start, answered).value_or(Micros{0});
  out.receive = har_span(resource.response_start, resource.response_end).value_or(Micros{0});
  auto const all = har_span(start_of(resource), end_of(resource)).value_or(Micros{0});
  out.blocked = std::max(all - out.known(), Micros{0});
  return out;
}

void write_timings(JsonWriter& json, Timings const& timings) {
  json.key("timings").begin_object();
  har_timing(json, "blocked", timings.blocked);
  har_timing(json, "dns", std::nullopt);  // the proxy resolves
  har_timing(json, "connect", timings.connect);
  har_timing(json, "ssl", timings.tls);
  har_timing(json, "send", Micros{0});  // the browser tells no end of it: in wait
  har_timing(json, "wait", timings.wait);
  har_timing(json, "receive", timings.receive);
  json.end_object();
}

// As a URI has it: ASCII alone, and as HAR has it: without the fragment. A browser's addresses are
// ASCII; a record may come from elsewhere.
std::string address(std::string_view url) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char const c : url.substr(0, url.find('#'))) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
        c != '`' && c != '{' && c != '|' && c != '}')
      out += c;
    else
      (out += '%').append({kDigits[byte >> 4U], kDigits[byte & 15U]});
  }
  return out;
}

// Names and values as they stand in the address, not decoded.
void write_query(JsonWriter& json, std::string_view url) {
  json.key("queryString").begin_array();
  auto const mark = url.find('?');
  if (mark != std::string_view::npos)
    for (auto const part : split(url.substr(mark + 1), '&')) {
      if (part.empty()) continue;
      auto const equals = part.find('=');
      json.begin_object();
      json.field("name", part.substr(0, equals));
      json.field("value", equals == std::string_view::npos ? "" : part.substr(equals + 1));
      json.end_object();
    }
  json.end_array();
}

void write_request(JsonWriter& json, Resource const& resource) {
  auto const url = address(resource.url);
  json.key("request").begin_object();
  json.field("method", resource.method);
  json.field("url", url);
  json.field("httpVersion", http_version(resource));
  empty_lists(json, {"cookies", "headers"});
  write_query(json, url);
  json.field("headersSize", std::int64_t{-1});
  json.field("bodySize", std::max(resource.request_bytes, std::int64_t{0}));
  json.end_object();
}

// -1 where it is not known: no response came, or the sizes contradict each other.
std::int64_t body_size(Resource const& resource) {
  if (resource.from_cache) return 0;
  auto const head = resource.header_bytes;
  bool const known = resource.status != 0 && head >= 0 && head <= resource.bytes_received;
  return known ? resource.bytes_received - head : -1;
}

void write_response(JsonWriter& json, Resource const& resource, std::string_view redirected_to) {
  auto const body = body_size(resource);
  bool const came = body >= 0 && !resource.from_cache;
  json.key("response").begin_object();
  json.field("status", std::int64_t{resource.status});
  json.field("statusText", "");
  json.field("httpVersion", http_version(resource));
  empty_lists(json, {"cookies", "headers"});
  json.key("content").begin_object();
  json.field("size", std::max(resource.body_bytes, std::int64_t{0}));
  json.field("mimeType",
             resource.mime_type.empty() ? "x-unknown" : std::string_view(resource.mime_type));
  json.end_object();
  json.field("redirectURL", address(redirected_to));
  json.field("headersSize", came ? resource.header_bytes : -1);
  json.field("bodySize", body);
  json.field_unless_empty("_error", resource.error);
  json.end_object();
}

model::ProxyConnection const* connection_of(PageLoad const& page, Resource const& resource) {
  for (auto const& connection : page.connections)
    if (resource.connection == connection.number) return &connection;
  return nullptr;
}

model::Stream const* stream_of(PageLoad const& page, model::ProxyConnection const& connection) {
  for (auto const& stream : page.streams)
    if (!connection.source_address.empty() && stream.source_address == connection.source_address)
      return &stream;
  return nullptr;
}

void write_tor(JsonWriter& json, Measurement const& m, model::Stream const& stream) {
  json.key("_tor").begin_object();
  json.field("instance", stream.instance);
  json.key("stream").value(stream.id);
  json.key("circuits").begin_array();
  for (auto const& stay : stream.attachments) json.value(stay.circuit_id);
  json.end_array();
  json.key("path").begin_array();
  if (!stream.attachments.empty())
    for (auto const& circuit : m.tor.circuits)
      if (circuit.id == stream.attachments.back().circuit_id && circuit.tor_run == stream.tor_run)
        for (auto const& hop : circuit.path) json.value(hop.fingerprint);
  json.end_array();
  json.end_object();
}

}  // namespace

void har_timing(JsonWriter& json, std::string_view name, std::optional<Micros> value) {
  json.key(name).real(value ? har_milliseconds(*value) : -1);
}

HarRedirects::HarRedirects(PageLoad const& page) {
  for (auto const& resource : page.resources)
    if (resource.redirect > 0) hops_.emplace(Key{resource.id, resource.redirect}, &resource);
}

std::string_view HarRedirects::from(Resource const& resource) const {
  if (resource.redirect == std::numeric_limits<int>::max()) return {};
  auto const next = hops_.find(Key{resource.id, resource.redirect + 1});
  return next == hops_.end() ? std::string_view() : std::string_view(next->second->url);
}

void write_har_entry(JsonWriter& json, Measurement const& m, Resource const& resource,
                     HarRedirects const& redirects) {
  auto const timings = timings_of(resource);
  json.begin_object();
  json.field("pageref", m.id);
  json.field("startedDateTime", format_iso(start_of(resource).value_or(m.started_at)));
  json.key("time").real(har_milliseconds(timings.total()));
  write_request(json, resource);
  write_response(json, resource, redirects.from(resource));
  json.key("cache").begin_object();
  json.end_object();
  write_timings(json, timings);
  if (resource.from_cache) json.key("_fromCache").boolean(true);
  if (auto const* const connection = connection_of(*m.page, resource)) {
    json.field("connection", std::to_string(connection->number));
    if (auto const* const stream = stream_of(*m.page, *connection)) write_tor(json, m, *stream);
  }
  json.end_object();
}

}  // namespace perfd::formats
