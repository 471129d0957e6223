// The sections of the page, each a piece of HTML. For html.cpp alone.
// Thread: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/html.h"
#include "report/plot.h"
#include "report/words.h"

namespace perfd::report {

// Names of plots, unique on the page.
class PlotIds {
 public:
  [[nodiscard]] std::string next() { return "p" + std::to_string(++last_); }

 private:
  std::size_t last_ = 0;
};

// More plots than this are not drawn in one section, which says so.
inline constexpr std::size_t kMostPlots = 60;

[[nodiscard]] std::string section_head(Page const& page);
[[nodiscard]] std::string section_summary(Collected const& results);
[[nodiscard]] std::string section_times(Collected const& results, PlotIds& ids);
[[nodiscard]] std::string section_over_time(Collected const& results, PlotIds& ids);
[[nodiscard]] std::string section_throughput(Collected const& results, PlotIds& ids);
[[nodiscard]] std::string section_circuits(Collected const& results, PlotIds& ids);
[[nodiscard]] std::string section_failures(Collected const& results, PlotIds& ids);
// Its second half: when they failed, and which series had none.
[[nodiscard]] std::string failure_rate_plots(Collected const& results, PlotIds& ids);
[[nodiscard]] std::string section_guards(Collected const& results);
[[nodiscard]] std::string section_comparisons(Page const& page);

// What the sections share. All take plain, untrusted text.
[[nodiscard]] std::string heading(std::string_view id, std::string_view text);
[[nodiscard]] std::string sentence(std::string_view text);     // a quiet paragraph
[[nodiscard]] std::string capitalized(std::string_view text);  // ASCII
[[nodiscard]] std::string nothing_here(std::string_view why);  // in the place of plots or a table
[[nodiscard]] std::string head_cells(std::vector<std::string_view> const& names,
                                     std::size_t texts);  // the first `texts` of them to the left
[[nodiscard]] std::string plots(std::vector<Plot> const& all, std::string_view css, PlotIds& ids);
// A table below the plots, for those who want numbers: the quantiles of each series.
[[nodiscard]] std::string quantile_table(Collected const& results,
                                         std::vector<Quantity> const& quantities);

// "download-5m/early, 5 MiB": what tells a series from the others with the same kind and target.
[[nodiscard]] std::string series_label(Series const& series);
// "downloads, direct": kind and target.
[[nodiscard]] std::string kind_and_target(Series const& series);
// "no value: all 12 measurements failed"
[[nodiscard]] std::string why_no_value(Series const& series);

}  // namespace perfd::report
