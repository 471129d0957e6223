// What the page and the CSV tell of measurements: the metrics of stats/metric.h, and the figures of
// Tor Metrics' graphs (stats/tor_metrics.h).
// Thread: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/measurement.h"
#include "report/scale.h"

namespace perfd::report {

// Times in µs, rates in bit/s. The first ones are stats::Metric, in its order.
enum class Quantity : std::uint8_t {
  first_byte,
  last_byte,
  throughput,
  answer,
  first_paint,
  largest_paint,
  load,
  fully_loaded,
  latency,
  early_throughput,  // 0.5 to 1 MiB
  late_throughput,   // 4 to 5 MiB
  built_1,           // from the launch of the circuit to its first hop, …
  built_2,
  built_3,
  built_4,
  hop_1,  // of each hop alone
  hop_2,
  hop_3,
  hop_4,
};
inline constexpr std::size_t kQuantities = 19;
inline constexpr std::size_t kHops = 4;  // onion services' circuits have that many

[[nodiscard]] constexpr Quantity quantity(std::size_t number) {
  return static_cast<Quantity>(number);
}
[[nodiscard]] constexpr std::size_t number_of(Quantity quantity) {
  return static_cast<std::size_t>(quantity);
}

// In the CSV: "ttfb", "throughput_4_5_mib", "built_1", …
[[nodiscard]] std::string_view name(Quantity quantity);
// For a person: "time to first byte"
[[nodiscard]] std::string_view title(Quantity quantity);
[[nodiscard]] bool is_rate(Quantity quantity);
[[nodiscard]] DisplayUnit unit(Quantity quantity, double largest);
// "156 ms", "3.42 Mbit/s"
[[nodiscard]] std::string value_text(Quantity quantity, double value);

// The times that a measurement of this kind has when it succeeds: what distributions show, and the
// two of them that are shown over time.
[[nodiscard]] std::span<Quantity const> times_of(model::Kind kind);
[[nodiscard]] std::span<Quantity const> over_time(model::Kind kind);

// When it is over: the last byte, of a page fully loaded, of a resolution the answer.
[[nodiscard]] Quantity end_of(model::Kind kind);

// All of one successful measurement; NaN for what it doesn't have.
using Values = std::array<double, kQuantities>;
[[nodiscard]] Values values_of(model::Measurement const& measurement);

}  // namespace perfd::report
