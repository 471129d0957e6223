// /api/v1/status: whether it works, at a glance.
#include "web/api/sources.h"

#include <algorithm>

#include "formats/json_writer.h"
#include "web/api/alert.h"
#include "web/api/own_endpoints.h"

namespace perfd::web::api {
namespace {

using formats::JsonWriter;

void time_field(JsonWriter& json, std::string_view name, std::optional<WallTime> time) {
  json.key(name);
  if (time)
    json.value(to_us(*time));
  else
    json.null();
}

void texts_field(JsonWriter& json, std::string_view name, std::vector<std::string> const& texts) {
  json.key(name).begin_array();
  for (auto const& text : texts) json.value(text);
  json.end_array();
}

void write_store(JsonWriter& json, StoreExtent const& extent) {
  json.key("store").begin_object();
  json.field("measurements", extent.measurements);
  time_field(json, "oldest_at", extent.oldest_at);
  time_field(json, "newest_at", extent.newest_at);
  json.field("bytes", extent.bytes);
  json.end_object();
}

void write_experiment(JsonWriter& json, LiveExperiment const& one, Live const& live, WallTime now) {
  json.begin_object();
  json.field("name", one.name);
  json.field("kind", one.kind);
  texts_field(json, "arms", one.arms);
  texts_field(json, "targets", one.targets);
  texts_field(json, "metrics", one.metrics);
  json.field("interval_us", one.interval.count());
  time_field(json, "last_at", one.last_at);
  json.key("last_outcome");
  if (one.last_outcome.empty())
    json.null();
  else
    json.value(one.last_outcome);
  time_field(json, "last_ok_at", one.last_ok_at);
  time_field(json, "next_at", one.next_at);
  json.key("running").boolean(one.running);
  json.key("stale").boolean(is_late(one, live, now));
  json.field("missed", one.missed);
  json.end_object();
}

void write_tor(JsonWriter& json, LiveTor const& tor) {
  json.begin_object();
  json.field("name", tor.name);
  json.key("up").boolean(tor.up);
  json.key("ready").boolean(tor.ready);
  json.field("bootstrap", std::int64_t{tor.bootstrap});
  json.field("version", tor.version);
  json.end_object();
}

void write_tor_detail(JsonWriter& json, LiveTor const& tor) {
  json.begin_object();
  json.field("name", tor.name);
  json.key("guards").begin_array();
  for (auto const& guard : tor.guards) {
    json.begin_object();
    json.field("fingerprint", guard.fingerprint);
    json.field("nickname", guard.nickname);
    json.end_object();
  }
  json.end_array();
  time_field(json, "last_event_at", tor.last_event_at);
  json.field("circuits_open", tor.circuits_open);
  json.field("last_warning", tor.last_warning);
  json.end_object();
}

void write_detail(JsonWriter& json, Live const& live) {
  json.begin_object();
  json.field("pid", live.pid);
  json.field("store_path", live.store_path);
  json.key("tors").begin_array();
  for (auto const& tor : live.tors) write_tor_detail(json, tor);
  json.end_array();
  json.key("queues").begin_object();
  json.field("measurements_to_store", live.queues.measurements_to_store);
  json.field("events_to_store", live.queues.events_to_store);
  json.field("slots_waiting", live.queues.slots_waiting);
  json.field("measurements_running", live.queues.measurements_running);
  json.end_object();
  json.end_object();
}

Checked<Answer> tell_status(Call const& call, Sources& sources) {
  auto const extent = sources.results->extent();
  if (!extent) return unavailable(extent.error());
  static Live const kNothing;
  auto const& live = sources.live ? *sources.live : kNothing;
  Answer out;
  JsonWriter json(out.body);
  json.begin_object();
  json.field("now", to_us(call.now));
  json.field("vantage", live.vantage);
  json.field("version", live.version);
  time_field(json, "started_at", live.started_at);
  write_store(json, *extent);
  json.key("experiments").begin_array();
  for (auto const& one : live.experiments) write_experiment(json, one, live, call.now);
  json.end_array();
  json.key("tors").begin_array();
  for (auto const& tor : live.tors) write_tor(json, tor);
  json.end_array();
  json.key("alerts").raw(alerts_array(sources.alerts));
  json.key("detail");
  if (call.privileged && sources.live)
    write_detail(json, live);
  else
    json.null();
  json.end_object();
  out.body += '\n';
  return out;
}

Shape experiment_shape() {
  return object(
      "", "",
      {value("name", Type::text, ""), value("kind", Type::text, ""),
       list("arms", "of an experiment with arms", value("", Type::text, "")),
       list("targets", "direct, onion, single-onion, or URLs", value("", Type::text, "")),
       list("metrics", "that its successful measurements have", value("", Type::text, "")),
       value("interval_us", Type::integer, "between two slots"),
       value("last_at", Type::integer, "begin of the last measurement", true),
       value("last_outcome", Type::text, "of it", true),
       value("last_ok_at", Type::integer, "begin of the last that succeeded", true),
       value("next_at", Type::integer, "the next slot", true),
       value("running", Type::boolean, "one is under way"),
       value("stale", Type::boolean, "none has succeeded for more than three intervals"),
       value("missed", Type::integer, "slots that did not start, since the start")});
}

Shape tor_shape() {
  return object("", "",
                {value("name", Type::text, ""), value("up", Type::boolean, "it speaks to perfd"),
                 value("ready", Type::boolean, "it can be measured"),
                 value("bootstrap", Type::integer, "per cent"), value("version", Type::text, "")});
}

Shape detail_shape() {
  auto const guard =
      object("", "", {value("fingerprint", Type::text, ""), value("nickname", Type::text, "")});
  auto const tor = object(
      "", "",
      {value("name", Type::text, ""),
       list("guards", "those that perfd set, and first hops of its open circuits", guard),
       value("last_event_at", Type::integer, "when it last told something", true),
       value("circuits_open", Type::integer, ""),
       value("last_warning", Type::text, "the last line of its log that warns; may be empty")});
  return object(
      "detail", "only for who may see it: null for others",
      {value("pid", Type::integer, ""), value("store_path", Type::text, ""), list("tors", "", tor),
       object("queues", "",
              {value("measurements_to_store", Type::integer, ""),
               value("events_to_store", Type::integer, ""),
               value("slots_waiting", Type::integer, "for their tor"),
               value("measurements_running", Type::integer, "")})},
      true);
}

}  // namespace

Endpoint status_endpoint() {
  Address out;
  out.name = "status";
  out.about = "Experiments, tors and the store at a glance.";
  out.answer =
      object("", "",
             {value("now", Type::integer, "perfd's clock"),
              value("vantage", Type::text, "its name"), value("version", Type::text, "of perfd"),
              value("started_at", Type::integer, "null: nothing measures", true),
              object("store", "",
                     {value("measurements", Type::integer, "results"),
                      value("oldest_at", Type::integer, "begin of the first", true),
                      value("newest_at", Type::integer, "begin of the last", true),
                      value("bytes", Type::integer, "of the file")}),
              list("experiments", "in the order of the configuration", experiment_shape()),
              list("tors", "", tor_shape()),
              list("alerts", "rules of the thresholds", alert_shape()), detail_shape()});
  out.csv = false;
  out.of_results = false;
  return {out, tell_status};
}

}  // namespace perfd::web::api
