// What is told of a measurement in one number: how long something took, or how fast it went.
// docs/statistics.md has the table.
// Thread: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::stats {

// Times in µs, throughput in bit/s. What a kind of measurement doesn't have is never 0 but nothing.
enum class Metric : std::uint8_t {
  first_byte,
  last_byte,
  throughput,
  answer,         // of resolutions alone
  first_paint,    // from here on of page loads alone: first contentful paint,
  largest_paint,  // largest contentful paint,
  load,           // the load event,
  fully_loaded,   // the end of the last request, or the load event
};
inline constexpr std::array kMetrics = {
    Metric::first_byte,  Metric::last_byte,     Metric::throughput, Metric::answer,
    Metric::first_paint, Metric::largest_paint, Metric::load,       Metric::fully_loaded};

// "ttfb", "ttlb", "throughput", "answer", "fcp", "lcp", "load", "fully_loaded"
[[nodiscard]] std::string_view name(Metric metric);

[[nodiscard]] std::optional<double> value_of(Metric metric, model::Measurement const& measurement);

// In bits a second; nothing for a failure or an empty payload.
// Of a download: the verified payload over the time to the last byte, which is what the user got
// from the moment of asking on.
// Of an upload: the payload over the server's time from accepting the connection to its last byte;
// the client knows only when it handed bytes to its socket. The way of the request is part of it:
// what waited at the exit comes in one burst, and a rate from the first byte on would be the
// burst's.
// Of a page load and of a series: nothing. Most of their time nothing is on the way, because the
// browser computes or the next request waits for its turn.
[[nodiscard]] std::optional<double> throughput_bps(model::Measurement const& measurement);

}  // namespace perfd::stats
