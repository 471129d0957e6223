#include "browser/bidi_events.h"

#include <algorithm>

#include "base/text.h"
#include "browser/json_read.h"

namespace perfd::browser {
namespace {

namespace json = boost::json;

int small_count(json::object const& in, std::string_view key) {
  return static_cast<int>(std::min<std::int64_t>(read::count(in, key), 10'000));
}

RequestTimes times_of(json::object const& in) {
  RequestTimes out;
  out.requested = read::unix_ms(in, "requestTime");
  out.connect_start = read::unix_ms(in, "connectStart");
  out.connect_end = read::unix_ms(in, "connectEnd");
  out.tls_start = read::unix_ms(in, "tlsStart");
  // Without TLS Firefox puts the end of the connection here.
  if (out.tls_start) out.tls_end = read::unix_ms(in, "tlsEnd");
  out.request_start = read::unix_ms(in, "requestStart");
  out.response_start = read::unix_ms(in, "responseStart");
  out.response_end = read::unix_ms(in, "responseEnd");
  return out;
}

Response response_of(json::object const& in) {
  Response out;
  out.protocol = read::text(in, "protocol", kWordLimit);
  out.mime_type = read::text(in, "mimeType", kWordLimit);
  out.status = small_count(in, "status");
  out.from_cache = read::flag(in, "fromCache");
  out.bytes_received = read::count(in, "bytesReceived");
  out.header_bytes = read::count(in, "headersSize");
  out.body_bytes = read::count(in, "bodySize");
  return out;
}

// Of a request with a body of known length.
std::optional<std::int64_t> content_length(json::object const& request) {
  constexpr std::size_t kMostFields = 100;
  auto const* const fields = read::array(request, "headers");
  if (fields == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < std::min(fields->size(), kMostFields); ++i) {
    auto const* const field = (*fields)[i].if_object();
    if (field == nullptr ||
        !equals_ignoring_case(read::text(*field, "name", kWordLimit), "Content-Length"))
      continue;
    auto const* const value = read::object(*field, "value");
    if (value == nullptr) return std::nullopt;
    auto const length = parse_int<std::int64_t>(read::text(*value, "value", kWordLimit));
    return length && *length >= 0 ? std::optional(*length) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<BidiEvent> network_event(NetworkEvent::Kind kind, json::object const& params) {
  auto const* const request = read::object(params, "request");
  if (request == nullptr) return std::nullopt;
  NetworkEvent out;
  out.kind = kind;
  out.context = read::text(params, "context", kWordLimit);
  out.navigation = read::text(params, "navigation", kWordLimit);
  out.redirects = small_count(params, "redirectCount");
  out.request = read::text(*request, "request", kWordLimit);
  out.url = read::text(*request, "url", kUrlLimit);
  if (out.request.empty() || out.url.empty()) return std::nullopt;
  out.method = read::text(*request, "method", kWordLimit);
  out.destination = read::text(*request, "destination", kWordLimit);
  out.initiator = read::text(*request, "initiatorType", kWordLimit);
  auto const length = content_length(*request);
  out.body_is_exact = length.has_value();
  out.body_bytes = length.value_or(read::count(*request, "bodySize"));
  if (auto const* const times = read::object(*request, "timings")) out.times = times_of(*times);
  if (auto const* const response = read::object(params, "response"))
    out.response = response_of(*response);
  if (kind == NetworkEvent::Kind::failed) {
    out.error = read::text(params, "errorText", kWordLimit);
    if (out.error.empty()) out.error = "unknown";
  }
  return out;
}

std::optional<BidiEvent> navigation_event(NavigationEvent::Kind kind, json::object const& params) {
  NavigationEvent out;
  out.kind = kind;
  out.context = read::text(params, "context", kWordLimit);
  if (out.context.empty()) return std::nullopt;
  out.navigation = read::text(params, "navigation", kWordLimit);
  out.url = read::text(params, "url", kUrlLimit);
  out.at = read::unix_ms(params, "timestamp");
  return out;
}

std::optional<BidiEvent> context_event(bool created, json::object const& params) {
  ContextEvent out;
  out.created = created;
  out.context = read::text(params, "context", kWordLimit);
  if (out.context.empty()) return std::nullopt;
  out.parent = read::text(params, "parent", kWordLimit);
  return out;
}

}  // namespace

std::optional<BidiEvent> parse_event(std::string_view method, json::object const& params) {
  using Network = NetworkEvent::Kind;
  using Navigation = NavigationEvent::Kind;
  if (method == "network.beforeRequestSent") return network_event(Network::sent, params);
  if (method == "network.responseStarted") return network_event(Network::started, params);
  if (method == "network.responseCompleted") return network_event(Network::completed, params);
  if (method == "network.fetchError") return network_event(Network::failed, params);
  if (method == "browsingContext.navigationStarted")
    return navigation_event(Navigation::started, params);
  if (method == "browsingContext.navigationCommitted")
    return navigation_event(Navigation::committed, params);
  if (method == "browsingContext.navigationFailed")
    return navigation_event(Navigation::failed, params);
  if (method == "browsingContext.domContentLoaded")
    return navigation_event(Navigation::dom_content_loaded, params);
  if (method == "browsingContext.load") return navigation_event(Navigation::load, params);
  if (method == "browsingContext.contextCreated") return context_event(true, params);
  if (method == "browsingContext.contextDestroyed") return context_event(false, params);
  return std::nullopt;
}

}  // namespace perfd::browser
