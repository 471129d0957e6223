// How times went up and down, and when measurements failed.
#include <fmt/format.h>

#include <algorithm>

#include "base/time_text.h"
#include "report/markup.h"
#include "report/sections.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

// With fewer values a bucket's quantiles are its values; the median is drawn as a dot besides.
constexpr std::size_t kFewInBucket = 4;

struct Span {
  double from = 0;
  double to = 0;  // on the axis, cut at its ends
};

Span place_of(WallTime from, Micros length, Axis const& axis) {
  auto const at = [&](WallTime time) {
    return std::clamp(axis.place(static_cast<double>(to_us(time))), 0.0, 1.0);
  };
  return {at(from), at(from + length)};
}

// Runs of neighbouring buckets: a line must not lead over time without measurements.
template <class Item, class Draw>
void for_each_run(std::vector<Item> const& items, Micros bucket, Draw draw) {
  for (auto first = items.begin(); first != items.end();) {
    auto last = first + 1;
    while (last != items.end() && last->from - (last - 1)->from == bucket) ++last;
    draw(first, last);
    first = last;
  }
}

// There and back: the upper edge in steps, then the lower one.
void draw_band(Plot& plot, Axis const& x, Axis const& y, Series const& series,
               std::vector<Band> const& bands, double Band::*low, double Band::*high,
               std::string_view css) {
  for_each_run(bands, series.bucket, [&](auto first, auto last) {
    std::vector<Point> outline;
    for (auto band = first; band != last; ++band) {
      auto const span = place_of(band->from, series.bucket, x);
      outline.push_back({span.from, y.place((*band).*high)});
      outline.push_back({span.to, y.place((*band).*high)});
    }
    for (auto band = last; band != first;) {
      --band;
      auto const span = place_of(band->from, series.bucket, x);
      outline.push_back({span.to, y.place((*band).*low)});
      outline.push_back({span.from, y.place((*band).*low)});
    }
    plot.area(outline, css);
  });
}

void draw_medians(Plot& plot, Axis const& x, Axis const& y, Series const& series,
                  std::vector<Band> const& bands) {
  for_each_run(bands, series.bucket, [&](auto first, auto last) {
    std::vector<Point> line;
    for (auto band = first; band != last; ++band) {
      auto const span = place_of(band->from, series.bucket, x);
      line.push_back({span.from, y.place(band->median)});
      line.push_back({span.to, y.place(band->median)});
      if (band->n < kFewInBucket) plot.dot({(span.from + span.to) / 2, y.place(band->median)}, 0);
    }
    plot.line(line, 0);
  });
}

std::string range_text(Quantity quantity, std::vector<Band> const& bands) {
  auto const [least, most] = std::minmax_element(
      bands.begin(), bands.end(), [](auto const& a, auto const& b) { return a.median < b.median; });
  return fmt::format("The medians lie between {} and {}.", value_text(quantity, least->median),
                     value_text(quantity, most->median));
}

// Where the axis of values ends, and the greatest value of all bands. A few buckets whose slow
// tenth is far beyond that of the others must not press these flat: their bands are cut.
struct Ends {
  double axis = 0;
  double highest = 0;
};

Ends ends_of(std::vector<Band> const& bands) {
  std::vector<double> tops;
  double quartile = 0;
  for (auto const& band : bands) {
    tops.push_back(band.p90);
    quartile = std::max(quartile, band.q3);
  }
  std::sort(tops.begin(), tops.end());
  auto const usual = 1.2 * stats::quantile(tops, 0.9).value_or(0);
  return {std::min(std::max(quartile, usual), tops.back()), tops.back()};
}

Plot bands_plot(Series const& series, Quantity quantity, Axis const& x) {
  auto const& bands = series.bands[number_of(quantity)];
  auto const what = capitalized(title(quantity));
  auto const head = fmt::format("{}: {}", series_label(series), title(quantity));
  if (bands.empty()) {
    Plot plot(head, "");
    plot.nothing(why_no_value(series) + ".");
    return plot;
  }
  Plot plot(head, fmt::format("{} over time: median, quartiles, and 10 % to 90 % of each {}. {}",
                              what, bucket_text(series.bucket), range_text(quantity, bands)));
  auto const [end, highest] = ends_of(bands);
  auto const shown = unit(quantity, end);
  auto const y =
      value_axis(title(quantity), 0, round_end(end / shown.divisor, 5) * shown.divisor, shown, 6);
  plot.axes(x, y);
  draw_band(plot, x, y, series, bands, &Band::p10, &Band::p90, "outer");
  draw_band(plot, x, y, series, bands, &Band::q1, &Band::q3, "inner");
  draw_medians(plot, x, y, series, bands);
  auto note = fmt::format("{}; steps of {}.", kind_and_target(series), bucket_text(series.bucket));
  if (highest > y.high)
    note += fmt::format(" Bands are cut; the highest ends at {}.", value_text(quantity, highest));
  plot.note(note);
  return plot;
}

Plot failures_plot(Series const& series, Axis const& x) {
  Plot plot(series_label(series),
            fmt::format("Share of failed measurements in each {}: of {}, {} failed.",
                        bucket_text(series.bucket), counted(series.n), counted(series.failed())));
  double highest = 0;
  for (auto const& share : series.shares)
    highest = std::max(highest, static_cast<double>(share.failed) / static_cast<double>(share.n));
  auto const y = value_axis("share of failures", 0,
                            std::min(round_end(100 * highest, 4) / 100, 1.0), {0.01, "%"}, 5);
  plot.axes(x, y);
  // Neighbours in one outline: between two bars a hair of the page would shine through.
  for_each_run(series.shares, series.bucket, [&](auto first, auto last) {
    std::vector<Point> outline = {{place_of(first->from, series.bucket, x).from, 0}};
    for (auto share = first; share != last; ++share) {
      auto const span = place_of(share->from, series.bucket, x);
      auto const top = y.place(static_cast<double>(share->failed) / static_cast<double>(share->n));
      outline.push_back({span.from, top});
      outline.push_back({span.to, top});
    }
    outline.push_back({outline.back().x, 0});
    plot.area(outline, "bad");
  });
  plot.note(fmt::format("{}; bars of {}.", kind_and_target(series), bucket_text(series.bucket)));
  return plot;
}

std::string left_out_note(std::size_t plots) {
  if (plots == 0) return "";
  return nothing_here(fmt::format("{} {} left out here. --experiment chooses fewer.",
                                  counted(plots, "further plot"), plots == 1 ? "is" : "are"));
}

// "612 ms (580 ms – 701 ms)": the median, and between what eight of ten lie.
std::string band_cell(std::vector<Band> const& bands, WallTime from, Quantity quantity) {
  auto const found =
      std::lower_bound(bands.begin(), bands.end(), from,
                       [](auto const& band, WallTime time) { return band.from < time; });
  if (found == bands.end() || found->from != from) return R"(<td class="none">–</td>)";
  return fmt::format("<td>{} ({} – {})</td>", value_text(quantity, found->median),
                     value_text(quantity, found->p10), value_text(quantity, found->p90));
}

// All steps of all series, for those who want numbers: of this section's plots and of those of
// failures over time.
std::string time_table(Collected const& results) {
  constexpr std::size_t kMostRows = 4000;
  std::size_t count = 0;
  std::string rows;
  for (auto const& series : results.series) {
    auto const label = escaped(series_label(series));
    auto const end = end_of(series.key.kind);
    for (auto const& [from, n, failed] : series.shares) {
      if (++count > kMostRows) continue;
      rows += fmt::format(
          "<tr><th scope=\"row\" class=\"text long\">{}</th><td>{}</td><td>{}</td><td>{}</td>"
          "<td>{}</td>{}{}</tr>\n",
          label, format_iso_seconds(from), bucket_text(series.bucket), n, failed,
          band_cell(series.bands[number_of(Quantity::first_byte)], from, Quantity::first_byte),
          band_cell(series.bands[number_of(end)], from, end));
    }
  }
  if (rows.empty()) return "";
  auto out =
      "<details><summary>The numbers as a table</summary>\n<div class=\"scroll\"><table>\n"
      "<thead>" +
      head_cells({"experiment", "from", "step of", "n", "failed",
                  "first byte: median (10 % – 90 %)", "end: median (10 % – 90 %)"},
                 1) +
      "</thead>\n<tbody>\n" + rows + "</tbody></table></div></details>\n";
  if (count > kMostRows)
    out += nothing_here(fmt::format("{} of the table are left out. --experiment chooses fewer.",
                                    counted(count - kMostRows, "line")));
  return out;
}

// What the shades mean, once for all plots.
constexpr std::string_view kBandKey =
    "<ul class=\"key\">"
    "<li><svg class=\"sample\" width=\"28\" height=\"12\" aria-hidden=\"true\">"
    "<line class=\"line s0\" x1=\"0\" x2=\"28\" y1=\"6\" y2=\"6\"/></svg> median</li>"
    "<li><svg class=\"sample\" width=\"28\" height=\"12\" aria-hidden=\"true\">"
    "<rect class=\"outer\" width=\"28\" height=\"12\"/>"
    "<rect class=\"inner\" width=\"28\" height=\"12\"/></svg> half of the measurements</li>"
    "<li><svg class=\"sample\" width=\"28\" height=\"12\" aria-hidden=\"true\">"
    "<rect class=\"outer\" width=\"28\" height=\"12\"/></svg> eight of ten (10 % to 90 %)</li>"
    "</ul>\n";

}  // namespace

std::string section_over_time(Collected const& results, PlotIds& ids) {
  auto out = heading("over-time", "Over time") +
             sentence(
                 "How times went up and down. A gap is a time without a successful "
                 "measurement. All plots have the same axis of time.");
  if (!results.first) return out + nothing_here("No measurement tells when it began.");
  auto const x = time_axis(*results.first, *results.last);
  out += kBandKey;
  std::size_t drawn = 0;
  std::size_t left_out = 0;
  for (auto const& series : results.series) {
    std::vector<Plot> all;
    for (auto const quantity : over_time(series.key.kind)) {
      if (drawn < kMostPlots)
        all.push_back(bands_plot(series, quantity, x));
      else
        ++left_out;
      ++drawn;
    }
    if (!all.empty()) out += plots(all, "plots pairs series", ids);
  }
  return out + left_out_note(left_out) + time_table(results);
}

std::string failure_rate_plots(Collected const& results, PlotIds& ids) {
  std::vector<Plot> all;
  std::size_t left_out = 0;
  std::string without;
  std::size_t more = 0;
  for (auto const& series : results.series) {
    if (series.failed() == 0) {
      constexpr std::size_t kLongEnough = 600;
      if (without.size() > kLongEnough)
        ++more;
      else
        without += (without.empty() ? "" : "; ") + series_label(series);
    } else if (results.first && !series.shares.empty()) {
      if (all.size() < kMostPlots)
        all.push_back(failures_plot(series, time_axis(*results.first, *results.last)));
      else
        ++left_out;
    }
  }
  std::string out;
  if (!all.empty()) out += "<h3>When they failed</h3>\n" + plots(all, "plots", ids);
  out += left_out_note(left_out);
  if (!without.empty())
    out += sentence("Without a failure: " + without +
                    (more > 0 ? fmt::format("; and {} more", more) : "") + ".");
  return out;
}

}  // namespace perfd::report
