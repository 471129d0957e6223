#include "report/waterfall_chart.h"

#include <algorithm>

namespace perfd::report {
namespace {

constexpr std::int64_t kYear = 365LL * 24 * 3600 * 1'000'000;

// The first moment that a record tells of, if it does not tell its start.
std::optional<WallTime> zero_of(model::Measurement const& m) {
  if (auto const start = m.marks.at(model::mark::kStart)) return start;
  if (m.started_at != WallTime{}) return m.started_at;
  std::optional<WallTime> out;
  for (auto const& [name, mark] : m.marks.entries())
    if (!out || mark.at < *out) out = mark.at;
  return out;
}

}  // namespace

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::blocked:
      return "waiting for a turn";
    case Phase::connect:
      return "connecting";
    case Phase::tls:
      return "TLS";
    case Phase::wait:
      return "waiting for the first byte";
    case Phase::receive:
      return "receiving";
    case Phase::socks:
      return "SOCKS";
    case Phase::onion:
      return "onion service";
    case Phase::circuit:
      return "circuit";
    case Phase::stream:
      return "stream";
    case Phase::request:
      return "HTTP";
    case Phase::payload:
      return "payload";
    case Phase::server:
      return "server";
  }
  return "";
}

std::string_view phase_class(Phase phase) {
  switch (phase) {
    case Phase::blocked:
      return "w0";
    case Phase::connect:
    case Phase::socks:
      return "w1";
    case Phase::tls:
    case Phase::stream:
      return "w2";
    case Phase::wait:
    case Phase::request:
      return "w3";
    case Phase::receive:
    case Phase::payload:
      return "w4";
    case Phase::circuit:
      return "w5";
    case Phase::onion:
      return "w6";
    case Phase::server:
      return "w7";
  }
  return "w0";
}

std::optional<Micros> ChartRow::from() const {
  std::optional<Micros> out = moment;
  for (auto const& stretch : stretches) out = std::min(out.value_or(stretch.from), stretch.from);
  return out;
}

std::optional<Micros> ChartRow::to() const {
  std::optional<Micros> out = moment;
  for (auto const& stretch : stretches) out = std::max(out.value_or(stretch.to), stretch.to);
  return out;
}

void Chart::finish() {
  auto const at_least_zero = [](Micros at) { return std::max(at, Micros{0}); };
  for (auto& row : rows) {
    std::erase_if(row.stretches, [](auto const& one) { return one.to < one.from; });
    for (auto& [from, to, phase] : row.stretches) {
      from = at_least_zero(from);
      to = at_least_zero(to);
      end = std::max(end, to);
    }
    if (row.moment) end = std::max(end, *row.moment = at_least_zero(*row.moment));
  }
  for (auto& moment : moments) end = std::max(end, moment.at = at_least_zero(moment.at));
  std::stable_sort(moments.begin(), moments.end(),
                   [](auto const& a, auto const& b) { return a.at < b.at; });
}

SinceStart::SinceStart(model::Measurement const& measurement) : zero_(zero_of(measurement)) {}

std::optional<Micros> SinceStart::operator()(std::optional<WallTime> at) const {
  if (!zero_ || !at || *at == WallTime{}) return std::nullopt;
  std::int64_t span = 0;
  if (__builtin_sub_overflow(to_us(*at), to_us(*zero_), &span)) return std::nullopt;
  if (span <= -kYear || span >= kYear) return std::nullopt;
  return Micros{span};
}

Chart waterfall_chart(model::Measurement const& measurement) {
  SinceStart const since(measurement);
  auto out =
      measurement.page ? resources_chart(measurement, since) : steps_chart(measurement, since);
  out.finish();
  return out;
}

void add_span(Chart& chart, std::string name, std::optional<Micros> from, std::optional<Micros> to,
              Phase phase) {
  if (!to) return;
  ChartRow row{std::move(name)};
  if (from && *from <= *to)
    row.stretches.push_back({*from, *to, phase});
  else
    row.moment = to;
  chart.rows.push_back(std::move(row));
}

void add_heading(Chart& chart, std::string name) {
  ChartRow row{std::move(name)};
  row.heading = true;
  chart.rows.push_back(std::move(row));
}

std::string relay_name(model::Hop const& hop) {
  return hop.nickname.empty() ? hop.fingerprint.substr(0, 8) : hop.nickname;
}

std::string path_of_circuit(model::Circuit const& circuit) {
  std::string out;
  for (auto const& hop : circuit.path) out += (out.empty() ? "" : " > ") + relay_name(hop);
  return out;
}

}  // namespace perfd::report
