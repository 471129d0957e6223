#include "report/tor_metrics_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time_text.h"
#include "formats/carrier.h"
#include "formats/tpf.h"
#include "report/csv_field.h"
#include "stats/quantile.h"
#include "stats/tor_metrics.h"

namespace perfd::report {
namespace {

using model::Measurement;

constexpr std::int64_t k50KiB = 51'200;
constexpr std::int64_t kMiB = 1'048'576;
// From this day on throughput is that of the fifth MiB.
constexpr std::string_view kLateThroughputSince = "2021-04-01";

std::int64_t floor_ms(WallTime time) { return to_us(time) / 1000; }

// Whole ms since START, as Tor Metrics keeps all moments.
std::optional<std::int32_t> ms_after_start(Measurement const& m, std::string_view mark) {
  auto const start = m.marks.at(model::mark::kStart);
  auto const at = m.marks.at(mark);
  if (!start || !at) return std::nullopt;
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(floor_ms(*at) - floor_ms(*start), INT32_MIN, INT32_MAX));
}

std::string server_of(Measurement const& m) {
  return m.remote.host.ends_with(".onion") ? "onion" : "public";
}

// Whole kbit/s, of the part of the payload that Tor Metrics looks at; its division is of integers.
std::optional<std::int32_t> kbps_of(Measurement const& m, std::string const& date) {
  auto const between = [&](int from, int to, std::int32_t bits) -> std::optional<std::int32_t> {
    auto const a = ms_after_start(m, model::dataperc_name(from));
    auto const b = ms_after_start(m, model::dataperc_name(to));
    if (!a || !b || *b <= *a) return std::nullopt;
    return bits / (*b - *a);
  };
  if (m.filesize == 5 * kMiB && date >= kLateThroughputSince) return between(80, 100, 8'388'608);
  if (m.filesize == 5 * kMiB) return between(10, 20, 4'194'304);
  if (m.filesize == kMiB) return between(50, 100, 4'194'304);
  return std::nullopt;
}

struct Quartiles {
  double q1 = 0;
  double md = 0;
  double q3 = 0;
  std::vector<double> sorted;
};

Quartiles quartiles_of(std::vector<std::int32_t> const& values) {
  Quartiles out;
  out.sorted.assign(values.begin(), values.end());
  std::sort(out.sorted.begin(), out.sorted.end());
  out.q1 = stats::quantile(out.sorted, 0.25).value_or(0);
  out.md = stats::quantile(out.sorted, 0.5).value_or(0);
  out.q3 = stats::quantile(out.sorted, 0.75).value_or(0);
  return out;
}

// Cut off, not rounded.
std::int64_t whole(double number) { return static_cast<std::int64_t>(number); }

std::string quartiles_text(std::vector<std::int32_t> const& values) {
  auto const q = quartiles_of(values);
  return fmt::format("{},{},{}\n", whole(q.q1), whole(q.md), whole(q.q3));
}

// With whiskers: the outermost values within one and a half times the box.
std::string box_text(std::vector<std::int32_t> const& values) {
  auto const q = quartiles_of(values);
  auto const reach = (q.q3 - q.q1) * 1.5;
  auto const low = std::lower_bound(q.sorted.begin(), q.sorted.end(), q.q1 - reach);
  auto const high = std::upper_bound(q.sorted.begin(), q.sorted.end(), q.q3 + reach);
  return fmt::format("{},{},{},{},{}\n", whole(*low), whole(q.q1), whole(q.md), whole(q.q3),
                     whole(*std::prev(high)));
}

}  // namespace

void TorMetricsTables::add(Measurement const& m) {
  if (!formats::is_torperf_result(m)) return;
  auto const date = format_date(m.marks.at(model::mark::kStart).value_or(m.started_at));
  auto const server = server_of(m);
  ServerKey const key{date, m.source, server};

  auto const complete = ms_after_start(m, model::mark::kDataComplete);
  if (complete) complete_[{date, m.filesize, m.source, server}].push_back(*complete);
  for (auto const size : {k50KiB, kMiB}) {
    if (m.filesize <= size) continue;
    if (auto const part = ms_after_start(m, model::partial_name(size)))
      complete_[{date, size, m.source, server}].push_back(*part);
  }

  auto& failures = failures_[key];
  ++failures.requests;
  bool const timed_out = m.outcome.code == model::FailureCode::net_timeout;
  if (timed_out || (complete && *complete < 1))
    ++failures.timeouts;
  else if (complete && m.readbytes < m.filesize)
    ++failures.failures;

  auto const request = ms_after_start(m, model::mark::kDataRequest);
  auto const response = ms_after_start(m, model::mark::kDataResponse);
  if (request && response && *request > 0 && *response > 0)
    latencies_[key].push_back(*response - *request);
  if (auto const kbps = kbps_of(m, date)) throughput_[key].push_back(*kbps);

  auto const* circuit = formats::carrier(m);
  if (circuit == nullptr) return;
  auto const hops = stats::hops_since_launch(*circuit);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(hops.size(), 3); ++i) {
    auto const built = hops[i].count() / 1000;
    auto const alone = static_cast<std::int32_t>(std::min<std::int64_t>(built - before, INT32_MAX));
    // Of each vantage point, and of all together.
    for (auto const& source : {m.source, std::string()})
      hops_[{date, source, static_cast<int>(i + 1)}].push_back(alone);
    before = built;
  }
}

std::array<TorMetricsTables::Table, 5> TorMetricsTables::tables() const {
  std::array<Table, 5> out = {
      Table{"torperf", "date,filesize,source,server,q1,md,q3\n"},
      Table{"torperf-failures", "date,source,server,timeouts,failures,requests\n"},
      Table{"onionperf-buildtimes", "date,source,position,q1,md,q3\n"},
      Table{"onionperf-latencies", "date,source,server,low,q1,md,q3,high\n"},
      Table{"onionperf-throughput", "date,source,server,low,q1,md,q3,high\n"}};
  for (auto const& [key, values] : complete_) {
    auto const& [date, size, source, server] = key;
    out[0].text += fmt::format("{},{},{},{},{}", date, size, csv_field(source), server,
                               quartiles_text(values));
  }
  for (auto const& [key, counts] : failures_) {
    auto const& [date, source, server] = key;
    out[1].text += fmt::format("{},{},{},{},{},{}\n", date, csv_field(source), server,
                               counts.timeouts, counts.failures, counts.requests);
  }
  for (auto const& [key, values] : hops_) {
    auto const& [date, source, position] = key;
    out[2].text +=
        fmt::format("{},{},{},{}", date, csv_field(source), position, quartiles_text(values));
  }
  for (auto const& [table, groups] : {std::pair{3, &latencies_}, std::pair{4, &throughput_}})
    for (auto const& [key, values] : *groups) {
      auto const& [date, source, server] = key;
      out[static_cast<std::size_t>(table)].text +=
          fmt::format("{},{},{},{}", date, csv_field(source), server, box_text(values));
    }
  return out;
}

}  // namespace perfd::report
