// Two arms compared: for each metric the difference of the medians and of the 90th percentiles and
// the test of Mann and Whitney; and the difference of the failure rates. docs/statistics.md tells
// what each is and how often it errs.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"
#include "stats/arm_sample.h"
#include "stats/bootstrap.h"
#include "stats/interval.h"
#include "stats/mann_whitney.h"

namespace perfd::stats {

// With fewer, no interval is given: of the values of each arm, and of the blocks of time that they
// lie in.
inline constexpr std::size_t kFewestForMedian = 20;
inline constexpr std::size_t kFewestForP90 = 50;
inline constexpr std::size_t kFewestForFailures = 20;
inline constexpr std::size_t kFewestBlocks = 8;
// With fewer of an arm, neighbours share no long blocks, and the interval is too narrow where they
// resemble each other.
inline constexpr std::size_t kFewForNeighbours = 200;

struct CompareOptions {
  std::optional<Micros> block;  // else default_block()
  Bootstrap bootstrap;
};

struct MetricComparison {
  Metric metric = Metric::first_byte;
  std::size_t base_n = 0;
  std::size_t other_n = 0;
  // Nothing where there are too few values.
  std::optional<Difference> median;
  std::optional<Difference> p90;
  std::optional<MannWhitney> mann_whitney;
};

// The blocks of an arm that was drawn by itself.
struct OwnBlocks {
  Micros length{};
  std::size_t count = 0;  // that hold measurements

  friend bool operator==(OwnBlocks const&, OwnBlocks const&) = default;
};

struct Comparison {
  std::optional<Micros> block;    // nothing where there is too little to cut time into blocks
  std::size_t blocks = 0;         // that hold measurements
  std::size_t shared_blocks = 0;  // that hold measurements of both arms
  // Of arms that were measured at different times (apart()): each has its own blocks, drawn by
  // themselves, and the three above are what the common ones would have been.
  std::optional<OwnBlocks> base_blocks;
  std::optional<OwnBlocks> other_blocks;
  std::optional<WallTime> first;  // start of the first and of the last measurement of both
  std::optional<WallTime> last;
  std::vector<MetricComparison> metrics;  // those of which there is a value
  std::optional<Difference> failure_rate;

  // Most was measured at other times than the other arm: what differs may be the time.
  [[nodiscard]] bool apart() const { return 2 * shared_blocks < blocks; }
  [[nodiscard]] std::size_t differences() const;  // how many there are an interval of
};

// The interval of the failure rate is the wider, at each end, of the one from blocks of time and
// Newcombe's (stats/proportion.h): failures come in bursts, which the first accounts for; but where
// none or few were seen, blocks that are drawn anew show none either.
[[nodiscard]] Comparison compare(ArmSample const& base, ArmSample const& other,
                                 CompareOptions const& options);

}  // namespace perfd::stats
