#include "app/export_onionperf.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "formats/jsonl.h"

namespace perfd::app {
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

Result<OnionPerfRows> rows_of(ChosenResults& results) {
  OnionPerfRows rows;
  auto const count = results.for_each_brief([&](store::Brief const& brief) {
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

// Those that ended between the bounds, so that one that was open at midnight is in the day of its
// end, and in one day only.
Result<std::vector<formats::OnionPerfCircuit>> circuits_of(store::Reader& reader,
                                                           OnionPerfRows const& rows, WallTime from,
                                                           WallTime until) {
  std::vector<formats::OnionPerfCircuit> circuits;
  store::EventFilter when;
  when.since = from - kLongestCircuit;
  when.until = until;
  auto const count = reader.for_each_circuit(when, [&](model::Circuit const& circuit) {
    bool const ours =
        rows.instances.contains(circuit.instance) || rows.sources.contains(circuit.instance);
    if (!ours || !circuit.closed_at || *circuit.closed_at < from || *circuit.closed_at >= until)
      return true;
    auto& row = circuits.emplace_back();
    row.circuit = circuit;
    // Of an import: the runs of its tor are not told apart (docs/formats.md).
    if (circuit.tor_run == static_cast<std::uint64_t>(to_us(circuit.launched_at)))
      row.circuit.tor_run = 0;
    return circuits.size() < formats::kMaxOnionPerfRows;
  });
  if (!count) return count.error();
  if (circuits.size() >= formats::kMaxOnionPerfRows)
    return Error{"over " + std::to_string(formats::kMaxOnionPerfRows) +
                 " circuits in that time: choose a shorter one by --since and --until"};
  return circuits;
}

}  // namespace

Result<std::size_t> export_onionperf(ChosenResults& results,
                                     formats::OnionPerfOutput const& output) {
  auto const rows = rows_of(results);
  if (!rows) return rows.error();
  if (rows->ids.empty()) return Error{"no results that match"};
  if (rows->sources.size() > 1)
    return Error{"the results are of several sources (" + listed(rows->sources) +
                 "), and a document of OnionPerf is of one: choose it by --source"};
  auto& reader = results.reader();
  auto const& selection = results.selection();
  auto const circuits =
      circuits_of(reader, *rows, selection.since.value_or(midnight_before(rows->first)),
                  selection.until.value_or(midnight_before(rows->last) + kDay));
  if (!circuits) return circuits.error();

  formats::OnionPerfDay day;
  day.source = *rows->sources.begin();
  day.measurements = rows->ids.size();
  day.measurement = [&](std::size_t i) -> Result<model::Measurement> {
    auto const row = reader.by_id(rows->ids[i]);
    if (!row) return row.error();
    if (!*row) return Error{"result " + rows->ids[i] + " was deleted meanwhile"};
    return formats::from_json_line((*row)->record);
  };
  day.circuits = circuits->size();
  day.circuit = [&](std::size_t i) -> Result<formats::OnionPerfCircuit> { return (*circuits)[i]; };
  return formats::write_onionperf(day, output);
}

}  // namespace perfd::app
