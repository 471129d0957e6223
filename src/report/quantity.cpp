#include "report/quantity.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "stats/metric.h"
#include "stats/tor_metrics.h"

namespace perfd::report {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

static_assert(number_of(Quantity::fully_loaded) + 1 == stats::kMetrics.size());
static_assert(number_of(Quantity::hop_4) + 1 == kQuantities);

double or_none(std::optional<double> value) { return value.value_or(kNone); }

void set_hops(Values& out, model::Measurement const& m) {
  // The circuit that the stream was attached to first.
  if (m.tor.circuits.empty()) return;
  auto const built = stats::hops_since_launch(m.tor.circuits.front());
  auto const alone = stats::hop_by_hop(built);
  for (std::size_t hop = 0; hop < std::min(built.size(), kHops); ++hop) {
    out[number_of(Quantity::built_1) + hop] = static_cast<double>(built[hop].count());
    out[number_of(Quantity::hop_1) + hop] = static_cast<double>(alone[hop].count());
  }
}

}  // namespace

std::string_view name(Quantity quantity) {
  constexpr std::string_view kNames[] = {"latency",
                                         "throughput_0.5_1_mib",
                                         "throughput_4_5_mib",
                                         "built_1",
                                         "built_2",
                                         "built_3",
                                         "built_4",
                                         "hop_1",
                                         "hop_2",
                                         "hop_3",
                                         "hop_4"};
  auto const number = number_of(quantity);
  if (number < stats::kMetrics.size()) return stats::name(stats::kMetrics[number]);
  return kNames[number - stats::kMetrics.size()];
}

std::string_view title(Quantity quantity) {
  constexpr std::string_view kTitles[] = {"time to first byte",
                                          "time to last byte",
                                          "throughput",
                                          "time to the answer",
                                          "time to first contentful paint",
                                          "time to largest contentful paint",
                                          "time to the load event",
                                          "time to fully loaded",
                                          "latency",
                                          "throughput from 0.5 to 1 MiB",
                                          "throughput from 4 to 5 MiB",
                                          "launch to first hop",
                                          "launch to second hop",
                                          "launch to third hop",
                                          "launch to fourth hop",
                                          "first hop alone",
                                          "second hop alone",
                                          "third hop alone",
                                          "fourth hop alone"};
  return kTitles[number_of(quantity)];
}

bool is_rate(Quantity quantity) {
  return quantity == Quantity::throughput || quantity == Quantity::early_throughput ||
         quantity == Quantity::late_throughput;
}

DisplayUnit unit(Quantity quantity, double largest) {
  return is_rate(quantity) ? rate_unit(largest) : time_unit(largest);
}

std::string value_text(Quantity quantity, double value) {
  return is_rate(quantity) ? rate_text(value) : time_text(value);
}

std::span<Quantity const> times_of(model::Kind kind) {
  static constexpr Quantity kTransfer[] = {Quantity::first_byte, Quantity::last_byte};
  static constexpr Quantity kAnswer[] = {Quantity::answer};
  static constexpr Quantity kPage[] = {Quantity::first_byte, Quantity::first_paint,
                                       Quantity::largest_paint, Quantity::load,
                                       Quantity::fully_loaded};
  // A series of streams has no first byte of its own.
  static constexpr Quantity kSeries[] = {Quantity::last_byte};
  if (kind == model::Kind::page) return kPage;
  if (kind == model::Kind::resolve) return kAnswer;
  if (kind == model::Kind::allocation) return kSeries;
  return kTransfer;
}

std::span<Quantity const> over_time(model::Kind kind) {
  static constexpr Quantity kPage[] = {Quantity::first_byte, Quantity::fully_loaded};
  return kind == model::Kind::page ? kPage : times_of(kind);
}

Quantity end_of(model::Kind kind) {
  if (kind == model::Kind::page) return Quantity::fully_loaded;
  return kind == model::Kind::resolve ? Quantity::answer : Quantity::last_byte;
}

Values values_of(model::Measurement const& m) {
  Values out;
  out.fill(kNone);
  for (std::size_t i = 0; i < stats::kMetrics.size(); ++i)
    out[i] = or_none(stats::value_of(stats::kMetrics[i], m));
  out[number_of(Quantity::latency)] = or_none(stats::latency_us(m));
  out[number_of(Quantity::early_throughput)] = or_none(stats::early_throughput_bps(m));
  out[number_of(Quantity::late_throughput)] = or_none(stats::late_throughput_bps(m));
  set_hops(out, m);
  return out;
}

}  // namespace perfd::report
