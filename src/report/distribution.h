// Distributions as one plot: of each line, how many per cent of its values are not greater.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/plot.h"
#include "report/quantity.h"

namespace perfd::report {

struct SampleLine {
  std::string label;               // of untrusted text
  std::span<double const> sorted;  // ascending; the caller keeps it
  std::string why_none;            // what is said where it is empty
};

// Where the axis of values begins and ends.
struct Extent {
  double low = 0;
  double high = 1;
  bool cut = false;  // values lie beyond

  friend bool operator==(Extent const&, Extent const&) = default;
};
// From this many values on a line is cut at its 99th percentile: with fewer that is the greatest.
inline constexpr std::size_t kFewestToCut = 100;
// From 0, or from a little below the least value where all lie far from 0; up to the greatest of
// the lines' 99th percentiles. Not empty, even of no values.
[[nodiscard]] Extent extent_of(std::vector<SampleLine> const& lines);

// At most kStyles lines. What was cut off, and which lines have no values, is told below the plot.
// Without any value the plot says why.
[[nodiscard]] Plot distribution_plot(std::string title, Quantity quantity,
                                     std::vector<SampleLine> const& lines,
                                     std::string_view axis = {});  // else the quantity's title

}  // namespace perfd::report
