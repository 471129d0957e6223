#include "stats/tor_metrics.h"

#include <algorithm>
#include <string>

namespace perfd::stats {
namespace {

namespace mark = model::mark;
using model::Kind;

// The mark of this many bytes among the tenths of a download, if one of them lies there.
std::optional<WallTime> at_tenth(model::Measurement const& m, std::int64_t bytes) {
  if (m.filesize <= 0 || bytes > m.filesize || bytes * 10 % m.filesize != 0) return std::nullopt;
  return m.marks.at(model::dataperc_name(static_cast<int>(bytes * 100 / m.filesize)));
}

std::optional<double> rate_bps(std::int64_t bytes, std::optional<WallTime> from,
                               std::optional<WallTime> to) {
  if (!from || !to || *to <= *from) return std::nullopt;
  return static_cast<double>(bytes) * 8e6 / static_cast<double>((*to - *from).count());
}

bool came_whole(model::Measurement const& m) {
  return m.kind == Kind::download && m.outcome.ok() && m.payload_bytes >= m.filesize;
}

}  // namespace

std::optional<double> latency_us(model::Measurement const& m) {
  if (!m.outcome.ok() || m.kind == Kind::page || m.kind == Kind::allocation) return std::nullopt;
  auto const time = m.marks.between(mark::kDataRequest, mark::kDataResponse);
  if (!time || *time < Micros{0}) return std::nullopt;
  return static_cast<double>(time->count());
}

std::optional<double> early_throughput_bps(model::Measurement const& m) {
  if (!came_whole(m)) return std::nullopt;
  constexpr auto kHalf = KiB(512).count;
  constexpr auto kWhole = MiB(1).count;
  if (auto const rate = rate_bps(kWhole - kHalf, at_tenth(m, kHalf), at_tenth(m, kWhole)))
    return rate;
  constexpr std::int64_t kNearHalf = 512'000;
  return rate_bps(kWhole - kNearHalf, m.marks.at(model::partial_name(kNearHalf)),
                  m.marks.at(model::partial_name(kWhole)));
}

std::optional<double> late_throughput_bps(model::Measurement const& m) {
  if (!came_whole(m)) return std::nullopt;
  return rate_bps(MiB(1).count, at_tenth(m, MiB(4).count), at_tenth(m, MiB(5).count));
}

std::vector<Micros> hops_since_launch(model::Circuit const& circuit) {
  std::vector<Micros> out;
  if (to_us(circuit.launched_at) == 0) return out;
  auto const reused = std::find_if(circuit.states.begin(), circuit.states.end(),
                                   [](auto const& s) { return s.status == "CANNIBALIZED"; });
  auto last = circuit.launched_at;
  for (auto const& hop : circuit.path) {
    if (hop.extended_at < last) break;  // not seen, which is 0, or the clock was set back
    if (reused != circuit.states.end() && hop.extended_at > reused->at) break;
    out.push_back(hop.extended_at - circuit.launched_at);
    last = hop.extended_at;
  }
  return out;
}

std::vector<Micros> hop_by_hop(std::vector<Micros> const& since_launch) {
  std::vector<Micros> out;
  for (auto const time : since_launch)
    out.push_back(out.empty() ? time : time - since_launch[out.size() - 1]);
  return out;
}

}  // namespace perfd::stats
