#include "experiments/page_join.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "wire/http/url.h"

namespace perfd::experiments {
namespace {

using model::PageLoad;
using model::ProxyConnection;
using model::Resource;

// How far the times of two programs on one machine may lie apart to mean the same.
constexpr Micros kSame = std::chrono::milliseconds{100};

struct Carrier {
  ProxyConnection const* connection;
  std::vector<model::ProxiedRequest> requests;  // that no resource has yet
  WallTime free_at{};                           // no request began before, with HTTP/1
};
using Request = std::vector<model::ProxiedRequest>::iterator;

Micros distance(WallTime a, WallTime b) { return a > b ? a - b : b - a; }

bool leads_to(ProxyConnection const& connection, wire::http::Url const& url) {
  return connection.port == url.port && connection.host == url.host;
}

// The request of that target, or of any, that came to the proxy at the nearest time.
Request nearest(Carrier& carrier, WallTime request_start, std::string const* target) {
  auto best = carrier.requests.end();
  for (auto one = carrier.requests.begin(); one != carrier.requests.end(); ++one) {
    if (target != nullptr && one->target != *target) continue;
    if (best == carrier.requests.end() ||
        distance(one->at, request_start) < distance(best->at, request_start))
      best = one;
  }
  return best;
}

// How badly it fits by its times; nothing where it can't be.
std::optional<Micros> misfit(Carrier& carrier, Resource const& resource) {
  bool const one_at_a_time = !resource.protocol.starts_with("h2");
  if (one_at_a_time && carrier.free_at > *resource.request_start + kSame) return std::nullopt;
  if (resource.connect_start) {
    auto const apart = distance(carrier.connection->accepted_at, *resource.connect_start);
    // The one that it opened has carried nothing yet.
    if (apart > kSame || carrier.free_at != WallTime{}) return std::nullopt;
    return apart;
  }
  auto const request = nearest(carrier, *resource.request_start, nullptr);
  if (request == carrier.requests.end()) return std::nullopt;
  auto const apart = distance(request->at, *resource.request_start);
  return apart > kSame ? std::nullopt : std::optional(apart);
}

void give(Resource& resource, Carrier& carrier, Request request) {
  resource.connection = carrier.connection->number;
  if (request != carrier.requests.end()) carrier.requests.erase(request);
  carrier.free_at =
      std::max(carrier.free_at, resource.response_end.value_or(*resource.request_start));
}

// Plain HTTP: the proxy saw what was asked for.
bool join_by_target(Resource& resource, wire::http::Url const& url,
                    std::vector<Carrier>& carriers) {
  Carrier* best = nullptr;
  std::optional<Request> request;
  for (auto& carrier : carriers) {
    if (!leads_to(*carrier.connection, url)) continue;
    auto const one = nearest(carrier, *resource.request_start, &url.target);
    if (one == carrier.requests.end()) continue;
    if (request && distance((*request)->at, *resource.request_start) <=
                       distance(one->at, *resource.request_start))
      continue;
    best = &carrier;
    request = one;
  }
  if (best != nullptr) give(resource, *best, *request);
  return best != nullptr;
}

void join_by_time(Resource& resource, wire::http::Url const& url, std::vector<Carrier>& carriers) {
  Carrier* best = nullptr;
  std::optional<Micros> least;
  for (auto& carrier : carriers) {
    if (!leads_to(*carrier.connection, url)) continue;
    auto const bad = misfit(carrier, resource);
    if (bad && (!least || *bad < *least)) {
      least = bad;
      best = &carrier;
    }
  }
  if (best != nullptr) give(resource, *best, nearest(*best, *resource.request_start, nullptr));
}

// Between the browser's sending a request and its coming to the proxy, where that could read it.
std::optional<Micros> on_its_way(Resource const& resource, ProxyConnection const& connection) {
  auto const url = wire::http::parse_url(resource.url);
  std::optional<Micros> least;
  for (auto const& request : connection.requests) {
    if (!url || !resource.request_start || request.target != url->target) continue;
    auto const apart = distance(request.at, *resource.request_start);
    if (!least || apart < *least) least = apart;
  }
  return least;
}

// The distance of a moment from the interval in which the mark's lies.
std::optional<Micros> apart(std::optional<WallTime> moment, ProxyConnection const& connection,
                            std::string_view mark_name) {
  auto const* const mark = connection.marks.find(mark_name);
  if (mark == nullptr || !moment) return std::nullopt;
  if (*moment > mark->at) return *moment - mark->at;
  auto const earliest = mark->at - mark->error_bound;
  return *moment < earliest ? earliest - *moment : Micros{0};
}

}  // namespace

Resource const* document_of(PageLoad const& page) {
  Resource const* out = nullptr;
  for (auto const& resource : page.resources)
    if (resource.id == page.resources.front().id) out = &resource;
  return out;
}

void join_connections(PageLoad& page) {
  std::vector<Carrier> carriers;
  for (auto const& connection : page.connections)
    carriers.push_back({&connection, connection.requests, {}});
  std::vector<Resource*> order;
  for (auto& resource : page.resources)
    if (resource.request_start && !resource.from_cache) order.push_back(&resource);
  std::stable_sort(order.begin(), order.end(), [](auto const* a, auto const* b) {
    return *a->request_start < *b->request_start;
  });
  for (auto* const resource : order) {
    auto const url = wire::http::parse_url(resource->url);
    if (url && !join_by_target(*resource, *url, carriers)) join_by_time(*resource, *url, carriers);
  }
}

model::ClockCheck compare_clocks(PageLoad const& page, Micros bound) {
  model::ClockCheck out;
  out.name = "browser and proxy";
  auto const note = [&](std::optional<Micros> difference) {
    if (!difference) return;
    ++out.moments;
    out.largest = std::max(out.largest, *difference);
  };
  std::map<std::uint64_t, ProxyConnection const*> connections;
  for (auto const& connection : page.connections) connections[connection.number] = &connection;
  for (auto const& resource : page.resources) {
    if (!resource.connection) continue;
    auto const& connection = *connections.at(*resource.connection);
    note(on_its_way(resource, connection));
    if (!resource.connect_start) continue;
    note(apart(resource.connect_start, connection, model::mark::kProxyAccept));
    // With TLS the browser's connection stands later, and the first bytes are not the response's.
    if (resource.tls_start) continue;
    note(apart(resource.connect_end, connection, model::mark::kProxyReplied));
    note(apart(resource.response_start, connection, model::mark::kDownFirst));
  }
  out.agrees = out.largest <= bound;
  return out;
}

}  // namespace perfd::experiments
