// Between a measurement and Torperf's keys; docs/formats.md has the same as a table.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/carrier.h"
#include "formats/imported.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::Circuit;
using model::FailureCode;
using model::Marks;
using model::Measurement;

constexpr std::array kRequiredMarks = {
    model::mark::kStart,       model::mark::kSocket,       model::mark::kConnect,
    model::mark::kNegotiate,   model::mark::kRequest,      model::mark::kResponse,
    model::mark::kDataRequest, model::mark::kDataResponse, model::mark::kDataComplete};

bool is_optional_mark(std::string_view name) {
  for (std::string_view const family : {"DATAPERC", "PARTIAL"})
    if (name.starts_with(family))
      return parse_int<std::uint32_t>(name.substr(family.size())).has_value();
  return false;
}

std::string seconds(WallTime time) {
  return format_seconds(std::max(Micros{0}, time.time_since_epoch()), 2);
}

// The format's numbers have 32 bits.
std::string int32(std::int64_t number) {
  return std::to_string(std::clamp<std::int64_t>(number, 0, INT32_MAX));
}

class Pairs {
 public:
  void add(std::string_view key, std::string value) {
    if (!value.empty()) pairs_.emplace_back(key, std::move(value));
  }
  std::vector<std::pair<std::string, std::string>> sorted() && {
    std::sort(pairs_.begin(), pairs_.end());
    return std::move(pairs_);
  }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

void add_circuit(Pairs& pairs, Measurement const& m, Circuit const& circuit) {
  if (circuit.launched_at > WallTime{}) pairs.add("LAUNCH", seconds(circuit.launched_at));
  if (circuit.id <= INT32_MAX) pairs.add("CIRC_ID", std::to_string(circuit.id));
  std::string path;
  std::string times;
  for (auto const& hop : circuit.path) {
    if (!path.empty()) path += ',', times += ',';
    path += "$" + hop.fingerprint;
    times += format_seconds(std::max(Micros{0}, hop.extended_at - circuit.launched_at), 6);
  }
  bool const whole = std::all_of(circuit.path.begin(), circuit.path.end(), [](auto const& hop) {
    return hop.fingerprint.size() == 40 && unhex(hop.fingerprint);
  });
  if (whole) {
    pairs.add("PATH", path);
    pairs.add("BUILDTIMES", times);
  }
  auto const timeout = circuit.build_timeout ? circuit.build_timeout : m.tor.build_timeout;
  if (timeout) pairs.add("TIMEOUT", int32(timeout->count() / 1000));
  auto const quantile =
      circuit.timeout_quantile ? circuit.timeout_quantile : m.tor.timeout_quantile;
  if (quantile && *quantile >= 0 && *quantile <= 1) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), *quantile,
                                   std::chars_format::fixed, 6);
    pairs.add("QUANTILE", std::string(text.data(), end.ptr));
  }
}

// When tor was done with the stream: the end of its stay on the circuit.
std::optional<WallTime> used_at(Measurement const& m) {
  auto const& stream = *m.tor.stream;
  if (stream.closed_at) return stream.closed_at;
  if (stream.attachments.back().detached_at) return stream.attachments.back().detached_at;
  return m.marks.at(model::mark::kDataComplete);
}

std::optional<std::uint64_t> number(TpfRecord const& record, std::string_view key) {
  auto const* value = record.find(key);
  return value == nullptr ? std::nullopt : parse_int<std::uint64_t>(*value);
}

// The moment of a value; nothing if it is 0.0, which stands for "not reached".
std::optional<WallTime> moment_of(std::string const& value) {
  // Two decimals or six is what these files have.
  if (auto const time = log_time(value)) return *time > WallTime{} ? time : std::nullopt;
  auto const time = parse_seconds(value);
  if (!time || *time <= Micros{0}) return std::nullopt;
  return WallTime{*time};
}

std::optional<WallTime> moment(TpfRecord const& record, std::string_view key) {
  auto const* value = record.find(key);
  return value == nullptr ? std::nullopt : moment_of(*value);
}

// What the text of a moment may lack: .tpf has two decimals, Torperf's own files have all six.
Micros cut_off(std::string const& value) {
  return value.size() > 6 && value[value.size() - 7] == '.' ? Micros{0} : Micros{10'000};
}

void set_mark(model::Marks& marks, std::string_view name, std::string const& value) {
  if (auto const at = moment_of(value)) marks.set(name, {*at, {}, cut_off(value)});
}

std::string text(TpfRecord const& record, std::string_view key) {
  auto const* value = record.find(key);
  return value == nullptr ? std::string() : *value;
}

void read_circuit(TpfRecord const& record, Measurement& m) {
  auto const id = number(record, "CIRC_ID");
  auto const launched = moment(record, "LAUNCH");
  if (!id || !launched) return;
  Circuit circuit;
  circuit.id = *id;
  circuit.launched_at = *launched;
  if (auto const* path = record.find("PATH")) {
    auto const list = text(record, "BUILDTIMES");
    auto const times = split(list, ',');
    for (auto const hop : split(*path, ',')) {
      auto const i = circuit.path.size();
      auto const after = i < times.size() ? parse_seconds(times[i]) : Error{};
      circuit.path.push_back({to_upper(hop.substr(hop.starts_with('$') ? 1 : 0, 40)),
                              {},
                              *launched + (after ? *after : Micros{0})});
    }
    if (!circuit.path.empty()) {
      circuit.built_at = circuit.path.back().extended_at;
      m.tor.guard = circuit.path.front().fingerprint;
    }
  }
  if (auto const timeout = number(record, "TIMEOUT"))
    circuit.build_timeout = Micros{static_cast<std::int64_t>(*timeout) * 1000};
  if (auto const* value = record.find("QUANTILE")) {
    double quantile = 0;
    std::from_chars(value->data(), value->data() + value->size(), quantile);
    circuit.timeout_quantile = quantile;
  }
  if (auto const stream_id = number(record, "USED_BY")) {
    model::Stream stream;
    stream.id = *stream_id;
    stream.closed_at = moment(record, "USED_AT");
    stream.attachments.push_back({circuit.id, {}, stream.closed_at, {}, {}});
    m.tor.stream = std::move(stream);
  }
  m.tor.circuits.push_back(std::move(circuit));
}

void read_outcome(TpfRecord const& record, Measurement& m) {
  auto const word = text(record, "ERRORCODE");
  bool const complete = m.marks.find(model::mark::kDataComplete) != nullptr;
  if (text(record, "DIDTIMEOUT") == "1" && (word.empty() || word == "TGEN/TIMEOUT"))
    m.outcome = {FailureCode::net_timeout, "imported", word};
  else if (!word.empty())
    m.outcome = {failure_from_onionperf(word), "imported", word};
  else if (!complete)
    m.outcome = {FailureCode::net_closed, "imported", "no DATACOMPLETE"};
  else if (m.readbytes < m.filesize)
    m.outcome = {FailureCode::http_truncated, "imported", "READBYTES is less than FILESIZE"};
  if (!word.starts_with("TOR/")) return;
  // "TOR/END/TIMEOUT" names the stream's reason and its remote reason.
  auto const parts = split(word, '/');
  if (!m.tor.stream) m.tor.stream.emplace();
  m.tor.stream->failed = true;
  m.tor.stream->reason = parts[1];
  if (parts.size() > 2) m.tor.stream->remote_reason = parts[2];
}

}  // namespace

bool is_torperf_result(Measurement const& m) {
  auto const code = m.outcome.code;
  bool const perfds_own =
      code == FailureCode::perfd_aborted || code == FailureCode::perfd_cancelled ||
      code == FailureCode::perfd_missed_slot || code == FailureCode::perfd_internal;
  return m.kind == model::Kind::download && !perfds_own;
}

std::optional<TpfRecord> to_tpf(Measurement const& m) {
  if (!is_torperf_result(m)) return std::nullopt;
  auto const start = m.marks.at(model::mark::kStart);
  Pairs pairs;
  pairs.add("SOURCE", m.source.empty() ? "unknown" : one_word(m.source));
  pairs.add("FILESIZE", int32(m.filesize));
  pairs.add("READBYTES", int32(m.readbytes));
  pairs.add("WRITEBYTES", int32(m.writebytes));
  for (auto const name : kRequiredMarks) {
    auto const at = name == model::mark::kStart ? start.value_or(m.started_at) : m.marks.at(name);
    pairs.add(name, at ? seconds(*at) : "0.0");
  }
  for (auto const& [name, mark] : m.marks.entries())
    if (is_optional_mark(name)) pairs.add(name, seconds(mark.at));
  pairs.add("DIDTIMEOUT", m.outcome.code == FailureCode::net_timeout ? "1" : "0");
  pairs.add("ERRORCODE", onionperf_error(m));
  if (!m.local.empty()) pairs.add("ENDPOINTLOCAL", endpoint_text(m.local));
  if (!m.proxy.empty()) pairs.add("ENDPOINTPROXY", endpoint_text(m.proxy));
  if (!m.remote.empty()) pairs.add("ENDPOINTREMOTE", endpoint_text(m.remote));
  pairs.add("HOSTNAMELOCAL", one_word(m.source));
  // perfd's own server is the other end of these targets, and runs where perfd does.
  bool const own_server = m.target == "direct" || m.target == "onion" || m.target == "single-onion";
  pairs.add("HOSTNAMEREMOTE", one_word(own_server ? m.source : m.remote.host));
  pairs.add("SOURCEADDRESS", one_word(m.local.address));
  if (auto const* circuit = carrier(m)) {
    add_circuit(pairs, m, *circuit);
    if (auto const at = used_at(m)) pairs.add("USED_AT", seconds(*at));
    if (m.tor.stream->id <= INT32_MAX) pairs.add("USED_BY", std::to_string(m.tor.stream->id));
  }
  return TpfRecord{"1.1", std::move(pairs).sorted(), 0};
}

bool append_tpf(std::string& out, Measurement const& measurement) {
  auto const record = to_tpf(measurement);
  if (record) out += write_tpf(*record);
  return record.has_value();
}

Result<Measurement> from_tpf(TpfRecord const& record) {
  Measurement m;
  auto const start = moment(record, "START");
  if (!start) return Error{"line " + std::to_string(record.line) + ": START is not a moment"};
  m.id = imported_id(*start, write_tpf(record));
  m.source = text(record, "SOURCE");
  m.started_at = m.scheduled_at = *start;
  for (auto const name : kRequiredMarks)
    if (auto const* value = record.find(name)) set_mark(m.marks, name, *value);
  for (auto const& [key, value] : record.pairs)
    if (is_optional_mark(key)) set_mark(m.marks, key, value);
  auto const bytes = [&](std::string_view key) {
    return static_cast<std::int64_t>(number(record, key).value_or(0));
  };
  m.filesize = bytes("FILESIZE");
  m.readbytes = bytes("READBYTES");
  m.writebytes = bytes("WRITEBYTES");
  m.local = endpoint_from(text(record, "ENDPOINTLOCAL"));
  m.proxy = endpoint_from(text(record, "ENDPOINTPROXY"));
  m.remote = endpoint_from(text(record, "ENDPOINTREMOTE"));
  m.target =
      imported_target(m.remote, text(record, "HOSTNAMELOCAL"), text(record, "HOSTNAMEREMOTE"));
  read_circuit(record, m);
  read_outcome(record, m);
  if (m.outcome.ok()) m.payload_bytes = m.filesize;
  return m;
}

}  // namespace perfd::formats
