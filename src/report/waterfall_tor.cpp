// What tor told of a measurement: circuits hop by hop, the states of the stream, and the way to an
// onion service.
#include <fmt/format.h>

#include <algorithm>

#include "report/markup.h"
#include "report/scale.h"
#include "report/waterfall_chart.h"

namespace perfd::report {
namespace {

constexpr std::size_t kWordLength = 40;
constexpr std::size_t kPathLength = 60;

// Hop by hop; in one row where it was built before the measurement began.
void add_circuit_rows(Chart& chart, model::Circuit const& circuit, SinceStart const& since) {
  auto const name = fmt::format("circuit {}", circuit.id);
  auto before = since(circuit.launched_at);
  auto const built = since(circuit.built_at);
  auto const about = fmt::format("{}: {}", name, path_of_circuit(circuit));
  if (built && *built < Micros{0}) {
    ChartRow row{name};
    row.note = fmt::format("built {} before: {}", time_text(-static_cast<double>(built->count())),
                           shortened(path_of_circuit(circuit), kPathLength));
    row.about = about;
    chart.rows.push_back(std::move(row));
    return;
  }
  for (auto const& hop : circuit.path) {
    auto const extended = since(hop.extended_at);
    if (!extended) continue;
    add_span(chart, fmt::format("{} to {}", name, shortened(relay_name(hop), kWordLength)), before,
             extended, Phase::circuit);
    chart.rows.back().about = about;
    before = extended;
  }
  if (!circuit.failed) return;
  add_span(chart, fmt::format("{} failed: {}", name, shortened(circuit.reason, kWordLength)),
           before, since(circuit.closed_at), Phase::circuit);
  if (!chart.rows.empty()) chart.rows.back().failed = true;
}

// How long the stream was in each of its states.
void add_stream_rows(Chart& chart, model::Stream const& stream, SinceStart const& since) {
  for (std::size_t i = 0; i < stream.states.size(); ++i) {
    auto const& [at, status, detail] = stream.states[i];
    auto const begin = since(at);
    if (!begin) continue;
    ChartRow row{fmt::format("stream {} {}", stream.id, shortened(status, kWordLength))};
    row.about = shortened(detail, kWordLength);
    if (i + 1 < stream.states.size())
      if (auto const end = since(stream.states[i + 1].at); end && *end >= *begin)
        row.stretches.push_back({*begin, *end, Phase::stream});
    if (row.stretches.empty()) row.moment = begin;
    row.failed = status == "FAILED";
    chart.rows.push_back(std::move(row));
  }
}

}  // namespace

void add_tor_rows(Chart& chart, model::Measurement const& measurement, SinceStart const& since) {
  for (auto const& circuit : measurement.tor.circuits) add_circuit_rows(chart, circuit, since);
  if (measurement.tor.stream) add_stream_rows(chart, *measurement.tor.stream, since);
}

void add_onion_rows(Chart& chart, model::OnionView const& onion, SinceStart const& since) {
  add_span(chart, "descriptor fetched", since(onion.descriptor_requested_at),
           since(onion.descriptor_received_at), Phase::onion);
  add_span(chart, "rendezvous point ready", {}, since(onion.rendezvous_ready_at), Phase::onion);
  add_span(chart, "introduced, acknowledged", since(onion.introduced_at),
           since(onion.introduction_acked_at), Phase::onion);
  add_span(chart, "service has come", since(onion.introduction_acked_at), since(onion.joined_at),
           Phase::onion);
}

}  // namespace perfd::report
