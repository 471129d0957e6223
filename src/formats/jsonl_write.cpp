// The writing half of JSON lines. Fields that most streams and circuits lack are left
// out there; the measurement's own fields always stand, so that a table can be made
// from the lines without looking first.
#include <algorithm>
#include <array>
#include <charconv>

#include "formats/json_writer.h"
#include "formats/jsonl.h"
#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

using model::Circuit;
using model::Endpoint;
using model::Mark;
using model::Marks;
using model::Measurement;
using model::Stream;

void time_field(JsonWriter& json, std::string_view name, WallTime time) {
  json.field(name, to_us(time));
}

void optional_time(JsonWriter& json, std::string_view name, std::optional<WallTime> time) {
  if (time) time_field(json, name, *time);
}

void optional_span(JsonWriter& json, std::string_view name, std::optional<Micros> span) {
  if (span) json.field(name, span->count());
}

void optional_real(JsonWriter& json, std::string_view name, std::optional<double> number) {
  if (number) json.key(name).real(*number);
}

void flag_if_set(JsonWriter& json, std::string_view name, bool flag) {
  if (flag) json.key(name).boolean(true);
}

void write(JsonWriter& json, std::vector<model::StateChange> const& states) {
  json.key("states").begin_array();
  for (auto const& state : states) {
    json.begin_object();
    time_field(json, "at", state.at);
    json.field("status", state.status);
    json.field_unless_empty("detail", state.detail);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write(JsonWriter& json, Circuit const& circuit) {
  json.begin_object();
  json.key("id").value(circuit.id);
  json.field("instance", circuit.instance);
  json.key("tor_run").value(circuit.tor_run);
  time_field(json, "launched_at", circuit.launched_at);
  optional_time(json, "built_at", circuit.built_at);
  optional_time(json, "closed_at", circuit.closed_at);
  json.key("failed").boolean(circuit.failed);
  json.field_unless_empty("purpose", circuit.purpose);
  json.field_unless_empty("build_flags", circuit.build_flags);
  json.field_unless_empty("hs_state", circuit.hs_state);
  json.field_unless_empty("rend_query", circuit.rend_query);
  json.field_unless_empty("hs_pow", circuit.hs_pow);
  json.field_unless_empty("conflux_id", circuit.conflux_id);
  optional_span(json, "conflux_rtt_us", circuit.conflux_rtt);
  json.field_unless_empty("socks_username", circuit.socks_username);
  json.field_unless_empty("reason", circuit.reason);
  json.field_unless_empty("remote_reason", circuit.remote_reason);
  optional_span(json, "build_timeout_us", circuit.build_timeout);
  optional_real(json, "timeout_quantile", circuit.timeout_quantile);
  json.key("path").begin_array();
  for (auto const& hop : circuit.path) {
    json.begin_object();
    json.field("fingerprint", hop.fingerprint);
    json.field_unless_empty("nickname", hop.nickname);
    time_field(json, "extended_at", hop.extended_at);
    json.end_object();
  }
  json.end_array();
  write(json, circuit.states);
  json.end_object();
}

void write(JsonWriter& json, Stream const& stream) {
  json.begin_object();
  json.key("id").value(stream.id);
  json.field("instance", stream.instance);
  json.key("tor_run").value(stream.tor_run);
  time_field(json, "created_at", stream.created_at);
  optional_time(json, "closed_at", stream.closed_at);
  json.key("failed").boolean(stream.failed);
  json.field("target", stream.target);
  json.field_unless_empty("source_address", stream.source_address);
  json.field_unless_empty("purpose", stream.purpose);
  json.field_unless_empty("socks_username", stream.socks_username);
  json.field_unless_empty("client_protocol", stream.client_protocol);
  json.field_unless_empty("isolation", stream.isolation);
  json.field_unless_empty("reason", stream.reason);
  json.field_unless_empty("remote_reason", stream.remote_reason);
  json.key("bytes_read").value(stream.bytes_read);
  json.key("bytes_written").value(stream.bytes_written);
  json.key("attachments").begin_array();
  for (auto const& stay : stream.attachments) {
    json.begin_object();
    json.key("circuit_id").value(stay.circuit_id);
    time_field(json, "attached_at", stay.attached_at);
    optional_time(json, "detached_at", stay.detached_at);
    json.field_unless_empty("reason", stay.reason);
    json.field_unless_empty("remote_reason", stay.remote_reason);
    json.end_object();
  }
  json.end_array();
  write(json, stream.states);
  json.end_object();
}

void write_error(JsonWriter& json, model::Outcome const& outcome) {
  json.key("error");
  if (outcome == model::Outcome{}) {
    json.null();
    return;
  }
  json.begin_object();
  json.field("code", model::name(outcome.code));
  json.field("operation", outcome.operation);
  json.field("detail", outcome.detail);
  json.end_object();
}

namespace {

// Marks that perfd's own clock took without a doubt are the rule and are not listed.
bool is_exact(model::Mark const& mark) {
  return mark.source == model::MarkSource::clock && mark.error_bound == Micros{0};
}

// The marks of an imported file are all as exact as the file.
bool have_one_source(Marks const& marks) {
  auto const& entries = marks.entries();
  if (entries.size() < 2 || marks.find(kEveryMark) != nullptr) return false;
  auto const& first = entries.front().mark;
  return !is_exact(first) && std::all_of(entries.begin(), entries.end(), [&](auto const& entry) {
    return entry.mark.source == first.source && entry.mark.error_bound == first.error_bound;
  });
}

}  // namespace

void write_marks(JsonWriter& json, std::string_view marks_name, std::string_view sources_name,
                 Marks const& marks) {
  json.key(marks_name).begin_object();
  for (auto const& [mark_name, mark] : marks.entries()) time_field(json, mark_name, mark.at);
  json.end_object();
  json.key(sources_name).begin_object();
  auto const write_source = [&](std::string_view mark_name, model::Mark const& mark) {
    json.key(mark_name).begin_object();
    json.field("source", mark.source == model::MarkSource::kernel ? "kernel" : "clock");
    json.field("bound_us", mark.error_bound.count());
    json.end_object();
  };
  if (have_one_source(marks)) {
    write_source(kEveryMark, marks.entries().front().mark);
  } else {
    for (auto const& [mark_name, mark] : marks.entries())
      if (!is_exact(mark)) write_source(mark_name, mark);
  }
  json.end_object();
}

namespace {

void write(JsonWriter& json, std::string_view name, Endpoint const& endpoint) {
  json.key(name).begin_object();
  json.field_unless_empty("host", endpoint.host);
  json.field_unless_empty("address", endpoint.address);
  if (endpoint.port != 0) json.field("port", std::int64_t{endpoint.port});
  json.end_object();
}

void write(JsonWriter& json, model::TorView const& tor) {
  json.key("tor").begin_object();
  json.field("instance", tor.instance);
  json.field("version", tor.version);
  json.field("guard", tor.guard);
  optional_time(json, "consensus_valid_after", tor.consensus_valid_after);
  optional_span(json, "build_timeout_us", tor.build_timeout);
  optional_real(json, "timeout_quantile", tor.timeout_quantile);
  flag_if_set(json, "build_timeout_learned", tor.build_timeout_learned);
  if (tor.guards) {
    json.key("guards");
    write(json, *tor.guards);
  }
  json.key("stream");
  if (tor.stream)
    write(json, *tor.stream);
  else
    json.null();
  json.key("circuits").begin_array();
  for (auto const& circuit : tor.circuits) write(json, circuit);
  json.end_array();
  flag_if_set(json, "chosen_path", tor.chosen_path);
  if (tor.onion) {
    json.key("onion");
    write(json, *tor.onion);
  }
  json.end_object();
}

void optional_number(JsonWriter& json, std::string_view name, std::optional<int> number) {
  json.key(name);
  if (number)
    json.value(std::int64_t{*number});
  else
    json.null();
}

// The seed is hexadecimal: JSON's numbers hold no 64 bits everywhere.
void write(JsonWriter& json, model::ArmTurn const& turn) {
  std::array<char, 16> digits;
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), turn.seed, 16).ptr;
  json.key("arm_turn").begin_object();
  json.field("seed",
             std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  json.field("turn", turn.turn);
  json.field("arms", turn.arms);
  json.end_object();
}

}  // namespace

void append_json_line(std::string& out, Measurement const& m) {
  JsonWriter json(out);
  json.begin_object();
  json.field("schema", std::int64_t{kJsonSchema});
  json.field("id", m.id);
  json.field("source", m.source);
  json.field("experiment", m.experiment);
  json.field("kind", model::name(m.kind));
  json.field("target", m.target);
  json.field("arm", m.arm);
  if (m.arm_turn) write(json, *m.arm_turn);
  json.field("guards", m.guards);
  json.field("outcome", model::name(m.outcome.code));
  write_error(json, m.outcome);
  json.field("filesize", m.filesize);
  json.field("payload_bytes", m.payload_bytes);
  json.field("readbytes", m.readbytes);
  json.field("writebytes", m.writebytes);
  time_field(json, "scheduled_at", m.scheduled_at);
  time_field(json, "started_at", m.started_at);
  write_marks(json, "marks", "mark_sources", m.marks);
  write_marks(json, "server", "server_sources", m.server);
  json.field("socks_version", std::int64_t{m.socks_version});
  optional_number(json, "socks_reply", m.socks_reply);
  optional_number(json, "http_status", m.http_status);
  json.key("optimistic").boolean(m.optimistic);
  json.field("resolved", m.resolved);
  json.key("endpoints").begin_object();
  write(json, "local", m.local);
  write(json, "proxy", m.proxy);
  write(json, "remote", m.remote);
  json.end_object();
  write(json, m.tor);
  if (m.allocation) {
    json.key("allocation");
    write(json, *m.allocation);
  }
  if (m.page) {
    json.key("page");
    write(json, *m.page);
  }
  json.field("perfd_version", m.perfd_version);
  json.end_object();
}

std::string to_json_line(Measurement const& measurement) {
  std::string out;
  out.reserve(4096);
  append_json_line(out, measurement);
  return out;
}

std::string circuit_to_json(Circuit const& circuit) {
  std::string out;
  JsonWriter json(out);
  write(json, circuit);
  return out;
}

std::string stream_to_json(Stream const& stream) {
  std::string out;
  JsonWriter json(out);
  write(json, stream);
  return out;
}

}  // namespace perfd::formats
