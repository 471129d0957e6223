// JSON of entry guards: those in force, a choice, a ranking.
#include <algorithm>

#include "formats/jsonl.h"
#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

// More than the whole Tor network has; a longer one would not be read again.
constexpr std::size_t kMaxRanked = 10'000;

void write_set(JsonWriter& json, std::vector<std::string> const& set) {
  json.key("set").begin_array();
  for (auto const& fingerprint : set) json.value(fingerprint);
  json.end_array();
}

void optional_time_of(JsonWriter& json, std::string_view name, std::optional<WallTime> time) {
  if (time) json.field(name, to_us(*time));
}

void write(JsonWriter& json, model::RankedGuard const& guard) {
  json.begin_object();
  json.field("fingerprint", guard.fingerprint);
  json.field_unless_empty("nickname", guard.nickname);
  json.field_unless_empty("address", guard.address);
  json.field_unless_empty("country", guard.country);
  json.field("bandwidth", guard.bandwidth);
  if (guard.self_advertised) json.field("self_advertised", *guard.self_advertised);
  json.end_object();
}

}  // namespace

void write(JsonWriter& json, model::GuardsInForce const& guards) {
  json.begin_object();
  json.field("policy", guards.policy);
  write_set(json, guards.set);
  optional_time_of(json, "set_at", guards.set_at);
  optional_time_of(json, "dropped_at", guards.dropped_at);
  json.end_object();
}

model::GuardsInForce read_guards_in_force(JsonObject const& record) {
  model::GuardsInForce guards;
  record.read("policy", guards.policy);
  record.read("set", guards.set);
  record.read("set_at", guards.set_at);
  record.read("dropped_at", guards.dropped_at);
  return guards;
}

std::string guard_choice_to_json(model::GuardChoice const& choice) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("instance", choice.instance);
  json.key("tor_run").value(choice.tor_run);
  json.field("at", to_us(choice.at));
  json.field("policy", choice.policy);
  optional_time_of(json, "consensus_valid_after", choice.consensus_valid_after);
  json.field("reason", choice.reason);
  write_set(json, choice.set);
  json.end_object();
  return out;
}

model::GuardChoice read_guard_choice(JsonObject const& record) {
  model::GuardChoice choice;
  record.read("instance", choice.instance);
  record.read("tor_run", choice.tor_run);
  record.read("at", choice.at);
  record.read("policy", choice.policy);
  record.read("consensus_valid_after", choice.consensus_valid_after);
  record.read("reason", choice.reason);
  record.read("set", choice.set);
  return choice;
}

std::string guard_ranking_to_json(model::GuardRanking const& ranking) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("instance", ranking.instance);
  json.field("policy", ranking.policy);
  json.field("at", to_us(ranking.at));
  optional_time_of(json, "consensus_valid_after", ranking.consensus_valid_after);
  json.key("guards").begin_array();
  auto const count = std::min(ranking.guards.size(), kMaxRanked);
  for (std::size_t i = 0; i < count; ++i) write(json, ranking.guards[i]);
  json.end_array();
  json.end_object();
  return out;
}

model::GuardRanking read_guard_ranking(JsonObject const& record) {
  model::GuardRanking ranking;
  record.read("instance", ranking.instance);
  record.read("policy", ranking.policy);
  record.read("at", ranking.at);
  record.read("consensus_valid_after", ranking.consensus_valid_after);
  record.objects("guards", [&](JsonObject const& entry) {
    auto& guard = ranking.guards.emplace_back();
    entry.read("fingerprint", guard.fingerprint);
    entry.read("nickname", guard.nickname);
    entry.read("address", guard.address);
    entry.read("country", guard.country);
    entry.read("bandwidth", guard.bandwidth);
    entry.read("self_advertised", guard.self_advertised);
  });
  return ranking;
}

}  // namespace perfd::formats
