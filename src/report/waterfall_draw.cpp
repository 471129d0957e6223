// A chart as SVG. Where things lie across is told in percent of the axis, or in pixels left of it:
// so it is right at any width, and nothing that is written can lie upon anything else. Each moment
// has its name in a row of its own for the same reason.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/markup.h"
#include "report/plot.h"
#include "report/waterfall_chart.h"

namespace perfd::report {
namespace {

constexpr int kRow = 15;
constexpr int kBar = 9;
constexpr auto kLeastWidth = "1";  // of what took no time
constexpr int kKeyHeight = 26;
constexpr int kMomentRow = 16;
// With more rows the axis is marked above them, too.
constexpr std::size_t kRowsInSight = 24;

// A column of what is written left of the axis: its text is cut off at its end.
struct Column {
  int x;
  int width;
  std::string text{};

  void write(std::string_view value, double y, std::string_view css = {}) {
    if (value.empty()) return;
    text += fmt::format(R"(<text{} y="{}">{}</text>)",
                        css.empty() ? std::string() : fmt::format(" class=\"{}\"", css), y,
                        escaped(value));
  }
  [[nodiscard]] std::string svg(int height) const {
    return fmt::format(R"(<svg class="clip" x="{}" y="0" width="{}" height="{}">{}</svg>)", x,
                       width, height, text);
  }
};

// Lines of text, of which each is escaped for itself: a line's end is no character of a record.
std::string title_of(std::string_view lines) {
  if (lines.empty()) return {};
  std::string out;
  for (auto const line : split(lines, '\n')) out += (out.empty() ? "" : "\n") + escaped(line);
  return "<title>" + out + "</title>";
}

class Drawer {
 public:
  explicit Drawer(Chart const& chart)
      : chart_(chart),
        axis_(value_axis("time since the start", 0, static_cast<double>(chart.end.count()),
                         time_unit(static_cast<double>(chart.end.count())), 8)) {}

  Drawing draw() {
    draw_key();
    auto const first_moment = y_;
    y_ += kMomentRow * static_cast<int>(chart_.moments.size()) + 18;
    draw_heads();
    top_ = y_;
    for (auto const& row : chart_.rows) draw_row(row);
    bottom_ = y_;
    draw_moments(first_moment);
    if (!chart_.more.empty()) names_.write(chart_.more, (y_ += kRow) - 4, "strong");
    draw_axis();
    auto const height = y_ + 40;
    std::string svg = stripes_ + grid_ + bars_ + lines_ + key_;
    for (auto const& column : {names_, status_, type_, connection_, moments_})
      svg += column.svg(height);
    return {svg + spans_, height};
  }

 private:
  [[nodiscard]] std::string at(Micros time) const {
    return coordinate(100 * axis_.place(static_cast<double>(time.count()))) + "%";
  }

  // At places that have room for each name.
  void draw_key() {
    double x = -kNamesWidth;
    for (int i = 0; i <= static_cast<int>(Phase::server); ++i) {
      auto const phase = static_cast<Phase>(i);
      bool const shown = std::any_of(chart_.rows.begin(), chart_.rows.end(), [&](auto const& row) {
        return std::any_of(row.stretches.begin(), row.stretches.end(),
                           [&](auto const& stretch) { return stretch.phase == phase; });
      });
      if (!shown) continue;
      key_ += fmt::format(R"(<rect class="{}" x="{}" y="2" width="12" height="{}"/>)"
                          R"(<text x="{}" y="10">{}</text>)",
                          phase_class(phase), coordinate(x), kBar, coordinate(x + 17),
                          phase_name(phase));
      x += 34 + 6.4 * static_cast<double>(phase_name(phase).size());
    }
    y_ = kKeyHeight;
  }

  void draw_heads() {
    if (!chart_.of_page || chart_.rows.empty()) return;
    auto const y = y_ - 5;
    status_.write("status", y, "head");
    type_.write("type", y, "head");
    connection_.write("conn.", y, "head");
    names_.write("resource", y, "head");
    spans_ += fmt::format(R"(<text class="side head" x="-8" y="{}">time</text>)", y);
  }

  void draw_row(ChartRow const& row) {
    auto const middle = y_ + kRow / 2.0;
    auto const baseline = y_ + 11;
    if (row.heading) {
      y_ += 5;
      names_.write(row.name, baseline + 5, "strong group");
      y_ += kRow;
      striped_ = false;
      return;
    }
    striped_ = !striped_;
    if (striped_)
      stripes_ += fmt::format(R"(<rect class="stripe" x="{}" y="{}" width="{}" height="{}"/>)"
                              R"(<rect class="stripe" x="0" y="{}" width="100%" height="{}"/>)",
                              -kNamesWidth - 4, y_, kNamesWidth + 4, kRow, y_, kRow);
    std::string_view const css = row.failed ? "failed" : "";
    status_.write(row.status, baseline, css);
    type_.write(row.type, baseline, css);
    connection_.write(row.connection, baseline, css);
    names_.write(row.name, baseline, css.empty() ? "strong" : css);
    auto const about = title_of(row.about);
    if (!about.empty()) bars_ += "<g>" + about;
    for (auto const& [from, to, phase] : row.stretches)
      bars_ += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>)",
                           phase_class(phase), at(from), y_ + (kRow - kBar) / 2,
                           from < to ? at(to - from) : kLeastWidth, kBar);
    if (row.moment)
      bars_ +=
          fmt::format(R"(<circle class="point" cx="{}" cy="{}" r="3"/>)", at(*row.moment), middle);
    if (!about.empty()) bars_ += "</g>";
    if (!row.note.empty())
      spans_ +=
          fmt::format(R"(<text class="note" x="6" y="{}">{}</text>)", baseline, escaped(row.note));
    if (auto const from = row.from())
      write_span(row.moment ? *row.moment : *row.to() - *from, baseline, css);
    y_ += kRow;
  }

  void write_span(Micros span, double y, std::string_view css) {
    spans_ +=
        fmt::format(R"(<text class="side{}{}" x="-8" y="{}">{}</text>)", css.empty() ? "" : " ",
                    css, y, time_text(static_cast<double>(span.count())));
  }

  // Each in a row of its own, from whose point a line goes down through all the others.
  void draw_moments(int y) {
    for (std::size_t i = 0; i < chart_.moments.size(); ++i, y += kMomentRow) {
      auto const& [name, when] = chart_.moments[i];
      auto const middle = y + kMomentRow / 2.0;
      lines_ += fmt::format(R"(<line class="grid" x1="0" x2="{0}" y1="{1}" y2="{1}"/>)"
                            R"(<line class="moment s{2}" x1="{0}" x2="{0}" y1="{1}" y2="{3}"/>)"
                            R"(<circle class="point" cx="{0}" cy="{1}" r="3"/>)",
                            at(when), middle, i % kStyles, bottom_);
      moments_.write(name, middle + 4, "strong");
      write_span(when, middle + 4, "strong");
    }
  }

  void draw_axis() {
    for (auto const& [place, label, below] : axis_.ticks) {
      auto const x = coordinate(100 * place) + "%";
      grid_ += fmt::format(R"(<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>)", x, top_,
                           bottom_);
      if (chart_.rows.size() > kRowsInSight)
        spans_ += fmt::format(R"(<text class="tick" x="{}" y="{}">{}</text>)", x, top_ - 5, label);
      spans_ +=
          fmt::format(R"(<text class="tick" x="{}" y="{}">{}</text>)", x, bottom_ + 15, label);
    }
    grid_ += fmt::format(R"(<line class="zero" x1="0" x2="100%" y1="{0}" y2="{0}"/>)", bottom_);
    spans_ += fmt::format(R"(<text class="name" x="100%" y="{}">{}</text>)", bottom_ + 32,
                          escaped(axis_.title));
  }

  Chart const& chart_;
  Axis axis_;
  int y_ = 0;
  int top_ = 0;  // of the rows
  int bottom_ = 0;
  bool striped_ = false;
  std::string key_, stripes_, grid_, bars_, lines_, spans_;
  Column status_{-kNamesWidth, 36};
  Column type_{-kNamesWidth + 38, 60};
  Column connection_{-kNamesWidth + 101, 30};
  Column names_{chart_.of_page ? -kNamesWidth + 134 : -kNamesWidth,
                chart_.of_page ? 124 : kNamesWidth - 62};
  Column moments_{-kNamesWidth, kNamesWidth - 62};  // their names have all of the width
};

constexpr std::string_view kWaterfallSheet = R"css(
.frame.waterfall { padding: 6px 26px 6px 322px; min-width: 720px; }
.alone { font: 11.5px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif; font-variant-numeric: tabular-nums; }
.ground { fill: var(--page); }
svg .title { font-size: 15px; font-weight: 600; fill: var(--text); }
svg .head { font-size: 10.5px; }
svg .group { font-weight: 600; }
.waterfall .tick, .waterfall .note, .alone .tick, .alone .note {
  paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
svg .failed { fill: var(--alarm); }
svg .stripe { fill: var(--raised); }
svg .moment { stroke: var(--text); stroke-opacity: 0.75; stroke-width: 1; }
svg .point { fill: var(--text); }
.w0 { fill: var(--rule); } .w1 { fill: var(--c1); } .w2 { fill: var(--c3); }
.w3 { fill: var(--c2); } .w4 { fill: var(--c0); } .w5 { fill: var(--c4); }
.w6 { fill: var(--c3); fill-opacity: 0.55; } .w7 { fill: var(--c5); }
.w1, .w2, .w3, .w4, .w5, .w6, .w7 { stroke: var(--page); stroke-width: 0.3; }
)css";

}  // namespace

Drawing draw_waterfall(Chart const& chart) {
  if (chart.empty())
    return {fmt::format(R"(<text class="strong" x="{}" y="14">Nothing to draw: it ended before )"
                        R"(anything had a time.</text>)",
                        -kNamesWidth),
            24};
  return Drawer(chart).draw();
}

std::string_view waterfall_style() { return kWaterfallSheet; }

}  // namespace perfd::report
