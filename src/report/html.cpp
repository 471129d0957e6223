#include "report/html.h"

#include "report/document.h"
#include "report/sections.h"

namespace perfd::report {
namespace {

constexpr std::string_view kNavigation =
    "<nav aria-label=\"Sections\"><a href=\"#summary\">Summary</a> "
    "<a href=\"#times\">Times</a> <a href=\"#over-time\">Over time</a> "
    "<a href=\"#throughput\">Throughput</a> <a href=\"#circuits\">Circuits</a> "
    "<a href=\"#failures\">Failures</a> <a href=\"#guards\">First hops</a> "
    "<a href=\"#comparisons\">Comparisons</a></nav>\n";

}  // namespace

std::string html_page(Page const& page) {
  PlotIds ids;
  std::string out = section_head(page);
  // Of nothing a summary says that there is nothing, once.
  bool const any = page.results.n > 0;
  if (any) out += kNavigation;
  out += "<main>\n";
  out += section_summary(page.results);
  if (any) {
    out += section_times(page.results, ids);
    out += section_over_time(page.results, ids);
    out += section_throughput(page.results, ids);
    out += section_circuits(page.results, ids);
    out += section_failures(page.results, ids);
    out += section_guards(page.results);
  }
  out += section_comparisons(page);
  out +=
      "</main>\n<footer>What each figure is and what the intervals promise: docs/statistics.md of "
      "perfd. Quantiles are exact; lines of many values are drawn at a few hundred of their true "
      "steps.</footer>\n";
  return html_document("perfd report", {}, out);
}

}  // namespace perfd::report
