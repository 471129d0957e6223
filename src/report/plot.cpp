#include "report/plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "report/markup.h"

namespace perfd::report {
namespace {

// The extent of the inner SVG, in its own unit.
constexpr double kExtent = 1000;

std::string percent_at(double share) { return coordinate(100 * share) + "%"; }

std::string place_in(Point point) {
  return coordinate(kExtent * point.x) + " " + coordinate(kExtent * (1 - point.y));
}

// "M1 2 3 4": further pairs after M are lines.
std::string path_of(std::vector<Point> const& points) {
  std::string out = "M";
  std::string last;
  for (auto const& point : points) {
    auto place = place_in(point);
    if (place == last) continue;
    if (!last.empty()) out += " ";
    out += place;
    last = std::move(place);
  }
  return out;
}

std::string grid_lines(Axis const& x, Axis const& y) {
  std::string out;
  for (auto const& tick : y.ticks)
    out += fmt::format(R"(<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>)",
                       tick.at < 1e-9 ? "zero" : "grid", percent_at(1 - tick.at),
                       percent_at(1 - tick.at));
  for (auto const& tick : x.ticks)
    out += fmt::format(R"(<line class="grid" x1="{}" x2="{}" y1="0" y2="100%"/>)",
                       percent_at(tick.at), percent_at(tick.at));
  return out;
}

std::string x_labels(Axis const& x) {
  std::string out;
  bool const many = x.ticks.size() > 6;
  for (std::size_t i = 0; i < x.ticks.size(); ++i) {
    auto const& [at, label, below] = x.ticks[i];
    // On a narrow screen every other one is hidden; those that tell the date stay.
    auto const* const css = many && i % 2 == 1 ? "tick odd" : "tick";
    out += fmt::format(R"(<text class="{}" x="{}" y="100%" dy="16">{}</text>)", css, percent_at(at),
                       escaped(label));
    if (!below.empty())
      out += fmt::format(R"(<text class="tick" x="{}" y="100%" dy="30">{}</text>)", percent_at(at),
                         escaped(below));
  }
  return out;
}

std::string y_labels(Axis const& y) {
  std::string out;
  for (auto const& tick : y.ticks)
    out += fmt::format(R"(<text class="side" x="-8" y="{}" dy="4">{}</text>)",
                       percent_at(1 - tick.at), escaped(tick.label));
  return out;
}

}  // namespace

Axis value_axis(std::string_view title, double low, double high, DisplayUnit unit,
                std::size_t most_ticks) {
  Axis out{fmt::format("{}, {}", title, unit.name), low, high};
  auto const round = round_numbers(low / unit.divisor, high / unit.divisor, most_ticks);
  for (auto const number : round.at)
    out.ticks.push_back({out.place(number * unit.divisor), round.text(number)});
  return out;
}

Axis share_axis(std::string_view title) {
  Axis out{fmt::format("{}, %", title), 0, 1};
  for (int const part : {0, 25, 50, 75, 100})
    out.ticks.push_back({part / 100.0, std::to_string(part)});
  return out;
}

Axis time_axis(WallTime first, WallTime last) {
  constexpr Micros kLeast{2'000'000};
  if (last - first < kLeast) {
    first = wall_from_us(std::max<std::int64_t>(to_us(first - kLeast), 0));
    last += kLeast;
  }
  Axis out{"time, UTC", static_cast<double>(to_us(first)), static_cast<double>(to_us(last))};
  for (auto& [at, label, below] : moments(first, last, 9))
    out.ticks.push_back({out.place(static_cast<double>(to_us(at))), label, below});
  // A time of day says nothing without its date, which may not lie in the axis.
  auto const dates = first < last && format_date(first) == format_date(last);
  out.title = dates ? fmt::format("time on {}, UTC", format_date(first)) : out.title;
  return out;
}

void Plot::axes(Axis const& x, Axis const& y) {
  two_rows_ = std::any_of(x.ticks.begin(), x.ticks.end(),
                          [](auto const& tick) { return !tick.below.empty(); });
  axes_ = grid_lines(x, y) + x_labels(x) + y_labels(y) +
          fmt::format(R"(<text class="name" x="100%" y="100%" dy="{}">{}</text>)",
                      two_rows_ ? 46 : 34, escaped(x.title)) +
          fmt::format(R"(<text class="name top" x="-40" y="-10">{}</text>)", escaped(y.title));
}

void Plot::key(std::string_view label, std::size_t style) {
  keys_ += fmt::format(R"(<li><svg class="sample" width="28" height="10" aria-hidden="true">)"
                       R"(<line class="line s{}" x1="0" x2="28" y1="5" y2="5"/></svg> {}</li>)",
                       style % kStyles, escaped(label));
}

void Plot::line(std::vector<Point> const& points, std::size_t style) {
  if (points.empty()) return;
  stretched_ += fmt::format(R"(<path class="line s{}" d="{}"/>)", style % kStyles, path_of(points));
}

void Plot::area(std::vector<Point> const& outline, std::string_view css) {
  if (outline.empty()) return;
  stretched_ += fmt::format(R"(<path class="{}" d="{}Z"/>)", css, path_of(outline));
}

void Plot::dot(Point at, std::size_t style) {
  dots_ += fmt::format(R"(<circle class="dot s{}" cx="{}" cy="{}" r="3.2"/>)", style % kStyles,
                       percent_at(at.x), percent_at(1 - at.y));
}

void Plot::note(std::string_view text) { notes_ += "<p>" + escaped(text) + "</p>"; }

void Plot::nothing(std::string_view why) {
  why_nothing_ = why;
  if (!why.empty()) why_nothing_[0] = to_upper(why.substr(0, 1))[0];
}

std::string Plot::svg(std::string_view id) const {
  return fmt::format(
      "<div class=\"frame{}\"><svg class=\"plot\" role=\"img\" width=\"100%\" height=\"{}\" "
      "aria-labelledby=\"{}t {}d\"><title id=\"{}t\">{}</title><desc id=\"{}d\">{}</desc>{}"
      "<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 1000 1000\" "
      "preserveAspectRatio=\"none\">{}</svg>{}</svg></div>",
      two_rows_ ? " two" : "", height_, id, id, id, escaped(title_), id, escaped(description_),
      axes_, stretched_, dots_);
}

std::string Plot::html(std::string_view id) const {
  std::string out = "<figure>\n<figcaption>" + escaped(title_) + "</figcaption>\n";
  if (!why_nothing_.empty())
    return out + "<p class=\"nothing\">" + escaped(why_nothing_) + "</p>\n</figure>\n";
  if (!keys_.empty()) out += "<ul class=\"key\">" + keys_ + "</ul>\n";
  out += svg(id) + "\n";
  if (!notes_.empty()) out += "<div class=\"notes\">" + notes_ + "</div>\n";
  return out + "</figure>\n";
}

}  // namespace perfd::report
