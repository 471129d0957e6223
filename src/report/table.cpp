#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "report/group_summary.h"

namespace perfd::report {
namespace {

using stats::Metric;

struct Line {
  std::string label;
  stats::Summary summary;
};

std::string span_cell(double us) {
  return describe_duration(Micros{static_cast<std::int64_t>(us)});
}

std::string mbit_cell(double bps) { return fmt::format("{:.2f}", bps / 1e6); }

// Three cells: 10 % are under the first, half under the second, 90 % under the third.
template <class Cell>
std::string cells(std::optional<stats::Spread> const& spread, Cell cell) {
  if (!spread) return fmt::format(" {:>9} {:>9} {:>9}", "-", "-", "-");
  return fmt::format(" {:>9} {:>9} {:>9}", cell(spread->p10), cell(spread->median),
                     cell(spread->p90));
}

std::string transfer_table(std::vector<Line> const& lines, std::size_t width) {
  auto const heads = fmt::format(" {:>9} {:>9} {:>9}", "p10", "median", "p90");
  auto out = fmt::format("{:<{}} {:>7} {:>7} {:^30}{:^30}{:^30}\n", "", width, "", "",
                         "time to first byte", "time to last byte", "Mbit/s") +
             fmt::format("{:<{}} {:>7} {:>7}{}{}{}\n", "experiment", width, "n", "failed", heads,
                         heads, heads);
  for (auto const& [label, summary] : lines)
    out += fmt::format("{:<{}} {:>7} {:>7}{}{}{}\n", label, width, summary.n, summary.failed(),
                       cells(summary.of(Metric::first_byte), span_cell),
                       cells(summary.of(Metric::last_byte), span_cell),
                       cells(summary.of(Metric::throughput), mbit_cell));
  return out;
}

constexpr std::pair<Metric, char const*> kPageColumns[] = {{Metric::first_byte, "first byte"},
                                                           {Metric::first_paint, "first paint"},
                                                           {Metric::largest_paint, "largest paint"},
                                                           {Metric::load, "load"},
                                                           {Metric::fully_loaded, "fully loaded"}};

// Five times in three figures each would be 150 columns wide.
std::string page_table(std::vector<Line> const& lines, std::size_t width) {
  auto out = fmt::format("{:<{}} {:>6} {:>6}", "page loads", width, "n", "failed");
  for (auto const& [metric, head] : kPageColumns) out += fmt::format(" {:>18}", head);
  out += "\n";
  for (auto const& [label, summary] : lines) {
    out += fmt::format("{:<{}} {:>6} {:>6}", label, width, summary.n, summary.failed());
    for (auto const& [metric, head] : kPageColumns) {
      auto const& spread = summary.of(metric);
      out += fmt::format(" {:>18}", spread ? spread_text(*spread) : "-");
    }
    out += "\n";
  }
  return out + "Each: the median (10 % are under the first, 90 % under the second).\n";
}

std::string remarks(std::vector<Line> const& lines) {
  std::string out;
  for (auto const& [label, summary] : lines) {
    if (auto const& answer = summary.of(Metric::answer))
      out += fmt::format("{}: time to the answer {} (median; 10 % under {}, 10 % over {})\n", label,
                         span_cell(answer->median), span_cell(answer->p10), span_cell(answer->p90));
    if (!summary.failures.empty())
      out += fmt::format("{}: {}\n", label, by_code(summary.failures, summary.n));
  }
  return out;
}

std::size_t widest(std::vector<Line> const& lines) {
  std::size_t width = 10;
  for (auto const& line : lines) width = std::max(width, line.label.size());
  return width;
}

}  // namespace

std::string spread_text(stats::Spread const& us) {
  auto const in = [&](double divisor, int decimals, char const* unit) {
    return fmt::format("{:.{}f} ({:.{}f}–{:.{}f}) {}", us.median / divisor, decimals,
                       us.p10 / divisor, decimals, us.p90 / divisor, decimals, unit);
  };
  if (us.p90 < 9'950) return in(1e3, 1, "ms");
  if (us.p90 < 999'500) return in(1e3, 0, "ms");
  return in(1e6, us.p90 < 9'995'000 ? 2 : us.p90 < 99'950'000 ? 1 : 0, "s");
}

std::string by_code(std::map<model::FailureCode, std::size_t> const& failures, std::size_t of) {
  std::string out;
  for (auto const& [code, count] : failures)
    out += fmt::format("{}{} x {} ({:.1f} %)", out.empty() ? "" : ", ", count, model::name(code),
                       100 * static_cast<double>(count) / static_cast<double>(of));
  return out;
}

std::string summary_tables(std::vector<Group const*> const& groups, Collected const& results) {
  std::vector<Line> lines;
  std::vector<Line> transfers;
  std::vector<Line> pages;
  for (auto const* group : groups) {
    auto const& line = lines.emplace_back(Line{group->label(), summary_of(*group, results)});
    // An experiment whose kind was changed is in both.
    if (line.summary.page_loads < line.summary.n) transfers.push_back(line);
    if (line.summary.page_loads > 0) pages.push_back(line);
  }
  std::string out;
  auto const add = [&out](std::string const& part) {
    if (!part.empty()) out += (out.empty() ? "" : "\n") + part;
  };
  if (!transfers.empty()) add(transfer_table(transfers, widest(transfers)));
  if (!pages.empty()) add(page_table(pages, widest(pages)));
  add(remarks(lines));
  return out;
}

}  // namespace perfd::report
