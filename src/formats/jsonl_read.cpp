// The reading half of JSON lines. simdjson reads doubles exactly, refuses invalid
// UTF-8 and bounds the depth; what a field must be is said here.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "formats/json_object.h"
#include "formats/jsonl.h"
#include "formats/jsonl_parts.h"

namespace perfd::formats {
namespace {

using model::Circuit;
using model::Marks;
using model::Measurement;
using model::Stream;

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kUsualLine = std::size_t{256} << 10U;

// What every line has, of whatever version and whoever wrote it.
constexpr std::array<std::string_view, 17> kRequiredFields = {
    "id",           "source",     "experiment", "kind",     "target",    "arm",
    "guards",       "outcome",    "error",      "filesize", "readbytes", "writebytes",
    "scheduled_at", "started_at", "marks",      "server",   "tor"};

using NamedMarks = std::vector<std::pair<std::string, model::Mark>>;

bool has_mark(NamedMarks const& marks, std::string_view name) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](auto const& one) { return one.first == name; });
}

}  // namespace

Marks read_marks(JsonObject const& record, std::string_view marks_name,
                 std::string_view sources_name) {
  Marks marks;
  NamedMarks found;
  record.object(marks_name, [&](JsonObject const& times) {
    times.names([&](std::string_view name) {
      std::optional<WallTime> at;
      times.read(name, at);
      if (at) found.emplace_back(name, model::Mark{.at = *at});
    });
  });
  auto const read_source = [](JsonObject const& entry, model::Mark& mark) {
    std::string source = "clock";
    entry.read("source", source);
    if (source == "kernel")
      mark.source = model::MarkSource::kernel;
    else if (source != "clock")
      entry.problem().set(entry.path_of("source"), "must be \"clock\" or \"kernel\"");
    entry.read("bound_us", mark.error_bound);
  };
  record.object(sources_name, [&](JsonObject const& sources) {
    // Where a mark is really called so, it stands for itself.
    if (!has_mark(found, kEveryMark))
      sources.object(kEveryMark, [&](JsonObject const& entry) {
        for (auto& [name, mark] : found) read_source(entry, mark);
      });
    for (auto& [name, mark] : found)
      sources.object(name,
                     [&, &mark = mark](JsonObject const& entry) { read_source(entry, mark); });
  });
  for (auto const& [name, mark] : found) marks.set(name, mark);
  return marks;
}

namespace {

std::vector<model::StateChange> read_states(JsonObject const& record) {
  std::vector<model::StateChange> states;
  record.objects("states", [&](JsonObject const& entry) {
    auto& state = states.emplace_back();
    entry.read("at", state.at);
    entry.read("status", state.status);
    entry.read("detail", state.detail);
  });
  return states;
}

}  // namespace

Circuit read_circuit(JsonObject const& record) {
  Circuit circuit;
  record.require("id");
  record.read("id", circuit.id);
  record.read("instance", circuit.instance);
  record.read("tor_run", circuit.tor_run);
  record.read("launched_at", circuit.launched_at);
  record.read("built_at", circuit.built_at);
  record.read("closed_at", circuit.closed_at);
  record.read("failed", circuit.failed);
  record.read("purpose", circuit.purpose);
  record.read("build_flags", circuit.build_flags);
  record.read("hs_state", circuit.hs_state);
  record.read("rend_query", circuit.rend_query);
  record.read("hs_pow", circuit.hs_pow);
  record.read("conflux_id", circuit.conflux_id);
  record.read("conflux_rtt_us", circuit.conflux_rtt);
  record.read("socks_username", circuit.socks_username);
  record.read("reason", circuit.reason);
  record.read("remote_reason", circuit.remote_reason);
  record.read("build_timeout_us", circuit.build_timeout);
  record.read("timeout_quantile", circuit.timeout_quantile);
  record.objects("path", [&](JsonObject const& entry) {
    auto& hop = circuit.path.emplace_back();
    entry.read("fingerprint", hop.fingerprint);
    entry.read("nickname", hop.nickname);
    entry.read("extended_at", hop.extended_at);
  });
  circuit.states = read_states(record);
  return circuit;
}

Stream read_stream(JsonObject const& record) {
  Stream stream;
  record.require("id");
  record.read("id", stream.id);
  record.read("instance", stream.instance);
  record.read("tor_run", stream.tor_run);
  record.read("created_at", stream.created_at);
  record.read("closed_at", stream.closed_at);
  record.read("failed", stream.failed);
  record.read("target", stream.target);
  record.read("source_address", stream.source_address);
  record.read("purpose", stream.purpose);
  record.read("socks_username", stream.socks_username);
  record.read("client_protocol", stream.client_protocol);
  record.read("isolation", stream.isolation);
  record.read("reason", stream.reason);
  record.read("remote_reason", stream.remote_reason);
  record.read("bytes_read", stream.bytes_read);
  record.read("bytes_written", stream.bytes_written);
  record.objects("attachments", [&](JsonObject const& entry) {
    auto& stay = stream.attachments.emplace_back();
    entry.read("circuit_id", stay.circuit_id);
    entry.read("attached_at", stay.attached_at);
    entry.read("detached_at", stay.detached_at);
    entry.read("reason", stay.reason);
    entry.read("remote_reason", stay.remote_reason);
  });
  stream.states = read_states(record);
  return stream;
}

model::Outcome read_outcome(JsonObject const& record) {
  model::Outcome outcome;
  std::string name;
  record.read("outcome", name);
  if (auto const code = model::failure_code(name))
    outcome.code = *code;
  else
    record.problem().set("outcome",
                         "'" + printable(name, 40) + "' is no outcome that this perfd knows");
  record.object("error", [&](JsonObject const& error) {
    error.read("operation", outcome.operation);
    error.read("detail", outcome.detail);
  });
  return outcome;
}

namespace {

model::TorView read_tor(JsonObject const& record) {
  model::TorView tor;
  record.read("instance", tor.instance);
  record.read("version", tor.version);
  record.read("guard", tor.guard);
  record.read("consensus_valid_after", tor.consensus_valid_after);
  record.read("build_timeout_us", tor.build_timeout);
  record.read("timeout_quantile", tor.timeout_quantile);
  record.read("build_timeout_learned", tor.build_timeout_learned);
  record.object("guards",
                [&](JsonObject const& guards) { tor.guards = read_guards_in_force(guards); });
  record.object("stream", [&](JsonObject const& stream) { tor.stream = read_stream(stream); });
  record.objects("circuits",
                 [&](JsonObject const& circuit) { tor.circuits.push_back(read_circuit(circuit)); });
  record.read("chosen_path", tor.chosen_path);
  record.object("onion", [&](JsonObject const& onion) { tor.onion = read_onion(onion); });
  return tor;
}

model::Endpoint read_endpoint(JsonObject const& endpoints, std::string_view name) {
  model::Endpoint endpoint;
  endpoints.object(name, [&](JsonObject const& entry) {
    entry.read("host", endpoint.host);
    entry.read("address", endpoint.address);
    entry.read("port", endpoint.port);
  });
  return endpoint;
}

model::ArmTurn read_arm_turn(JsonObject const& object) {
  model::ArmTurn out;
  std::string seed;
  object.read("seed", seed);
  object.read("turn", out.turn);
  object.read("arms", out.arms);
  auto const* const end = seed.data() + seed.size();
  auto const read = std::from_chars(seed.data(), end, out.seed, 16);
  if (seed.empty() || read.ec != std::errc{} || read.ptr != end)
    object.problem().set("seed", "'" + printable(seed, 40) + "' is not a hexadecimal number");
  return out;
}

Measurement read_measurement(JsonObject const& record) {
  Measurement m;
  int schema = kJsonSchema;
  record.read("schema", schema);
  if (schema > kJsonSchema) record.problem().set("schema", "the line was written by a newer perfd");
  for (auto const name : kRequiredFields) record.require(name);
  record.read("id", m.id);
  record.read("source", m.source);
  record.read("experiment", m.experiment);
  std::string kind;
  record.read("kind", kind);
  if (auto const known = model::kind_from(kind))
    m.kind = *known;
  else
    record.problem().set("kind", "'" + printable(kind, 40) + "' is no kind that this perfd knows");
  record.read("target", m.target);
  record.read("arm", m.arm);
  record.object("arm_turn", [&](JsonObject const& turn) { m.arm_turn = read_arm_turn(turn); });
  record.read("guards", m.guards);
  m.outcome = read_outcome(record);
  record.read("filesize", m.filesize);
  record.read("payload_bytes", m.payload_bytes);
  record.read("readbytes", m.readbytes);
  record.read("writebytes", m.writebytes);
  record.read("scheduled_at", m.scheduled_at);
  record.read("started_at", m.started_at);
  m.marks = read_marks(record, "marks", "mark_sources");
  m.server = read_marks(record, "server", "server_sources");
  record.read("socks_version", m.socks_version);
  record.read("socks_reply", m.socks_reply);
  record.read("http_status", m.http_status);
  record.read("optimistic", m.optimistic);
  record.read("resolved", m.resolved);
  record.object("endpoints", [&](JsonObject const& endpoints) {
    m.local = read_endpoint(endpoints, "local");
    m.proxy = read_endpoint(endpoints, "proxy");
    m.remote = read_endpoint(endpoints, "remote");
  });
  record.object("tor", [&](JsonObject const& tor) { m.tor = read_tor(tor); });
  record.object("allocation",
                [&](JsonObject const& series) { m.allocation = read_allocation(series); });
  record.object("page", [&](JsonObject const& page) { m.page = read_page(page); });
  record.read("perfd_version", m.perfd_version);
  return m;
}

// The object that `text` holds; it lives in the parser until the parser's next use.
Result<simdjson::dom::object> parse_object(simdjson::dom::parser& parser, std::string_view text) {
  simdjson::dom::object object;
  auto error =
      parser.max_depth() == kMaxDepth ? simdjson::SUCCESS : parser.allocate(kUsualLine, kMaxDepth);
  if (error == simdjson::SUCCESS) error = parser.parse(text.data(), text.size()).get(object);
  if (error == simdjson::SUCCESS) return object;
  if (error == simdjson::INCORRECT_TYPE) return Error{"not a JSON object"};
  return Error{std::string("not valid JSON: ") + simdjson::error_message(error)};
}

template <class Read>
auto parse(std::string_view text, Read read) -> Result<decltype(read(std::declval<JsonObject>()))> {
  text = trim(text);
  if (text.empty()) return Error{"not a JSON object: the line is empty"};
  if (text.size() > kMaxJsonLine) return Error{"the JSON line is longer than 4 MiB"};
  // Kept buffers make reading millions of lines cheap; a giant's are not kept.
  thread_local simdjson::dom::parser usual;
  simdjson::dom::parser giant;
  auto const object = parse_object(text.size() <= kUsualLine ? usual : giant, text);
  if (!object) return object.error();
  Problem problem;
  auto value = read(JsonObject(*object, {}, problem));
  if (!problem.none()) return Error{problem.text};
  return value;
}

}  // namespace

Result<Measurement> from_json_line(std::string_view line) { return parse(line, read_measurement); }
Result<Circuit> circuit_from_json(std::string_view json) { return parse(json, read_circuit); }
Result<Stream> stream_from_json(std::string_view json) { return parse(json, read_stream); }
Result<model::GuardChoice> guard_choice_from_json(std::string_view json) {
  return parse(json, read_guard_choice);
}
Result<model::GuardRanking> guard_ranking_from_json(std::string_view json) {
  return parse(json, read_guard_ranking);
}

}  // namespace perfd::formats
