// Figures by the definitions of Tor Metrics' graphs and of OnionPerf, so that a reader can lay them
// beside those of years. docs/statistics.md has the formulas; source: "Reproducible Metrics",
// section Performance, of metrics.torproject.org.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::stats {

// "Circuit round-trip latency", in µs: DATARESPONSE - DATAREQUEST. Nothing for a failure, where a
// mark is missing, and for page loads and series, whose marks are of many requests.
[[nodiscard]] std::optional<double> latency_us(model::Measurement const& measurement);

// Throughput in bit/s while the payload between two offsets came; nothing but of a successful
// download, and nothing where the marks don't tell the moments of both offsets.
//
// From 0.5 to 1 MiB, which Tor Metrics drew until 2021: in 1 MiB between DATAPERC50 and 100, in
// 5 MiB between DATAPERC10 and 20, and in other sizes whose tenths lie there. Elsewhere from
// 512,000 to 1,048,576 bytes, between the PARTIAL marks of these sizes.
[[nodiscard]] std::optional<double> early_throughput_bps(model::Measurement const& measurement);
// From 4 to 5 MiB, which Tor Metrics draws since 2021 and OnionPerf has as "mbps": in 5 MiB between
// DATAPERC80 and 100, and in other sizes whose tenths lie there.
[[nodiscard]] std::optional<double> late_throughput_bps(model::Measurement const& measurement);

// How long a circuit took to its first, second, … hop, each since its launch; ends before the
// first hop that was not seen, or that came out of order. A hop that a cannibalized circuit got
// later is none of them: it waited for its use, not for the network.
[[nodiscard]] std::vector<Micros> hops_since_launch(model::Circuit const& circuit);
// What each hop alone took, as Tor Metrics draws it: the first of the above, and then the deltas.
[[nodiscard]] std::vector<Micros> hop_by_hop(std::vector<Micros> const& since_launch);

}  // namespace perfd::stats
