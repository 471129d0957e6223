#include "publish/analysis.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "formats/jsonl.h"

namespace perfd::publish {
namespace {

// A circuit that ended in the time of the document was launched at most so long before.
constexpr Micros kLongestCircuit{std::int64_t{7} * 24 * 3600 * 1'000'000};

constexpr Micros kDay{std::int64_t{24} * 3600 * 1'000'000};

WallTime midnight_before(WallTime time) { return time - time.time_since_epoch() % kDay; }

// What is known of the results before their records are read.
struct OnionPerfRows {
  std::vector<std::string> ids;
  std::set<std::string> sources;
  std::set<std::string> instances;
  WallTime first = WallTime::max();
  WallTime last{};
};

Result<OnionPerfRows> rows_of(ChosenForOnionPerf const& chosen) {
  OnionPerfRows rows;
  auto const count = chosen.for_each_brief([&](store::Brief const& brief) {
    rows.ids.push_back(brief.id);
    rows.sources.insert(brief.source);
    if (!brief.instance.empty()) rows.instances.insert(brief.instance);
    rows.first = std::min(rows.first, brief.at);
    rows.last = std::max(rows.last, brief.at + brief.ttlb.value_or(Micros{0}));
    return true;
  });
  if (!count) return count.error();
  return rows;
}

std::string listed(std::set<std::string> const& names) {
  std::string out;
  for (auto const& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// An imported result names no tor, the store's circuits of an import have its source: they are of
// one tor, or else each that a result used would be there twice, by two names.
void name_instance(model::Measurement& m) {
  for (auto& circuit : m.tor.circuits)
    if (circuit.instance.empty()) circuit.instance = m.source;
  if (m.tor.stream && m.tor.stream->instance.empty()) m.tor.stream->instance = m.source;
}

Result<std::vector<formats::OnionPerfCircuit>> circuits_of(store::Reader& reader,
                                                           OnionPerfRows const& rows, WallTime from,
                                                           WallTime until) {
  std::vector<formats::OnionPerfCircuit> circuits;
  auto const done =
      for_each_ended_circuit(reader, from, until, [&](formats::OnionPerfCircuit circuit) {
        auto const& instance = circuit.circuit.instance;
        if (rows.instances.contains(instance) || rows.sources.contains(instance))
          circuits.push_back(std::move(circuit));
        return circuits.size() < formats::kMaxOnionPerfRows;
      });
  if (!done) return done.error();
  if (circuits.size() >= formats::kMaxOnionPerfRows)
    return Error{"over " + std::to_string(formats::kMaxOnionPerfRows) +
                 " circuits in that time: choose a shorter one by --since and --until"};
  return circuits;
}

}  // namespace

Result<std::size_t> export_onionperf(store::Reader& reader, ChosenForOnionPerf const& chosen,
                                     formats::OnionPerfOutput const& output) {
  auto const rows = rows_of(chosen);
  if (!rows) return rows.error();
  if (rows->ids.empty()) return Error{"no results that match"};
  if (rows->sources.size() > 1)
    return Error{"the results are of several sources (" + listed(rows->sources) +
                 "), and a document of OnionPerf is of one: choose it by --source"};
  auto circuits = circuits_of(reader, *rows, chosen.since.value_or(midnight_before(rows->first)),
                              chosen.until.value_or(midnight_before(rows->last) + kDay));
  if (!circuits) return circuits.error();
  return write_analysis(reader, {*rows->sources.begin(), rows->ids, std::move(*circuits)}, output);
}

Result<std::size_t> write_analysis(store::Reader& reader, Analysis const& analysis,
                                   formats::OnionPerfOutput const& output) {
  formats::OnionPerfDay day;
  day.source = analysis.source;
  day.measurements = analysis.ids.size();
  day.measurement = [&](std::size_t i) -> Result<model::Measurement> {
    auto const row = reader.by_id(analysis.ids[i]);
    if (!row) return row.error();
    if (!*row) return Error{"result " + analysis.ids[i] + " was deleted meanwhile"};
    auto measurement = formats::from_json_line((*row)->record);
    if (measurement) name_instance(*measurement);
    return measurement;
  };
  day.circuits = analysis.circuits.size();
  day.circuit = [&](std::size_t i) -> Result<formats::OnionPerfCircuit> {
    return analysis.circuits[i];
  };
  return formats::write_onionperf(day, output);
}

Result<void> for_each_ended_circuit(store::Reader& reader, WallTime from, WallTime until,
                                    std::function<bool(formats::OnionPerfCircuit)> const& each) {
  store::EventFilter when;
  when.since = from - kLongestCircuit;
  when.until = until;
  when.closed_since = from;
  when.closed_until = until;
  auto const count = reader.for_each_circuit(when, [&](model::Circuit const& circuit) {
    formats::OnionPerfCircuit row;
    row.circuit = circuit;
    // Of an import: the runs of its tor are not told apart (docs/formats.md).
    if (circuit.tor_run == static_cast<std::uint64_t>(to_us(circuit.launched_at)))
      row.circuit.tor_run = 0;
    return each(std::move(row));
  });
  if (!count) return count.error();
  return {};
}

}  // namespace perfd::publish
