#include "report/sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/markup.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

// Names come from configurations and from imported files: they may have any length.
constexpr std::size_t kLongestLabel = 60;

std::string quantile_cells(Quantity quantity, std::vector<double> const& sorted) {
  std::string out;
  for (double const p : {0.1, 0.25, 0.5, 0.75, 0.9, 0.99})
    out += fmt::format("<td>{}</td>",
                       escaped(value_text(quantity, stats::quantile(sorted, p).value_or(0))));
  return out;
}

}  // namespace

std::string heading(std::string_view id, std::string_view text) {
  return fmt::format("<h2 id=\"{}\">{}</h2>\n", id, escaped(text));
}

std::string sentence(std::string_view text) {
  return "<p class=\"lead\">" + escaped(text) + "</p>\n";
}

std::string capitalized(std::string_view text) {
  return to_upper(text.substr(0, 1)) +
         std::string(text.substr(std::min<std::size_t>(1, text.size())));
}

std::string nothing_here(std::string_view why) {
  return "<p class=\"nothing\">" + escaped(why) + "</p>\n";
}

std::string head_cells(std::vector<std::string_view> const& names, std::size_t texts) {
  std::string out = "<tr>";
  for (std::size_t i = 0; i < names.size(); ++i)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", i < texts ? " class=\"text\"" : "",
                       escaped(names[i]));
  return out + "</tr>\n";
}

std::string plots(std::vector<Plot> const& all, std::string_view css, PlotIds& ids) {
  auto out = fmt::format("<div class=\"{}\">\n", css);
  for (auto const& plot : all) out += plot.html(ids.next());
  return out + "</div>\n";
}

std::string quantile_table(Collected const& results, std::vector<Quantity> const& quantities) {
  std::string rows;
  for (auto const& series : results.series)
    for (auto const quantity : quantities) {
      auto const& sorted = series.of(quantity);
      if (sorted.empty()) continue;
      rows += fmt::format(
          "<tr><th scope=\"row\" class=\"text long\">{}</th><td class=\"text\">{}</td>"
          "<td class=\"text\">{}</td><td>{}</td>{}</tr>\n",
          escaped(series_label(series)), escaped(kind_and_target(series)), title(quantity),
          counted(sorted.size()), quantile_cells(quantity, sorted));
    }
  if (rows.empty()) return "";
  return "<details><summary>The numbers as a table</summary>\n<div class=\"scroll\"><table>\n"
         "<thead>" +
         head_cells(
             {"experiment", "of", "figure", "n", "10 %", "25 %", "median", "75 %", "90 %", "99 %"},
             3) +
         "</thead>\n<tbody>\n" + rows + "</tbody></table></div></details>\n";
}

std::string series_label(Series const& series) {
  auto out = shortened(series.experiment_and_arm(), kLongestLabel);
  if (series.key.filesize > 0) out += ", " + format_bytes(Bytes{series.key.filesize});
  return out;
}

std::string kind_and_target(Series const& series) {
  auto const target = series.key.target == "web"
                          ? series.more_urls ? std::string("web addresses") : series.url
                          : series.key.target;
  return fmt::format("{}, {}", plural(series.key.kind), shortened(target, kLongestLabel));
}

std::string why_no_value(Series const& series) {
  if (series.ok == 0)
    return series.n == 1 ? std::string("no value: the only measurement failed")
                         : fmt::format("no value: all {} failed", counted(series.n, "measurement"));
  return fmt::format("no value: {} succeeded, but {} this moment",
                     counted(series.ok, "measurement"), series.ok == 1 ? "it lacks" : "they lack");
}

}  // namespace perfd::report
