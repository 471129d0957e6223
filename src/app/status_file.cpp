#include "app/status_file.h"

#include <boost/json.hpp>

namespace perfd::app {
namespace {

namespace json = boost::json;

std::string text(json::object const& object, std::string_view key) {
  auto const* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::int64_t number(json::object const& object, std::string_view key) {
  auto const* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

json::array const& list(json::object const& object, std::string_view key) {
  static json::array const none;
  auto const* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

}  // namespace

std::string to_json(Status const& s) {
  json::array instances;
  for (auto const& i : s.instances)
    instances.push_back({{"name", i.name}, {"state", i.state}, {"version", i.version}});
  json::array experiments;
  for (auto const& e : s.experiments)
    experiments.push_back({{"name", e.name},
                           {"last_outcome", e.last_outcome},
                           {"last_at", to_us(e.last_at)},
                           {"next_at", to_us(e.next_at)}});
  json::object const out{{"pid", s.pid},
                         {"vantage", s.vantage},
                         {"version", s.version},
                         {"started_at", to_us(s.started_at)},
                         {"written_at", to_us(s.written_at)},
                         {"results", json::array(s.results.begin(), s.results.end())},
                         {"instances", std::move(instances)},
                         {"experiments", std::move(experiments)},
                         {"measurements", s.measurements},
                         {"failures", s.failures},
                         {"missed", s.missed},
                         {"published_until", s.published_until},
                         {"publish_trouble", s.publish_trouble},
                         {"store_trouble", s.store_trouble}};
  return json::serialize(out) + "\n";
}

Result<Status> status_from_json(std::string_view content) {
  boost::system::error_code error;
  auto const value = json::parse(json::string_view(content.data(), content.size()), error);
  if (error || !value.is_object()) return Error{"the status file is not JSON"};
  auto const& object = value.get_object();
  Status out;
  out.pid = static_cast<pid_t>(number(object, "pid"));
  out.vantage = text(object, "vantage");
  out.version = text(object, "version");
  out.started_at = wall_from_us(number(object, "started_at"));
  out.written_at = wall_from_us(number(object, "written_at"));
  for (auto const& item : list(object, "results"))
    if (item.is_string()) out.results.emplace_back(item.get_string());
  for (auto const& item : list(object, "instances"))
    if (item.is_object()) {
      auto const& o = item.get_object();
      out.instances.push_back({text(o, "name"), text(o, "state"), text(o, "version")});
    }
  for (auto const& item : list(object, "experiments"))
    if (item.is_object()) {
      auto const& o = item.get_object();
      out.experiments.push_back({text(o, "name"), text(o, "last_outcome"),
                                 wall_from_us(number(o, "last_at")),
                                 wall_from_us(number(o, "next_at"))});
    }
  out.measurements = static_cast<std::uint64_t>(number(object, "measurements"));
  out.failures = static_cast<std::uint64_t>(number(object, "failures"));
  out.missed = static_cast<std::uint64_t>(number(object, "missed"));
  out.published_until = text(object, "published_until");
  out.publish_trouble = text(object, "publish_trouble");
  out.store_trouble = text(object, "store_trouble");
  return out;
}

}  // namespace perfd::app
