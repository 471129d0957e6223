#include "report/distribution.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/ecdf.h"
#include "report/markup.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

// So few that each is seen as a dot.
constexpr std::size_t kFewEnoughForDots = 12;

double end_of_line(std::span<double const> sorted) {
  if (sorted.size() < kFewestToCut) return sorted.back();
  return stats::quantile(sorted, 0.99).value_or(sorted.back());
}

void draw_steps(Plot& plot, Axis const& axis, std::span<double const> sorted, std::size_t style) {
  std::vector<Point> points;
  double share = 0;
  for (auto const& step : ecdf(sorted)) {
    if (step.value > axis.high) break;
    auto const x = axis.place(step.value);
    points.push_back({x, share});
    share = step.share;
    points.push_back({x, share});
    if (sorted.size() <= kFewEnoughForDots) plot.dot({x, share}, style);
  }
  if (share < 1 && !points.empty()) points.push_back({1, share});
  plot.line(points, style);
}

std::string cut_note(Quantity quantity, Extent const& extent,
                     std::vector<SampleLine> const& lines) {
  std::size_t n = 0;
  std::size_t beyond = 0;
  double greatest = 0;
  std::size_t drawn = 0;
  for (auto const& line : lines) {
    if (line.sorted.empty()) continue;
    ++drawn;
    n += line.sorted.size();
    auto const over = std::upper_bound(line.sorted.begin(), line.sorted.end(), extent.high);
    beyond += static_cast<std::size_t>(line.sorted.end() - over);
    greatest = std::max(greatest, line.sorted.back());
  }
  return fmt::format("Cut at {}, {}: of {}, {} {} beyond; the greatest is {}.",
                     value_text(quantity, extent.high),
                     drawn == 1 ? "the 99th percentile" : "the greatest of the 99th percentiles",
                     counted(n, "value"), counted(beyond), beyond == 1 ? "lies" : "lie",
                     value_text(quantity, greatest));
}

std::string described(Quantity quantity, std::vector<SampleLine> const& lines,
                      std::string_view axis) {
  auto out = fmt::format("Cumulative distribution: {}.", axis);
  for (auto const& [label, sorted, why_none] : lines) {
    if (sorted.empty()) continue;
    auto const at = [&, values = sorted](double p) {
      return value_text(quantity, stats::quantile(values, p).value_or(0));
    };
    out += fmt::format(" {}: {}, median {}, 90 % under {}.", label, counted(sorted.size(), "value"),
                       at(0.5), at(0.9));
  }
  return out;
}

}  // namespace

Extent extent_of(std::vector<SampleLine> const& lines) {
  bool any = false;
  double low = 0;
  double high = 0;
  double greatest = 0;
  for (auto const& line : lines) {
    if (line.sorted.empty()) continue;
    low = any ? std::min(low, line.sorted.front()) : line.sorted.front();
    high = std::max(high, end_of_line(line.sorted));
    greatest = std::max(greatest, line.sorted.back());
    any = true;
  }
  if (!any || high <= 0) return {};
  if (greatest > high) return {low > 0.6 * high ? low - 0.06 * (high - low) : 0, high, true};
  if (low > 0.6 * high && high > low)
    return {low - 0.06 * (high - low), high + 0.06 * (high - low), false};
  return {0, 1.04 * high, false};
}

Plot distribution_plot(std::string title, Quantity quantity, std::vector<SampleLine> const& lines,
                       std::string_view axis) {
  if (axis.empty()) axis = report::title(quantity);
  Plot plot(std::move(title), described(quantity, lines, axis));
  plot.tall();
  auto const any = std::any_of(lines.begin(), lines.end(),
                               [](auto const& line) { return !line.sorted.empty(); });
  std::string none;
  for (auto const& line : lines)
    if (line.sorted.empty())
      none += fmt::format("{}{}: {}.", none.empty() ? "" : " ", line.label, line.why_none);
  if (!any) {
    plot.nothing(lines.size() == 1 ? lines.front().why_none + "." : none);
    return plot;
  }
  auto const extent = extent_of(lines);
  auto const shown = unit(quantity, extent.high);
  auto const x = value_axis(axis, extent.low, extent.high, shown, 7);
  plot.axes(x, share_axis("share of measurements"));
  // A line keeps its style whether or not its neighbours have values.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sorted.empty()) continue;
    plot.key(fmt::format("{} ({})", lines[i].label, counted(lines[i].sorted.size())), i);
    draw_steps(plot, x, lines[i].sorted, i);
  }
  if (extent.low > 0)
    plot.note(fmt::format("The axis begins at {}, not at 0.", value_text(quantity, extent.low)));
  if (extent.cut) plot.note(cut_note(quantity, extent, lines));
  if (!none.empty()) plot.note(none);
  return plot;
}

}  // namespace perfd::report
