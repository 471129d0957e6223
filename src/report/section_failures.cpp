// What failed and of what; which relays were the first hop.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "report/markup.h"
#include "report/sections.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

// Of an experiment and arm, or of all.
struct FailureList {
  std::string label;
  std::size_t n = 0;  // measurements, failed or not
  std::size_t failed = 0;
  std::map<model::FailureCode, std::size_t> by_code;

  void add(Series const& series) {
    n += series.n;
    failed += series.failed();
    for (auto const& [code, count] : series.failures) by_code[code] += count;
  }
};

// All together, and then by experiment and arm, in the order of the results.
std::vector<FailureList> failure_lists(Collected const& results) {
  std::vector<FailureList> out = {{"All together", 0, 0, {}}};
  for (auto const& series : results.series) {
    auto const label = series.experiment_and_arm();
    // The series of an experiment and arm stand side by side.
    if (out.size() == 1 || out.back().label != label) out.push_back({label, 0, 0, {}});
    out.front().add(series);
    out.back().add(series);
  }
  if (out.size() == 2) out.erase(out.begin());  // which would say the same again
  return out;
}

std::string bar(double share) {
  return fmt::format(
      "<svg height=\"10\" aria-hidden=\"true\"><rect class=\"bad\" height=\"10\" "
      "width=\"{}%\" rx=\"1\"/></svg>",
      coordinate(std::max(100 * share, 0.6)));
}

std::string failure_figure(FailureList const& list) {
  std::vector<std::pair<model::FailureCode, std::size_t>> rows(list.by_code.begin(),
                                                               list.by_code.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](auto const& a, auto const& b) { return a.second > b.second; });
  auto out = fmt::format(
      "<figure class=\"wide\"><figcaption>{}</figcaption>\n"
      "<div class=\"notes\"><p>{} of {} failed ({})</p></div>\n",
      escaped(shortened(list.label, 60)), counted(list.failed), counted(list.n),
      percent(list.failed, list.n));
  out += "<table><thead>" + head_cells({"what", "share of the failures", "failed", "of all"}, 2) +
         "</thead>\n<tbody>\n";
  for (auto const& [code, count] : rows)
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"text\"><code>{}</code></th><td class=\"graph\">{}</td>"
        "<td>{}</td><td>{}</td></tr>\n",
        model::name(code), bar(static_cast<double>(count) / static_cast<double>(list.failed)),
        counted(count), percent(count, list.n));
  return out + "</tbody></table></figure>\n";
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
      "<tr><th scope=\"row\" class=\"text long\">{}</th><td class=\"text\"><code "
      "class=\"long\">{}</code></td>"
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
                 "What kept measurements from succeeding. The bars are shares of the failures "
                 "of an experiment, the last column is of all its measurements. Codes that "
                 "begin with PERFD tell of perfd itself, not of Tor.");
  if (results.ok == results.n)
    return out + nothing_here(results.n == 1 ? std::string("Nothing failed: the one measurement "
                                                           "succeeded.")
                                             : fmt::format("Nothing failed: all {} succeeded.",
                                                           counted(results.n, "measurement")));
  out += "<div class=\"plots\">\n";
  std::size_t drawn = 0;
  std::size_t left_out = 0;
  for (auto const& list : failure_lists(results)) {
    if (list.failed == 0) continue;
    if (++drawn <= kMostPlots)
      out += failure_figure(list);
    else
      ++left_out;
  }
  out += "</div>\n";
  if (left_out > 0) out += nothing_here(fmt::format("{} more are left out.", left_out));
  return out + failure_rate_plots(results, ids);
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
  auto const scale = fmt::format("10 % to 90 %, of 0 to {}", time_text(end));
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
