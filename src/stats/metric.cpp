#include "stats/metric.h"

namespace perfd::stats {
namespace {

namespace mark = model::mark;
using model::Kind;

// All metrics but throughput are times from START to a mark.
std::string_view end_of(Metric metric) {
  switch (metric) {
    case Metric::first_byte:
      return mark::kDataResponse;
    case Metric::last_byte:
      return mark::kDataComplete;
    case Metric::answer:
      return mark::kResponse;
    case Metric::first_paint:
      return mark::kFirstContentfulPaint;
    case Metric::largest_paint:
      return mark::kLargestContentfulPaint;
    case Metric::load:
      return mark::kLoad;
    case Metric::fully_loaded:
      return mark::kFullyLoaded;
    case Metric::throughput:
      break;
  }
  return {};
}

bool has(Kind kind, Metric metric) {
  switch (metric) {
    case Metric::first_byte:
      return true;
    // Of a page that is nearly the time to fully loaded, which tells of requests that failed, too.
    case Metric::last_byte:
      return kind != Kind::page;
    case Metric::throughput:
      return kind == Kind::download || kind == Kind::upload;
    case Metric::answer:
      return kind == Kind::resolve;
    default:
      return kind == Kind::page;
  }
}

}  // namespace

std::string_view name(Metric metric) {
  constexpr std::string_view kNames[] = {"ttfb", "ttlb", "throughput", "answer",
                                         "fcp",  "lcp",  "load",       "fully_loaded"};
  return kNames[static_cast<std::size_t>(metric)];
}

std::optional<double> value_of(Metric metric, model::Measurement const& m) {
  if (metric == Metric::throughput) return throughput_bps(m);
  if (!has(m.kind, metric)) return std::nullopt;
  auto const time = m.marks.between(mark::kStart, end_of(metric));
  return time ? std::optional(static_cast<double>(time->count())) : std::nullopt;
}

std::optional<double> throughput_bps(model::Measurement const& m) {
  if (!has(m.kind, Metric::throughput)) return std::nullopt;
  auto const time = m.kind == Kind::upload
                        ? m.server.between(mark::kServerAccept, mark::kServerLast)
                        : m.marks.between(mark::kStart, mark::kDataComplete);
  if (!m.outcome.ok() || !time || *time <= Micros{0} || m.payload_bytes <= 0) return std::nullopt;
  return static_cast<double>(m.payload_bytes) * 8e6 / static_cast<double>(time->count());
}

}  // namespace perfd::stats
