// Everything but page loads: a row for each step.
#include <fmt/format.h>

#include <algorithm>

#include "report/markup.h"
#include "report/waterfall.h"
#include "report/waterfall_chart.h"

namespace perfd::report {
namespace {

namespace mark = model::mark;

// A heading and what is added below it, or neither.
template <class Add>
void section(Chart& chart, std::string_view name, Add const& add) {
  auto const before = chart.rows.size();
  add_heading(chart, std::string(name));
  add();
  if (chart.rows.size() == before + 1) chart.rows.pop_back();
}

void add_socks_rows(Chart& chart, model::Measurement const& m, SinceStart const& since) {
  auto const at = [&](std::string_view name) { return since(m.marks.at(name)); };
  add_span(chart, "connect to the SOCKS port", at(mark::kSocket), at(mark::kConnect), Phase::socks);
  add_span(chart, "agree on a method", at(mark::kConnect), at(mark::kNegotiate), Phase::socks);
  add_span(chart, "request to reply", at(mark::kRequest), at(mark::kResponse), Phase::socks);
}

// From one tenth to the next.
void add_payload_rows(Chart& chart, model::Marks const& marks, SinceStart const& since,
                      std::optional<Micros> begin, Phase phase) {
  for (int tenth = 10; tenth <= 100; tenth += 10) {
    auto const at = since(marks.at(model::dataperc_name(tenth)));
    if (!at) continue;
    add_span(chart, fmt::format("payload to {} %", tenth), begin, at, phase);
    begin = at;
  }
}

void add_http_rows(Chart& chart, model::Measurement const& m, SinceStart const& since) {
  auto const at = [&](std::string_view name) { return since(m.marks.at(name)); };
  auto const first = at(mark::kDataResponse);
  add_span(chart, "body handed to the socket", at(mark::kHandedFirst), at(mark::kHandedLast),
           Phase::payload);
  add_span(chart, "request to first byte", at(mark::kDataRequest), first, Phase::request);
  auto const before = chart.rows.size();
  auto const payload = at(model::dataperc_name(0));
  add_payload_rows(chart, m.marks, since, payload ? payload : first, Phase::payload);
  if (first && chart.rows.size() == before)
    add_span(chart, "first to last byte", first, at(mark::kDataComplete), Phase::payload);
}

void add_server_rows(Chart& chart, model::Measurement const& m, SinceStart const& since) {
  auto const at = [&](std::string_view name) { return since(m.server.at(name)); };
  auto const accepted = at(mark::kServerAccept);
  auto const request = at(mark::kServerRequest);
  auto const first = at(mark::kServerFirst);
  add_span(chart, "accepted", {}, accepted, Phase::server);
  auto const secured = at(mark::kServerTls);
  add_span(chart, "TLS handshake", accepted, secured, Phase::server);
  add_span(chart, "request read", secured ? secured : accepted, request, Phase::server);
  add_span(chart, "first byte", request, first, Phase::server);
  auto const before = chart.rows.size();
  add_payload_rows(chart, m.server, since, first, Phase::server);
  bool const tenths = chart.rows.size() > before;
  auto const half = at(mark::kServerHalf);
  if (!tenths) add_span(chart, "half of the payload", first, half, Phase::server);
  if (!tenths || !at(model::dataperc_name(100)))
    add_span(chart, "last byte", tenths || !half ? first : half, at(mark::kServerLast),
             Phase::server);
}

// A series: a row for each of its streams.
void add_series_rows(Chart& chart, model::Allocation const& series, SinceStart const& since) {
  for (std::size_t i = 0; i < series.streams.size(); ++i) {
    auto const& one = series.streams[i];
    auto const begin = since(one.started_at);
    if (!begin) continue;
    ChartRow row{fmt::format("stream {}", i + 1)};
    if (!one.stays.empty()) row.name += fmt::format(" on circuit {}", one.stays.back().circuit_id);
    row.failed = !one.outcome.ok();
    auto const add = [&](std::optional<Micros> from, std::optional<Micros> to, Phase phase) {
      if (from && to && *from <= *to)
        row.stretches.push_back({*begin + *from, *begin + *to, phase});
    };
    add(Micros{0}, one.first_byte, Phase::request);
    add(one.first_byte, one.last_byte, Phase::payload);
    if (one.stream)
      if (auto const created = since(one.stream->created_at); created && one.waited)
        row.stretches.push_back({*created, *created + *one.waited, Phase::stream});
    if (row.stretches.empty()) row.moment = begin;
    chart.rows.push_back(std::move(row));
  }
}

}  // namespace

Chart steps_chart(model::Measurement const& measurement, SinceStart const& since) {
  Chart out;
  auto const at = [&](std::string_view name) { return since(measurement.marks.at(name)); };
  bool const resolution = measurement.kind == model::Kind::resolve;
  for (auto const& [name, label] : {std::pair{mark::kResponse, "answer"},
                                    {mark::kDataResponse, "first byte"},
                                    {mark::kDataComplete, "last byte"}})
    if (auto const when = at(name); when && (resolution || name != mark::kResponse))
      out.moments.push_back({label, *when});

  section(out, "SOCKS", [&] { add_socks_rows(out, measurement, since); });
  if (measurement.tor.onion)
    section(out, "Onion service", [&] { add_onion_rows(out, *measurement.tor.onion, since); });
  section(out, "tor", [&] { add_tor_rows(out, measurement, since); });
  section(out, "HTTP", [&] { add_http_rows(out, measurement, since); });
  if (measurement.allocation)
    section(out, "Streams", [&] { add_series_rows(out, *measurement.allocation, since); });
  section(out, "Server", [&] { add_server_rows(out, measurement, since); });

  if (out.rows.size() > kMostWaterfallRows) {
    out.more = fmt::format("and {} more", counted(out.rows.size() - kMostWaterfallRows, "row"));
    out.rows.resize(kMostWaterfallRows);
  }
  return out;
}

}  // namespace perfd::report
