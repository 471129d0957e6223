#include "web/page/markup.h"

#include <fmt/format.h>

#include "model/selection_terms.h"
#include "report/markup.h"
#include "web/page/dashboard.h"

namespace perfd::web {
namespace {

// Percentiles as smoke.
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath "
    "d='M1 9l4-6 4 3 6-4v9l-6 1-4-3-4 5z' fill='%2364b1f2' opacity='.6'/%3E%3Cpath d='M1 12l4-6 4 "
    "3 "
    "6-4' fill='none' stroke='%230b62a8' stroke-width='2'/%3E%3C/svg%3E";

// Relative, so that it also works below a path of somebody else's server.
std::string links_to(std::span<Asset const> assets) {
  std::string out;
  for (auto const& asset : assets)
    if (asset.name.ends_with(".css"))
      out += fmt::format("<link rel=stylesheet href=\"assets/{}\">\n", asset.name);
    else
      out += fmt::format("<script type=module src=\"assets/{}\"></script>\n", asset.name);
  return out;
}

std::string where_data_is(bool publishes) {
  return "<h2>Data</h2>\n<ul>\n"
         "<li><a href=\"results.jsonl\">/results.jsonl</a>: every measurement with all of its "
         "steps, one JSON object a line\n"
         "<li><a href=\"results.tpf\">/results.tpf</a>: the same as Torperf's key=value lines\n"
         "<li><code>/api/v1/measurements/ID</code>: one of them, by the <code>id</code> that its "
         "line has; with <code>.har</code> behind it, a page load as HAR for browsers' developer "
         "tools; with <code>.svg</code>, a drawing of it on an axis of time\n"
         "<li><a href=\"api/v1/openapi.json\">/api/v1/openapi.json</a>: what else can be asked\n" +
         std::string(publishes ? "<li><a href=\"collector/\">/collector/</a>: OnionPerf's analysis "
                                 "and .tpf of each day\n"
                               : "") +
         "</ul>\n<p>The first two take " + model::selection_term_names() +
         " and limit, as in "
         "<a href=\"results.jsonl?limit=10\">/results.jsonl?limit=10</a>.</p>\n";
}

}  // namespace

std::string page_html(DashboardOptions const& options, std::string_view summary) {
  auto const vantage = report::escaped(options.vantage);
  bool const script = !options.assets.empty();
  return fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      "<title>perfd at {0}</title>\n<link rel=icon href=\"{1}\">\n{2}</head>\n<body>\n"
      "<div id=perfd>\n<header class=top><p class=brand>perfd <span>at {0}</span></p></header>\n"
      "<main><h1>Overview</h1>\n<div id=summary>\n{3}</div>\n{4}{5}</main>\n"
      "<footer>Times are UTC. perfd {6}.</footer>\n</div>\n</body>\n</html>\n",
      vantage, kIcon, links_to(options.assets), summary,
      script ? "<noscript><p class=notes>With scripts there are plots, too, of every figure over "
               "time and every single measurement.</p></noscript>\n"
             : "",
      where_data_is(options.publishes), report::escaped(options.version));
}

std::string trouble_html(std::string_view why) {
  return fmt::format(
      "<div class=\"nothing bad\"><p><strong>No figures now:</strong> {}.</p></div>\n",
      report::escaped(why));
}

}  // namespace perfd::web
