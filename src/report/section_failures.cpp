// What failed and of what; which relays were the first hop.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "report/markup.h"
#include "report/sections.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

struct FailureRow {
  std::string label;  // experiment and arm
  std::size_t place = 0;
  model::FailureCode code{};
  std::size_t count = 0;
  std::size_t n = 0;  // measurements of the experiment and arm

  [[nodiscard]] double share() const { return static_cast<double>(count) / static_cast<double>(n); }
};

// By experiment and arm in the order of the results, the most frequent code first.
std::vector<FailureRow> failure_rows(Collected const& results) {
  std::map<std::string, std::size_t> totals;
  std::map<std::string, std::size_t> places;
  std::map<std::pair<std::string, model::FailureCode>, std::size_t> counts;
  for (auto const& series : results.series) {
    auto const label = series.experiment_and_arm();
    totals[label] += series.n;
    places.try_emplace(label, places.size());
    for (auto const& [code, count] : series.failures) counts[{label, code}] += count;
  }
  std::vector<FailureRow> out;
  for (auto const& [key, count] : counts)
    out.push_back({key.first, places[key.first], key.second, count, totals[key.first]});
  std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) {
    return std::tuple(a.place, b.count, a.code) < std::tuple(b.place, a.count, b.code);
  });
  return out;
}

std::string bar(double share) {
  return fmt::format(
      "<svg height=\"10\" aria-hidden=\"true\"><rect class=\"bad\" height=\"10\" "
      "width=\"{}%\" rx=\"1\"/></svg>",
      coordinate(std::max(100 * share, 0.4)));
}

std::string failure_table(std::vector<FailureRow> const& rows) {
  double greatest = 0;
  for (auto const& row : rows) greatest = std::max(greatest, row.share());
  auto out =
      "<div class=\"scroll\"><table>\n<thead>" +
      head_cells({"experiment", "what", "share of its measurements", "%", "failed", "of"}, 3) +
      "</thead>\n<tbody>\n";
  std::string_view last;
  constexpr std::size_t kMost = 200;
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    auto const& row = rows[i];
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"text long\">{}</th><td class=\"text\"><code>{}</code></td>"
        "<td class=\"graph\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        row.label == last ? "" : escaped(shortened(row.label, 60)), model::name(row.code),
        bar(row.share() / greatest), percent(row.count, row.n), counted(row.count), counted(row.n));
    last = row.label;
  }
  out += "</tbody></table></div>\n";
  if (rows.size() > kMost)
    out += nothing_here(fmt::format("{} more lines are left out.", rows.size() - kMost));
  return out;
}

// The range of a guard's times on a scale that all share: a line with a dot at the median.
std::string range_graph(GuardUse const& guard, double end) {
  auto const at = [&](double p) {
    return coordinate(100 * std::min(stats::quantile(guard.first_byte, p).value_or(0) / end, 1.0));
  };
  return fmt::format(
      "<svg height=\"12\" aria-hidden=\"true\"><line class=\"zero\" x1=\"0\" x2=\"0\" y1=\"0\" "
      "y2=\"12\"/><line class=\"s0 whisker\" x1=\"{}%\" x2=\"{}%\" y1=\"6\" y2=\"6\"/>"
      "<circle class=\"dot s0\" cx=\"{}%\" cy=\"6\" r=\"3.4\"/></svg>",
      at(0.1), at(0.9), at(0.5));
}

std::string guard_row(GuardUse const& guard, std::size_t n, double end) {
  auto const median = stats::quantile(guard.first_byte, 0.5);
  return fmt::format(
      "<tr><th scope=\"row\" class=\"text long\">{}</th><td class=\"text\"><code>{}</code></td>"
      "<td>{}</td><td>{}</td>{}<td class=\"graph\">{}</td><td>{}</td></tr>\n",
      guard.nickname.empty() ? "–" : escaped(shortened(guard.nickname, 40)),
      escaped(shortened(guard.fingerprint, 40)), counted(guard.n), percent(guard.n, n),
      median ? "<td>" + time_text(*median) + "</td>" : R"(<td class="none">–</td>)",
      median ? range_graph(guard, end) : "",
      guard.failed == 0 ? "0"
                        : counted(guard.failed) + " (" + percent(guard.failed, guard.n) + ")");
}

}  // namespace

std::string section_failures(Collected const& results, PlotIds& ids) {
  auto out = heading("failures", "Failures") +
             sentence(
                 "What kept measurements from succeeding, by experiment and code, as a share "
                 "of all measurements of the experiment. Codes that begin with PERFD tell of "
                 "perfd itself, not of Tor.");
  auto const rows = failure_rows(results);
  if (rows.empty())
    return out + nothing_here(results.n == 1 ? std::string("Nothing failed: the one measurement "
                                                           "succeeded.")
                                             : fmt::format("Nothing failed: all {} succeeded.",
                                                           counted(results.n, "measurement")));
  return out + failure_table(rows) + failure_rate_plots(results, ids);
}

std::string section_guards(Collected const& results) {
  auto out = heading("guards", "First hops") +
             sentence(
                 "The relays through which measurements entered the Tor network: the most "
                 "used first. A first hop shapes everything behind it; one that was used for "
                 "other experiments than its neighbours can't be compared with them.");
  if (results.guards.empty())
    return out + nothing_here(
                     "No measurement tells its first hop. perfd learns it from tor's "
                     "control port.");
  constexpr std::size_t kMost = 40;
  auto const shown = std::min(results.guards.size(), kMost);
  double end = 0;
  for (std::size_t i = 0; i < shown; ++i)
    end = std::max(end, stats::quantile(results.guards[i].first_byte, 0.9).value_or(0));
  if (end <= 0) end = 1;
  auto const with_guard = results.n - results.without_guard;
  auto const scale = fmt::format("10 % to 90 %, from 0 to {}", time_text(end));
  out += "<div class=\"scroll\"><table>\n<thead>" +
         head_cells({"nickname", "fingerprint", "n", "share", "median time to first byte", scale,
                     "failed"},
                    2) +
         "</thead>\n<tbody>\n";
  for (std::size_t i = 0; i < shown; ++i) out += guard_row(results.guards[i], with_guard, end);
  out += "</tbody></table></div>\n";
  if (results.guards.size() > shown)
    out += sentence(fmt::format("{} more were used less.", counted(results.guards.size() - shown)));
  if (results.without_guard > 0)
    out += sentence(fmt::format("{} of {} tell no first hop.", counted(results.without_guard),
                                counted(results.n, "measurement")));
  return out;
}

}  // namespace perfd::report
