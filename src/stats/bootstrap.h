// Confidence intervals for the difference of two arms, from blocks of time drawn anew.
//
// Measurements that are neighbours in time resemble each other: the same congestion, the same
// guard, the same hour of the day. Drawn anew one by one (Efron 1979) they would look like more
// evidence than they are. So time is cut into blocks, and whole blocks are drawn, with the values
// of both arms that are in them (Carlstein 1986; Künsch 1989; Hall, Horowitz and Jing 1995): what
// holds neighbours together stays together, and what both arms met at the same time stays paired.
// Arms that were measured at different times share no block that could be paired. Of these each is
// drawn by itself, as many blocks as it has: then the one doesn't count more or less because the
// other was drawn.
//
// The interval is the percentile interval, widened for a small number of blocks as Student's
// distribution is wider than the normal one (Hesterberg 2015, "expanded percentile").
// docs/statistics.md has the sources and how often the intervals are wrong.
// Thread: pure functions. The same seed gives the same interval on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace perfd::stats {

// One arm's values, each with the number of the block of time that it lies in. Only which values
// share a block counts, within an arm and, where both are drawn together, between them.
struct Blocked {
  std::vector<double> values;
  std::vector<std::int64_t> blocks;  // as many

  void add(double value, std::int64_t block) {
    values.push_back(value);
    blocks.push_back(block);
  }
  [[nodiscard]] std::size_t block_count() const;  // blocks that hold a value
};

// Whether a draw is of the blocks of both arms, each with all that lies in it, or of each arm's
// own.
enum class Drawn : std::uint8_t { together, apart };

struct Bootstrap {
  double level = 0.95;
  std::size_t draws = 4000;
  std::uint64_t seed = 1;
};

// The differences of the quantiles `ps` (stats/quantile.h), in their order.
// Nothing where an arm has no values, or values in a single block.
[[nodiscard]] std::optional<std::vector<Difference>> quantile_differences(
    Blocked const& base, Blocked const& other, std::span<double const> ps, Bootstrap const& how,
    Drawn drawn = Drawn::together);

// The difference of the means; of values that are 0 or 1 that of the rates.
// Blocks in which all values are the most common one of all count for nothing in the widening: of
// failures that came in three bursts there are three blocks to learn from, however many pass
// without.
[[nodiscard]] std::optional<Difference> mean_difference(Blocked const& base, Blocked const& other,
                                                        Bootstrap const& how,
                                                        Drawn drawn = Drawn::together);

}  // namespace perfd::stats
