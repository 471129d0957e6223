// The head of the page, and the table of what every experiment came to.
#include <fmt/format.h>

#include <map>

#include "base/time_text.h"
#include "report/markup.h"
#include "report/sections.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

// "op-de1 (1,200), op-us2 (14)", or the name alone; of very many the first.
std::string names_and_counts(std::map<std::string, std::size_t> const& names,
                             std::string_view unnamed) {
  constexpr std::size_t kMost = 12;
  std::string out;
  std::size_t told = 0;
  for (auto const& [name, count] : names) {
    if (told == kMost) return out + fmt::format(" and {} more", names.size() - kMost);
    out += (told++ == 0 ? "" : ", ") + escaped(shortened(name.empty() ? unnamed : name, 60));
    if (names.size() > 1) out += fmt::format(" ({})", counted(count));
  }
  return out;
}

std::string term(std::string_view name, std::string const& markup) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup);
}

std::string period_text(Collected const& results) {
  if (results.n == 0) return "–";
  if (!results.first) return "not known: no measurement tells when it began";
  auto out = format_iso_seconds(*results.first);
  if (*results.last != *results.first) out += " to " + format_iso_seconds(*results.last);
  if (results.without_time > 0)
    out += fmt::format("; {} without a time are not in the plots over time",
                       counted(results.without_time));
  return out;
}

// Results of other programs, which were imported, tell none.
std::string measured_by(std::map<std::string, std::size_t> const& versions) {
  if (versions.empty()) return "–";
  if (versions.size() == 1 && versions.begin()->first.empty()) return "not told";
  return "perfd " + names_and_counts(versions, "not told");
}

std::string median_and_p90(Quantity quantity, std::vector<double> const& sorted) {
  if (sorted.empty()) return R"(<td class="none">–</td><td class="none">–</td>)";
  return fmt::format("<td>{}</td><td>{}</td>",
                     value_text(quantity, stats::quantile(sorted, 0.5).value_or(0)),
                     value_text(quantity, stats::quantile(sorted, 0.9).value_or(0)));
}

}  // namespace

std::string section_head(Page const& page) {
  auto const& results = page.results;
  std::string filters;
  for (auto const& filter : page.filters)
    filters += (filters.empty() ? "" : "; ") + escaped(filter);
  auto const failed = results.n - results.ok;
  return "<header>\n<h1>How Tor performed</h1>\n"
         "<p class=\"lead\">perfd asked for pages, files and names through Tor on a schedule and "
         "noted when each step happened. This page shows how long it took, how fast data came, "
         "what failed, and through which relays it went. Times and rates are of successful "
         "measurements; failures are counted beside them. Quantiles are exact.</p>\n<dl>\n" +
         term(results.sources.size() == 1 ? "Source" : "Sources",
              results.n == 0 ? "–" : names_and_counts(results.sources, "no name")) +
         term("Period", period_text(results)) +
         term("Measurements",
              results.n == 0
                  ? std::string("none")
                  : fmt::format("{}: {} succeeded, {} failed ({})", counted(results.n),
                                counted(results.ok), counted(failed), percent(failed, results.n))) +
         term("Filters", filters.empty() ? "none: all that the store has" : filters) +
         term("Measured by", measured_by(results.versions)) +
         term("Report by", "perfd " + escaped(page.perfd_version)) + "</dl>\n</header>\n";
}

std::string section_summary(Collected const& results) {
  auto out = heading("summary", "Summary") +
             sentence(
                 "Half of the measurements took no longer than the median, nine of ten no "
                 "longer than the 90th percentile; of throughput the 90th percentile is the "
                 "fast end. The end is the last byte, of a page load when it was fully "
                 "loaded, of a resolution its answer.");
  if (results.series.empty()) return out + nothing_here("No results match.");
  out +=
      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\" "
      "rowspan=\"2\">experiment</th><th scope=\"col\" class=\"text\" rowspan=\"2\">what</th>"
      "<th scope=\"col\" rowspan=\"2\">n</th><th scope=\"col\" rowspan=\"2\">ok</th>"
      "<th scope=\"col\" rowspan=\"2\">failed</th>"
      "<th scope=\"colgroup\" colspan=\"2\">first byte</th>"
      "<th scope=\"colgroup\" colspan=\"2\">end</th>"
      "<th scope=\"colgroup\" colspan=\"2\">throughput</th></tr>\n<tr>";
  for (int i = 0; i < 3; ++i) out += R"(<th scope="col">median</th><th scope="col">90 %</th>)";
  out += "</tr></thead>\n<tbody>\n";
  for (auto const& series : results.series)
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"text long\">{}</th><td class=\"text long\">{}</td>"
        "<td>{}</td><td>{}</td><td>{}</td>{}{}{}</tr>\n",
        escaped(series_label(series)), escaped(kind_and_target(series)), counted(series.n),
        counted(series.ok),
        series.failed() == 0
            ? "0"
            : counted(series.failed()) + " (" + percent(series.failed(), series.n) + ")",
        median_and_p90(Quantity::first_byte, series.of(Quantity::first_byte)),
        median_and_p90(end_of(series.key.kind), series.of(end_of(series.key.kind))),
        median_and_p90(Quantity::throughput, series.of(Quantity::throughput)));
  return out + "</tbody></table></div>\n";
}

}  // namespace perfd::report
