// One plot as a piece of HTML: a figure with its title, a key, an SVG, and notes below it.
//
// The SVG is as wide as its place and fixed in height; positions are percentages, the lines lie in
// an inner SVG that is stretched, and text is not. So it is read alike on a telephone, a wide
// screen and paper, without a script. Thread: values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "report/scale.h"

namespace perfd::report {

// From the left and from the bottom, each as a share of the plot's extent.
struct Point {
  double x = 0;
  double y = 0;
};

struct Tick {
  double at = 0;  // share of the axis
  std::string label;
  std::string below{};  // a second line
};

// An axis and where values lie on it.
struct Axis {
  std::string title;  // what it shows, and the unit
  double low = 0;     // in the values' own unit
  double high = 1;
  std::vector<Tick> ticks{};

  [[nodiscard]] double place(double value) const { return (value - low) / (high - low); }
};
// Ticks at round numbers of the unit. REQUIRES: low < high.
[[nodiscard]] Axis value_axis(std::string_view title, double low, double high, DisplayUnit unit,
                              std::size_t most_ticks);
// From 0 to 100 %.
[[nodiscard]] Axis share_axis(std::string_view title);
// From the first to the last moment, with a little room where that is the same one.
[[nodiscard]] Axis time_axis(WallTime first, WallTime last);

// How many lines can be told from each other, by colour and by dashes.
inline constexpr std::size_t kStyles = 6;

class Plot {
 public:
  // Both plain text: what it shows; and in a sentence or two what a person would see, for those who
  // don't.
  Plot(std::string title, std::string description)
      : title_(std::move(title)), description_(std::move(description)) {}

  void axes(Axis const& x, Axis const& y);
  void tall() { height_ = 240; }
  // The key above the plot, in the order of the calls.
  void key(std::string_view label, std::size_t style);
  void line(std::vector<Point> const& points, std::size_t style);
  // The points' outline is filled; of two that lie upon each other both are seen.
  void area(std::vector<Point> const& outline, std::string_view css);
  void dot(Point at, std::size_t style);
  // A sentence below the plot, plain text.
  void note(std::string_view text);
  // In the place of the plot: why there is none.
  void nothing(std::string_view why);

  // `id` is unique on the page.
  [[nodiscard]] std::string html(std::string_view id) const;

 private:
  [[nodiscard]] std::string svg(std::string_view id) const;

  std::string title_;
  std::string description_;
  int height_ = 170;
  std::string keys_;
  std::string axes_;
  bool two_rows_ = false;  // of labels below
  std::string stretched_;  // what lies in the inner SVG
  std::string dots_;
  std::string notes_;
  std::string why_nothing_;
};

}  // namespace perfd::report
