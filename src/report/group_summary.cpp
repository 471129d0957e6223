#include "report/group_summary.h"

#include <vector>

namespace perfd::report {
namespace {

// Of most groups there is one series, whose values need neither a copy nor sorting.
std::optional<stats::Spread> spread_of(std::vector<Series const*> const& all, std::size_t metric) {
  if (all.size() == 1) return stats::spread_of_sorted(all.front()->values[metric]);
  std::vector<double> values;
  for (auto const* series : all)
    values.insert(values.end(), series->values[metric].begin(), series->values[metric].end());
  return stats::spread(std::move(values));
}

}  // namespace

stats::Summary summary_of(Group const& group, Collected const& results) {
  stats::Summary out;
  std::vector<Series const*> all;
  for (auto const& series : results.series) {
    if (series.key.experiment != group.experiment || series.key.arm != group.arm) continue;
    all.push_back(&series);
    out.n += series.n;
    out.ok += series.ok;
    if (series.key.kind == model::Kind::page) out.page_loads += series.n;
    for (auto const& [code, count] : series.failures) out.failures[code] += count;
  }
  for (std::size_t i = 0; i < stats::kMetrics.size(); ++i) out.spreads[i] = spread_of(all, i);
  return out;
}

}  // namespace perfd::report
