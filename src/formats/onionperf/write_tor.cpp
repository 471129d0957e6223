// tor's circuits, streams and guards as OnionPerf shows them.
#include <algorithm>
#include <string>

#include "base/time_text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/write_rows.h"

namespace perfd::formats::onionperf {
namespace {

// Spans count from here: where the beginning was not seen, from the first thing that was.
template <class Rows>
WallTime first_of(WallTime told, Rows const& states, WallTime otherwise) {
  if (told > WallTime{}) return told;
  for (auto const& state : states)
    if (state.at > WallTime{}) return state.at;
  return std::max(otherwise, WallTime{});
}

// Of what is still open the last thing that was seen: OnionPerf has only what ended.
template <class Rows>
WallTime last_of(std::optional<WallTime> told, Rows const& states, WallTime otherwise) {
  if (told) return std::max(*told, otherwise);
  return states.empty() ? otherwise : std::max(states.back().at, otherwise);
}

class Pairs {
 public:
  Pairs(JsonWriter& json, std::string_view key, WallTime start) : json_(json), start_(start) {
    json_.key(key).begin_array();
  }
  void add(std::string_view word, WallTime at) {
    json_.begin_array();
    json_.value(word);
    auto text = format_seconds(std::max(at - start_, Micros{0}), 6);
    while (text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
    json_.raw(text);
    json_.end_array();
  }
  void end() { json_.end_array(); }

 private:
  JsonWriter& json_;
  WallTime start_;
};

bool changes_purpose(model::StateChange const& state) {
  return state.status == "PURPOSE_CHANGED" || state.status == "CANNIBALIZED";
}

std::string joined(std::string_view first, std::string_view second) {
  return std::string(first) + (first.empty() || second.empty() ? "" : ":") + std::string(second);
}

// "PURPOSE:STATUS", with the purpose that it had then. Which one a circuit had before its purpose
// changed isn't kept; almost all of them are tor's stock of general ones.
void write_circuit_states(JsonWriter& json, model::Circuit const& circuit, WallTime start) {
  bool const changed = std::any_of(circuit.states.begin(), circuit.states.end(), changes_purpose);
  std::string purpose = changed ? "GENERAL" : circuit.purpose;
  Pairs pairs(json, "elapsed_seconds", start);
  for (auto const& state : circuit.states) {
    if (changes_purpose(state)) {
      // "HS_CLIENT_REND HSCR_JOINED": OnionPerf has a line for each of the two.
      auto const blank = state.detail.find(' ');
      auto const step = blank == std::string::npos ? "" : state.detail.substr(blank + 1);
      purpose = is_hs_state(step) ? state.detail.substr(0, blank) : state.detail;
      pairs.add(joined(state.status, purpose), state.at);
      if (is_hs_state(step)) pairs.add(joined(step, circuit.rend_query), state.at);
    } else if (is_hs_state(state.status)) {
      pairs.add(joined(state.status, state.detail), state.at);
    } else {
      pairs.add(joined(purpose, state.status), state.at);
    }
  }
  pairs.end();
}

template <class Ended>
void write_reasons(JsonWriter& json, Ended const& row) {
  if (!row.failed) return;
  json.field_unless_empty("failure_reason_local", row.reason);
  json.field_unless_empty("failure_reason_remote", row.remote_reason);
}

}  // namespace

void write_guard(JsonWriter& json, OnionPerfGuard const& guard) {
  auto const moment = [&](std::string_view key, std::optional<WallTime> const& at) {
    if (at) write_seconds(json, key, at->time_since_epoch());
  };
  json.begin_object();
  json.field_unless_empty("country", guard.country);
  moment("down_ts", guard.down_at);
  moment("dropped_ts", guard.dropped_at);
  json.field("fingerprint", std::string_view(guard.fingerprint));
  moment("new_ts", guard.new_at);
  json.field("nickname", std::string_view(guard.nickname));
  moment("up_ts", guard.up_at);
  json.end_object();
}

void write_circuit(JsonWriter& json, OnionPerfCircuit const& row) {
  auto const& circuit = row.circuit;
  auto const start =
      first_of(circuit.launched_at, circuit.states, circuit.built_at.value_or(WallTime{}));
  json.begin_object();
  if (circuit.timeout_quantile) json.key("build_quantile").real(*circuit.timeout_quantile);
  if (circuit.build_timeout) json.field("build_timeout", circuit.build_timeout->count() / 1000);
  if (circuit.built_at) write_seconds(json, "buildtime_seconds", *circuit.built_at - start);
  json.key("cbt_set").boolean(row.timeout_learned);
  json.key("circuit_id").value(circuit.id);
  if (!row.current_guards.empty()) {
    json.key("current_guards").begin_array();
    for (auto const& guard : row.current_guards) write_guard(json, guard);
    json.end_array();
  }
  write_circuit_states(json, circuit, start);
  write_reasons(json, circuit);
  if (row.filtered_out) json.key("filtered_out").boolean(*row.filtered_out);
  if (!circuit.path.empty()) {
    Pairs path(json, "path", start);
    for (auto const& hop : circuit.path)
      path.add("$" + hop.fingerprint + (hop.nickname.empty() ? "" : "~" + hop.nickname),
               hop.extended_at);
    path.end();
  }
  auto const end =
      last_of(circuit.closed_at, circuit.states, std::max(start, circuit.built_at.value_or(start)));
  write_seconds(json, "unix_ts_end", end.time_since_epoch());
  write_seconds(json, "unix_ts_start", start.time_since_epoch());
  json.end_object();
}

void write_tor_stream(JsonWriter& json, model::Stream const& stream, std::string_view circuit_key) {
  auto const start =
      first_of(stream.created_at, stream.states, stream.closed_at.value_or(WallTime{}));
  json.begin_object();
  json.key("circuit_id");
  if (circuit_key.empty())
    json.null();
  else
    json.value(circuit_key);
  Pairs pairs(json, "elapsed_seconds", start);
  for (auto const& state : stream.states) pairs.add(joined(stream.purpose, state.status), state.at);
  pairs.end();
  write_reasons(json, stream);
  json.field_unless_empty("source", stream.source_address);
  json.key("stream_id").value(stream.id);
  json.field("target", std::string_view(stream.target));
  write_seconds(json, "unix_ts_end",
                last_of(stream.closed_at, stream.states, start).time_since_epoch());
  write_seconds(json, "unix_ts_start", start.time_since_epoch());
  json.end_object();
}

}  // namespace perfd::formats::onionperf
