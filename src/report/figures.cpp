#include "report/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "report/table.h"
#include "report/words.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

constexpr std::size_t kGuards = 10;
constexpr std::size_t kLabel = 44;
constexpr std::size_t kCell = 18;

// "ab/early, 50 KiB, onion"
std::string line_label(Series const& series) {
  auto out = printable(series.experiment_and_arm(), kLabel);
  if (series.key.filesize > 0) out += ", " + format_bytes(Bytes{series.key.filesize});
  if (series.key.target != "direct")
    out += ", " + (series.key.target == "web" ? std::string("URL") : series.key.target);
  return out;
}

std::string cell(Quantity quantity, std::vector<double> const& sorted) {
  auto const spread = stats::spread_of_sorted(sorted);
  if (!spread) return "-";
  if (!is_rate(quantity)) return spread_text(*spread);
  return fmt::format("{:.2f} ({:.2f}–{:.2f})", spread->median / 1e6, spread->p10 / 1e6,
                     spread->p90 / 1e6);
}

struct Column {
  Quantity quantity;
  char const* head;
};

// Lines of the series that have any of the values; empty without one.
std::string table(Collected const& results, std::string_view title,
                  std::vector<Column> const& columns) {
  std::size_t width = title.size();
  std::vector<std::pair<std::string, Series const*>> lines;
  for (auto const& series : results.series) {
    if (std::all_of(columns.begin(), columns.end(),
                    [&](auto const& column) { return series.of(column.quantity).empty(); }))
      continue;
    lines.emplace_back(line_label(series), &series);
    width = std::max(width, lines.back().first.size());
  }
  if (lines.empty()) return "";
  auto out = fmt::format("{:<{}}", title, width);
  for (auto const& column : columns) out += fmt::format(" {:>{}}", column.head, kCell);
  out += "\n";
  for (auto const& [label, series] : lines) {
    out += fmt::format("{:<{}}", label, width);
    for (auto const& column : columns)
      out += fmt::format(" {:>{}}", cell(column.quantity, series->of(column.quantity)), kCell);
    out += "\n";
  }
  return out;
}

std::string tor_metrics_table(Collected const& results) {
  auto const out = table(results, "as Tor Metrics draws it",
                         {{Quantity::latency, "latency"},
                          {Quantity::early_throughput, "Mbit/s 0.5-1 MiB"},
                          {Quantity::late_throughput, "Mbit/s 4-5 MiB"}});
  return out.empty() ? out
                     : out +
                           "Each: the median (10 % are under the first, 90 % under the "
                           "second). Latency: from the request to its first byte.\n";
}

std::string circuit_table(Collected const& results) {
  return table(results, "circuits, each hop alone",
               {{Quantity::hop_1, "first hop"},
                {Quantity::hop_2, "second hop"},
                {Quantity::hop_3, "third hop"},
                {Quantity::hop_4, "fourth hop"}});
}

std::string share(std::size_t part, std::size_t whole) {
  return fmt::format("{:.2f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string guard_table(Collected const& results) {
  if (results.guards.empty()) return "";
  auto out = fmt::format("{:<40}  {:<19} {:>7} {:>9} {:>7} {:>9} {:>20}\n", "first hops",
                         "nickname", "n", "share", "failed", "of its n", "time to first byte");
  auto const shown = std::min(results.guards.size(), kGuards);
  for (std::size_t i = 0; i < shown; ++i) {
    auto const& guard = results.guards[i];
    out += fmt::format("{:<40}  {:<19} {:>7} {:>9} {:>7} {:>9} {:>20}\n",
                       printable(guard.fingerprint, 40), printable(guard.nickname, 19), guard.n,
                       share(guard.n, results.n - results.without_guard), guard.failed,
                       share(guard.failed, guard.n), cell(Quantity::first_byte, guard.first_byte));
  }
  if (results.guards.size() > shown)
    out += fmt::format("{} more were used less; --json has them all.\n",
                       results.guards.size() - shown);
  if (results.without_guard > 0)
    out +=
        fmt::format("{} of {} measurements tell no first hop.\n", results.without_guard, results.n);
  return out;
}

}  // namespace

std::string figure_tables(Collected const& results) {
  std::string out;
  for (auto const& part :
       {tor_metrics_table(results), circuit_table(results), guard_table(results)})
    if (!part.empty()) out += (out.empty() ? "" : "\n") + part;
  return out;
}

}  // namespace perfd::report
