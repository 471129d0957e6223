// tor's circuits, streams and guards.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/values.h"

namespace perfd::formats::onionperf {
namespace {

// A word of tor's with a purpose or an onion address, or a relay's name.
constexpr std::size_t kLongestWord = 512;

// "GENERAL:BUILT" is the purpose at that time and the status; "PURPOSE_CHANGED:HS_CLIENT_REND" an
// event and the new purpose.
void add_circuit_state(model::Circuit& circuit, std::string_view word, WallTime at) {
  auto const colon = word.find(':');
  auto const first = word.substr(0, colon);
  auto const second = colon == std::string_view::npos ? "" : word.substr(colon + 1);
  if (is_hs_state(first)) {
    circuit.hs_state = first;
    if (!second.empty()) circuit.rend_query = second;
    circuit.states.push_back({at, std::string(first), std::string(second)});
  } else if (first == "PURPOSE_CHANGED" || first == "CANNIBALIZED") {
    circuit.purpose = second;
    circuit.states.push_back({at, std::string(first), std::string(second)});
  } else {
    circuit.purpose = second.empty() ? "" : first;
    circuit.states.push_back({at, std::string(second.empty() ? first : second), {}});
  }
}

void add_stream_state(model::Stream& stream, std::string_view word, WallTime at) {
  auto const colon = word.find(':');
  bool const pair = colon != std::string_view::npos;
  if (pair && stream.purpose.empty()) stream.purpose = word.substr(0, colon);
  stream.states.push_back({at, std::string(pair ? word.substr(colon + 1) : word), {}});
}

// [[WORD, SECONDS], …] below `path`: each(word, span).
template <class Each>
void each_pair(Row const& row, std::string_view path, Values& values, Each&& each) {
  std::string_view word;
  bool open = false;
  auto const range = row.range(path);
  for (auto index = range.begin; index < range.end; ++index) {
    auto const field = row[index];
    if (field.kind == Kind::array) {
      if (open) values.wrong(path, "must be an array of pairs of a word and seconds");
      continue;
    }
    auto const span = span_of(field);
    if (field.kind == Kind::string && field.j == 0 && !open && field.text.size() <= kLongestWord) {
      word = field.text;
      open = true;
    } else if (span && field.j == 1 && open) {
      each(word, *span);
      open = false;
    } else {
      values.wrong(path, "must be an array of pairs of a word and seconds");
    }
  }
  if (open) values.wrong(path, "must be an array of pairs of a word and seconds");
}

model::Hop hop_of(std::string_view text, WallTime extended) {
  if (text.starts_with('$')) text.remove_prefix(1);
  auto const end = text.find_first_of("~=");
  model::Hop hop;
  hop.fingerprint = to_upper(text.substr(0, end));
  if (end != std::string_view::npos) hop.nickname = text.substr(end + 1);
  hop.extended_at = extended;
  return hop;
}

// The end of a circuit or stream that OnionPerf saw ending.
template <class Ended>
void read_end(Values& values, Ended& out) {
  out.reason = values.text_or("failure_reason_local", "");
  out.remote_reason = values.text_or("failure_reason_remote", "");
  auto const closes = [](auto const& state) {
    return state.status == "CLOSED" || state.status == "FAILED";
  };
  for (auto const& state : out.states)
    if (state.status == "FAILED") out.failed = true;
  if (out.states.empty() || std::any_of(out.states.begin(), out.states.end(), closes))
    if (values.has("unix_ts_end")) out.closed_at = values.moment("unix_ts_end");
}

void read_key(Values& values, std::string_view key, std::string_view path, std::uint64_t& id,
              std::string& instance, std::uint64_t& run) {
  auto const number = values.whole(path);
  if (number < 0) values.wrong(path, "must not be negative");
  id = static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
  if (auto parts = tor_key(key); parts && parts->id == id) {
    instance = std::move(parts->instance);
    run = parts->run;
  }
}

void read_timeout(Row const& row, Values& values, model::Circuit& circuit) {
  Field field;
  if (row.find("build_timeout", field)) {
    // Milliseconds, as tor tells them; OnionPerf has written them as a whole number only.
    auto const ms = parse_int<std::int64_t>(field.text);
    if (!ms || *ms < 0 || *ms > kLongestSpan / 1000)
      values.wrong("build_timeout", "must be a whole number of milliseconds");
    else
      circuit.build_timeout = Micros{*ms * 1000};
  }
  if (!row.find("build_quantile", field)) return;
  double quantile = 0;
  auto const [end, error] =
      std::from_chars(field.text.data(), field.text.data() + field.text.size(), quantile);
  if (field.kind != Kind::number || error != std::errc{} || quantile < 0 || quantile > 1)
    values.wrong("build_quantile", "must be a number from 0 to 1");
  else
    circuit.timeout_quantile = quantile;
}

// What stands below `prefix` in the item `i`: the same keys for a row and for a list in one.
void read_guard_field(Field const& field, std::string_view key, OnionPerfGuard& guard,
                      Values& values) {
  auto const moment = [&](std::optional<WallTime>& out) {
    if (field.kind == Kind::null) return;
    out = moment_of(field);
    if (!out) values.wrong(field.path, "must be seconds since 1970");
  };
  auto const text = [&](std::string& out) {
    if (field.kind == Kind::null) return;
    if (field.kind != Kind::string) values.wrong(field.path, "must be a string");
    out = field.text;
  };
  if (key == "fingerprint") text(guard.fingerprint);
  if (key == "nickname") text(guard.nickname);
  if (key == "country") text(guard.country);
  if (key == "new_ts") moment(guard.new_at);
  if (key == "up_ts") moment(guard.up_at);
  if (key == "down_ts") moment(guard.down_at);
  if (key == "dropped_ts") moment(guard.dropped_at);
}

void read_current_guards(Row const& row, Values& values, std::vector<OnionPerfGuard>& out) {
  constexpr std::string_view kPrefix = "current_guards/";
  for (std::size_t index = 0; index < row.size(); ++index) {
    auto const field = row[index];
    if (!field.path.starts_with(kPrefix)) continue;
    if (field.i >= Row::kMaxFields) continue;
    if (out.size() <= field.i) out.resize(field.i + 1);
    read_guard_field(field, field.path.substr(kPrefix.size()), out[field.i], values);
  }
}

}  // namespace

bool is_hs_state(std::string_view text) {
  return text.size() > 5 && text.starts_with("HS") && text[4] == '_' &&
         (text[2] == 'C' || text[2] == 'S') && (text[3] == 'I' || text[3] == 'R');
}

RowProblem version_problem(std::string_view text) {
  auto const dot = text.find('.');
  auto const major = parse_int<std::uint32_t>(text.substr(0, dot));
  bool const whole =
      major && dot != std::string_view::npos && parse_int<std::uint32_t>(text.substr(dot + 1));
  if (!whole) return {"", "must be a version like 3.1"};
  if (*major < 1 || *major >= 4) return {"", printable(text, 20) + " is not known: 1.0 to 3.x are"};
  return {};
}

std::optional<TorKey> tor_key(std::string_view text) {
  auto const first = text.find(':');
  auto const last = text.rfind(':');
  TorKey key;
  auto const id = parse_int<std::uint64_t>(text.substr(0, first));
  if (!id) return std::nullopt;
  key.id = *id;
  if (first == std::string_view::npos) return key;
  auto const run = parse_int<std::uint64_t>(text.substr(last + 1));
  if (first == last || !run) return std::nullopt;
  key.instance = text.substr(first + 1, last - first - 1);
  key.run = *run;
  return key;
}

RowProblem read_circuit(Row const& row, std::string_view key, OnionPerfCircuit& out) {
  Values values(row);
  auto& circuit = out.circuit;
  read_key(values, key, "circuit_id", circuit.id, circuit.instance, circuit.tor_run);
  circuit.launched_at = values.moment("unix_ts_start");
  auto const states = row.range("elapsed_seconds");
  circuit.states.reserve((states.end - states.begin) / 3);  // of a pair itself and two in it
  circuit.path.reserve(3);
  each_pair(row, "elapsed_seconds", values, [&](std::string_view word, Micros span) {
    add_circuit_state(circuit, word, circuit.launched_at + span);
  });
  each_pair(row, "path", values, [&](std::string_view hop, Micros span) {
    circuit.path.push_back(hop_of(hop, circuit.launched_at + span));
  });
  if (auto const span = values.span("buildtime_seconds"))
    circuit.built_at = circuit.launched_at + *span;
  read_timeout(row, values, circuit);
  read_end(values, circuit);
  out.timeout_learned = values.flag_or("cbt_set", false);
  if (values.has("filtered_out")) out.filtered_out = values.flag_or("filtered_out", false);
  read_current_guards(row, values, out.current_guards);
  return values.problem();
}

// The circuit that OnionPerf names is the last one that the stream was attached to.
RowProblem read_tor_stream(Row const& row, std::string_view key, model::Stream& out) {
  Values values(row);
  read_key(values, key, "stream_id", out.id, out.instance, out.tor_run);
  out.created_at = values.moment("unix_ts_start");
  out.target = values.text_or("target", "");
  out.source_address = values.text_or("source", "");
  each_pair(row, "elapsed_seconds", values, [&](std::string_view word, Micros span) {
    add_stream_state(out, word, out.created_at + span);
  });
  read_end(values, out);
  auto const circuit = values.text_or("circuit_id", "");
  auto const id = tor_key(circuit);
  if (!circuit.empty() && !id) values.wrong("circuit_id", "must be a circuit's key");
  if (!id) return values.problem();
  model::Attachment attachment{id->id, out.created_at, out.closed_at, out.reason,
                               out.remote_reason};
  for (auto const& state : out.states)
    if (state.status.starts_with("SENT")) attachment.attached_at = state.at;
  out.attachments.push_back(std::move(attachment));
  return values.problem();
}

RowProblem read_guard(Row const& row, OnionPerfGuard& out) {
  Values values(row);
  for (std::size_t index = 0; index < row.size(); ++index)
    read_guard_field(row[index], row[index].path, out, values);
  return values.problem();
}

}  // namespace perfd::formats::onionperf
