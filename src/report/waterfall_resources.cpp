// A page load: a row for each resource.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/markup.h"
#include "report/scale.h"
#include "report/waterfall.h"
#include "report/waterfall_chart.h"

namespace perfd::report {
namespace {

using model::PageLoad;
using model::Resource;
namespace mark = model::mark;

// The names of the rows have room for so many characters, and their place cuts off longer ones.
constexpr std::size_t kNameLength = 18;
// What is shown of an address where a reader points at it.
constexpr std::size_t kAddressLength = 400;

// The end of a text, with "…" before it where something is left out.
std::string tail_of(std::string_view text, std::size_t limit) {
  std::size_t characters = 0;
  for (auto at = text.size(); at > 0;) {
    --at;
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    if (++characters == limit - 1 && at > 0) return "…" + std::string(text.substr(at));
  }
  return std::string(text);
}

// "http://host:port" of an address.
std::string_view origin_of(std::string_view url) {
  auto const scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

// The end of the path, which tells resources apart, without a part of a folder's name where that is
// possible; the host only where it is not the page's own.
std::string short_address(std::string_view url, std::string_view page) {
  auto const origin = origin_of(url);
  if (!origin.empty())
    url.remove_prefix(origin == origin_of(page) ? origin.size() : origin.find("://") + 3);
  auto const path = url.substr(0, url.find_first_of("?#"));
  auto const out = tail_of(path, kNameLength);
  auto const folder = out.find('/');
  bool const cut = out.size() < path.size() + 3 && out.starts_with("…");
  if (!cut || folder == std::string::npos || folder + 1 == out.size()) return out;
  return "…" + out.substr(folder);
}

std::string status_of(Resource const& resource) {
  if (resource.status != 0) return std::to_string(resource.status);
  return resource.error.empty() ? "–" : "✕";
}

// Where the browser tells no type, what asked for it is as good: fetch.
std::string type_of(Resource const& resource) {
  if (resource.from_cache) return "cache";
  return shortened(resource.type.empty() ? resource.initiator : resource.type, 12);
}

// The way of each connection through tor.
class Ways {
 public:
  explicit Ways(model::Measurement const& m) : m_(m) {
    for (auto const& stream : m.page->streams) streams_[stream.source_address] = &stream;
    for (auto const& connection : m.page->connections)
      connections_[connection.number] = &connection;
  }
  // A line; empty where nothing is known.
  [[nodiscard]] std::string of(Resource const& resource) const {
    if (!resource.connection) return {};
    auto out = fmt::format("\nconnection {}", *resource.connection);
    auto const connection = connections_.find(*resource.connection);
    if (connection == connections_.end()) return out;
    auto const stream = streams_.find(connection->second->source_address);
    if (stream == streams_.end() || stream->first.empty()) return out;
    out += fmt::format(", stream {}", stream->second->id);
    if (stream->second->attachments.empty()) return out;
    auto const carrier = stream->second->attachments.back().circuit_id;
    out += fmt::format(", circuit {}", carrier);
    for (auto const& circuit : m_.tor.circuits)
      if (circuit.id == carrier && circuit.tor_run == stream->second->tor_run)
        return out + ": " + path_of_circuit(circuit);
    return out;
  }

 private:
  model::Measurement const& m_;
  std::map<std::string_view, model::Stream const*> streams_;
  std::map<std::uint64_t, model::ProxyConnection const*> connections_;
};

// Waiting for its turn is what lies below all other stretches.
std::vector<Stretch> stretches_of(Resource const& resource, SinceStart const& since) {
  auto const asked = since(resource.requested_at);
  auto const connect = since(resource.connect_start);
  auto const secured = since(resource.tls_start);
  auto const secured_end = since(resource.tls_end);
  auto const connected = std::max(since(resource.connect_end), secured_end);
  auto const sent = since(resource.request_start);
  auto const first = since(resource.response_start);
  auto const last = since(resource.response_end);
  std::optional<Micros> begin;
  std::optional<Micros> end;
  for (auto const& at : {asked, connect, secured, connected, sent, first, last}) {
    if (!at) continue;
    begin = std::min(begin.value_or(*at), *at);
    end = std::max(end.value_or(*at), *at);
  }
  std::vector<Stretch> out;
  auto const add = [&out](std::optional<Micros> from, std::optional<Micros> to, Phase phase) {
    if (from && to && *from <= *to) out.push_back({*from, *to, phase});
  };
  add(begin, end, Phase::blocked);
  add(connect, connected, Phase::connect);
  add(secured, secured_end, Phase::tls);
  // Where no response came, all the time behind the request was waited for it.
  add(sent, first ? first : last, Phase::wait);
  add(first, last, Phase::receive);
  return out;
}

std::string after_start(Micros at) {
  auto const text = time_text(static_cast<double>(std::chrono::abs(at).count()));
  return at < Micros{0} ? text + " before the start" : text;
}

std::string about_resource(Resource const& resource, ChartRow const& row, Ways const& ways) {
  auto out = fmt::format("{} {}", resource.method, shortened(resource.url, kAddressLength));
  if (resource.status != 0) out += fmt::format("\nstatus {}", resource.status);
  if (!resource.protocol.empty()) out += ", " + resource.protocol;
  if (!resource.error.empty()) out += "\n" + shortened(resource.error, kAddressLength);
  out += fmt::format("\n{} bytes came", resource.bytes_received);
  if (resource.from_cache) out += ", from the browser's cache";
  if (auto const from = row.from())
    out += fmt::format("\nfrom {} to {}", after_start(*from), after_start(*row.to()));
  for (auto const& [from, to, phase] : row.stretches)
    if (phase != Phase::blocked)
      out += fmt::format("\n{} {}", phase_name(phase),
                         time_text(static_cast<double>((to - from).count())));
  return out + ways.of(resource);
}

}  // namespace

Chart resources_chart(model::Measurement const& measurement, SinceStart const& since) {
  auto const& page = *measurement.page;
  Chart out;
  out.of_page = true;
  for (auto const& [name, label] : {std::pair{mark::kDataResponse, "first byte"},
                                    {mark::kDomContentLoaded, "DOM content loaded"},
                                    {mark::kFirstContentfulPaint, "first contentful paint"},
                                    {mark::kLargestContentfulPaint, "largest contentful paint"},
                                    {mark::kLoad, "load event"},
                                    {mark::kFullyLoaded, "fully loaded"}})
    if (auto const at = since(measurement.marks.at(name))) out.moments.push_back({label, *at});

  Ways const ways(measurement);
  auto const drawn = std::min(page.resources.size(), kMostWaterfallRows);
  for (std::size_t i = 0; i < drawn; ++i) {
    auto const& resource = page.resources[i];
    ChartRow row{short_address(resource.url, page.url)};
    if (!resource.method.empty() && resource.method != "GET")
      row.name = shortened(resource.method, 8) + " " + row.name;
    row.status = status_of(resource);
    row.type = type_of(resource);
    if (resource.connection) row.connection = std::to_string(*resource.connection);
    row.failed = !resource.error.empty() || resource.status >= 400;
    row.stretches = stretches_of(resource, since);
    row.about = about_resource(resource, row, ways);
    out.rows.push_back(std::move(row));
  }
  if (drawn < page.resources.size())
    out.more = fmt::format("and {} more", counted(page.resources.size() - drawn, "resource"));
  return out;
}

}  // namespace perfd::report
