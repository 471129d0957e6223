#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "formats/onionperf/write_rows.h"
#include "formats/onionperf_write.h"

namespace perfd::formats {
namespace onionperf {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;

// A circuit or a stream: which one, and where to fetch it.
struct Held {
  std::uint32_t run = 0;  // which of the runs
  bool of_measurement = false;
  std::uint16_t part = 0;  // which circuit of the measurement
  std::uint64_t id = 0;
  std::size_t row = 0;

  // Of one that is told twice the caller's row comes first.
  friend bool operator<(Held const& a, Held const& b) {
    return std::tie(a.run, a.id, a.of_measurement, a.row, a.part) <
           std::tie(b.run, b.id, b.of_measurement, b.row, b.part);
  }
};

// The starts of tors that a day has seen: in almost every day one to three of them.
class Runs {
 public:
  std::uint32_t add(std::string const& instance, std::uint64_t run) {
    auto const next = static_cast<std::uint32_t>(runs_.size());
    return runs_.try_emplace({run, instance}, next).first->second;
  }
  // The places that the numbers of add() have in the order of time.
  [[nodiscard]] std::vector<std::uint32_t> ranks() const {
    std::vector<std::uint32_t> out(runs_.size());
    std::uint32_t rank = 0;
    for (auto const& entry : runs_) out[entry.second] = rank++;
    return out;
  }
  [[nodiscard]] std::string key(std::uint64_t id, std::string const& instance,
                                std::uint64_t run) const {
    auto key = std::to_string(id);
    if (runs_.size() > 1) key += ":" + instance + ":" + std::to_string(run);
    return key;
  }

 private:
  std::map<std::pair<std::uint64_t, std::string>, std::uint32_t> runs_;
};

class DayWriter {
 public:
  DayWriter(OnionPerfDay const& day, OnionPerfOutput const& output)
      : day_(day), output_(output), json_(text_) {}

  Result<std::size_t> write() {
    if (auto const noted = note_all(); !noted) return noted.error();
    json_.begin_object();
    json_.key("data").begin_object();
    json_.key(day_.source).begin_object();
    json_.field("measurement_ip", std::string_view(day_.address));
    for (auto const part : {&DayWriter::write_streams, &DayWriter::write_circuits,
                            &DayWriter::write_guards, &DayWriter::write_tor_streams})
      if (auto const done = (this->*part)(); !done) return done.error();
    json_.end_object();
    json_.end_object();
    write_filters();
    json_.field("type", std::string_view("onionperf"));
    json_.field("version", std::string_view("3.1"));
    json_.end_object();
    text_ += '\n';
    if (auto const last = output_(text_); !last) return last.error();
    return transfers_.size();
  }

 private:
  Result<void> note_all() {
    for (std::size_t row = 0; row < day_.measurements; ++row) {
      auto const m = day_.measurement(row);
      if (!m) return m.error();
      if (!is_onionperf_result(*m)) continue;
      if (m->source != day_.source)
        return Error{"measurement " + m->id + " is of " + m->source + ", not of " + day_.source};
      transfers_.emplace_back(m->id + ":", row);
      auto const part_limit = std::min<std::size_t>(m->tor.circuits.size(), UINT16_MAX);
      for (std::size_t part = 0; part < part_limit; ++part)
        note(circuits_, m->tor.circuits[part], row, static_cast<std::uint16_t>(part), true);
      if (m->tor.stream) note(streams_, *m->tor.stream, row, 0, true);
    }
    for (std::size_t row = 0; row < day_.circuits; ++row) {
      auto const circuit = day_.circuit(row);
      if (!circuit) return circuit.error();
      note(circuits_, circuit->circuit, row, 0, false);
    }
    for (std::size_t row = 0; row < day_.streams; ++row) {
      auto const stream = day_.stream(row);
      if (!stream) return stream.error();
      note(streams_, *stream, row, 0, false);
    }
    sort(circuits_);
    sort(streams_);
    std::sort(transfers_.begin(), transfers_.end());
    auto const twice =
        std::adjacent_find(transfers_.begin(), transfers_.end(),
                           [](auto const& a, auto const& b) { return a.first == b.first; });
    if (twice == transfers_.end()) return {};
    return Error{"two measurements have the id " + twice->first.substr(0, twice->first.size() - 1)};
  }

  template <class Row>
  void note(std::vector<Held>& all, Row const& item, std::size_t row, std::uint16_t part,
            bool of_measurement) {
    all.push_back({runs_.add(item.instance, item.tor_run), of_measurement, part, item.id, row});
  }
  void sort(std::vector<Held>& all) const {
    auto const ranks = runs_.ranks();
    for (auto& held : all) held.run = ranks[held.run];
    std::sort(all.begin(), all.end());
    all.erase(
        std::unique(all.begin(), all.end(),
                    [](Held const& a, Held const& b) { return a.run == b.run && a.id == b.id; }),
        all.end());
  }

  Result<void> write_streams() {
    json_.key("tgen").begin_object();
    json_.key("streams").begin_object();
    for (auto const& [id, row] : transfers_) {
      auto const m = day_.measurement(row);
      if (!m) return m.error();
      auto const key = stream_key(*m);
      json_.key(key);
      write_stream(json_, *m, key);
      if (auto const done = hand_over(); !done) return done.error();
    }
    json_.end_object();
    json_.end_object();
    return {};
  }

  Result<OnionPerfCircuit> fetch_circuit(Held const& held) const {
    if (!held.of_measurement) return day_.circuit(held.row);
    auto m = day_.measurement(held.row);
    if (!m) return m.error();
    if (held.part >= m->tor.circuits.size()) return Error{"a measurement changed while written"};
    OnionPerfCircuit out;
    out.circuit = std::move(m->tor.circuits[held.part]);
    if (!out.circuit.build_timeout) out.circuit.build_timeout = m->tor.build_timeout;
    if (!out.circuit.timeout_quantile) out.circuit.timeout_quantile = m->tor.timeout_quantile;
    out.timeout_learned = m->tor.build_timeout_learned;
    return out;
  }
  Result<void> write_circuits() {
    json_.key("tor").begin_object();
    json_.key("circuits").begin_object();
    for (auto const& held : circuits_) {
      auto const row = fetch_circuit(held);
      if (!row) return row.error();
      auto const& circuit = row->circuit;
      json_.key(runs_.key(circuit.id, circuit.instance, circuit.tor_run));
      write_circuit(json_, *row);
      if (auto const done = hand_over(); !done) return done.error();
    }
    json_.end_object();
    return {};
  }

  Result<void> write_guards() {
    json_.key("guards").begin_array();
    for (auto const& guard : day_.guards) write_guard(json_, guard);
    json_.end_array();
    return {};
  }

  Result<model::Stream> fetch_stream(Held const& held) const {
    if (!held.of_measurement) return day_.stream(held.row);
    auto m = day_.measurement(held.row);
    if (!m) return m.error();
    if (!m->tor.stream) return Error{"a measurement changed while written"};
    return std::move(*m->tor.stream);
  }
  Result<void> write_tor_streams() {
    json_.key("streams").begin_object();
    for (auto const& held : streams_) {
      auto const stream = fetch_stream(held);
      if (!stream) return stream.error();
      std::string circuit;
      if (!stream->attachments.empty())
        circuit =
            runs_.key(stream->attachments.back().circuit_id, stream->instance, stream->tor_run);
      json_.key(runs_.key(stream->id, stream->instance, stream->tor_run));
      write_tor_stream(json_, *stream, circuit);
      if (auto const done = hand_over(); !done) return done.error();
    }
    json_.end_object();
    json_.end_object();
    return {};
  }

  void write_filters() {
    if (day_.filters.empty()) return;
    json_.key("filters").begin_object();
    json_.key("tor/circuits").begin_array();
    for (auto const& [name, file] : day_.filters) {
      json_.begin_object();
      json_.field_unless_empty("filepath", file);
      json_.field("name", std::string_view(name));
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  Result<void> hand_over() {
    if (text_.size() < kPiece) return {};
    auto const done = output_(text_);
    text_.clear();
    return done;
  }

  OnionPerfDay const& day_;
  OnionPerfOutput const& output_;
  std::vector<std::pair<std::string, std::size_t>> transfers_;
  std::vector<Held> circuits_;
  std::vector<Held> streams_;
  Runs runs_;
  std::string text_;
  JsonWriter json_;  // depends-on: text_
};

}  // namespace
}  // namespace onionperf

bool is_onionperf_result(model::Measurement const& m) {
  if (m.kind != model::Kind::download && m.kind != model::Kind::upload) return false;
  switch (m.outcome.code) {
    case model::FailureCode::perfd_aborted:
    case model::FailureCode::perfd_cancelled:
    case model::FailureCode::perfd_missed_slot:
    case model::FailureCode::perfd_internal:
      return false;
    default:
      return true;
  }
}

Result<std::size_t> write_onionperf(OnionPerfDay const& day, OnionPerfOutput const& output) {
  return onionperf::DayWriter(day, output).write();
}

}  // namespace perfd::formats
