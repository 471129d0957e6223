#include "stats/summary.h"

namespace perfd::stats {

namespace mark = model::mark;

std::optional<Micros> time_to_first_byte(model::Measurement const& m) {
  return m.marks.between(mark::kStart, mark::kDataResponse);
}

std::optional<Micros> time_to_last_byte(model::Measurement const& m) {
  return m.marks.between(mark::kStart, mark::kDataComplete);
}

std::optional<double> throughput_bps(model::Measurement const& m) {
  bool const upload = m.kind == model::Kind::upload;
  auto const time =
      upload ? m.server.between(mark::kServerAccept, mark::kServerLast) : time_to_last_byte(m);
  if (!m.outcome.ok() || !time || *time <= Micros{0} || m.payload_bytes <= 0) return std::nullopt;
  return static_cast<double>(m.payload_bytes) * 8e6 / static_cast<double>(time->count());
}

void Summarizer::add(model::Measurement const& m) {
  ++counts_.n;
  if (!m.outcome.ok()) {
    ++counts_.failures[m.outcome.code];
    return;
  }
  ++counts_.ok;
  if (auto const time = time_to_first_byte(m))
    ttfb_us_.push_back(static_cast<double>(time->count()));
  if (auto const time = time_to_last_byte(m))
    ttlb_us_.push_back(static_cast<double>(time->count()));
  if (auto const rate = throughput_bps(m)) throughput_bps_.push_back(*rate);
}

Summary Summarizer::summary() const {
  auto summary = counts_;
  summary.ttfb_us = spread(ttfb_us_);
  summary.ttlb_us = spread(ttlb_us_);
  summary.throughput_bps = spread(throughput_bps_);
  return summary;
}

}  // namespace perfd::stats
