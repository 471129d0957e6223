// Distributions: times, throughput, and how circuits were built.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/text.h"
#include "report/distribution.h"
#include "report/markup.h"
#include "report/sections.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

using SeriesList = std::vector<Series const*>;

// Those that are comparable at all: of the same kind, to the same target. In the order of the
// results.
std::vector<SeriesList> by_kind_and_target(Collected const& results) {
  std::map<std::pair<model::Kind, std::string>, SeriesList> groups;
  for (auto const& series : results.series)
    groups[{series.key.kind, series.key.target}].push_back(&series);
  std::vector<SeriesList> out;
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  return out;
}

// The slow end of one series is far beyond that of another: on one axis the fast one would be a
// vertical line.
bool far_apart(SeriesList const& group, Quantity quantity) {
  double least = 0;
  double most = 0;
  for (auto const* series : group) {
    auto const end = stats::quantile(series->of(quantity), 0.9).value_or(0);
    if (end <= 0) continue;
    least = least == 0 ? end : std::min(least, end);
    most = std::max(most, end);
  }
  return most > 6 * least;
}

std::size_t arms_from(SeriesList const& list, std::size_t first) {
  auto last = first;
  while (last < list.size() && list[last]->key.experiment == list[first]->key.experiment) ++last;
  return last - first;
}

// No more in one plot than can be told from each other; the arms of an experiment side by side,
// if they are not too many themselves.
void cut_into_plots(SeriesList const& list, std::vector<SeriesList>& out) {
  SeriesList plot;
  for (std::size_t i = 0; i < list.size(); ++i) {
    bool const begins = i == 0 || list[i]->key.experiment != list[i - 1]->key.experiment;
    auto const arms = begins ? arms_from(list, i) : 1;
    bool const fits = plot.size() + (arms > kStyles ? 1 : arms) <= kStyles;
    if (!plot.empty() && !fits) out.push_back(std::exchange(plot, {}));
    plot.push_back(list[i]);
  }
  if (!plot.empty()) out.push_back(std::move(plot));
}

// By size where the sizes are far apart.
std::vector<SeriesList> into_plots(SeriesList const& group, Quantity quantity) {
  std::map<std::int64_t, SeriesList> sizes;
  bool const apart = far_apart(group, quantity);
  for (auto const* series : group) sizes[apart ? series->key.filesize : 0].push_back(series);
  std::vector<SeriesList> out;
  for (auto const& [size, list] : sizes) cut_into_plots(list, out);
  return out;
}

// Small downloads have no throughput from 4 to 5 MiB: that is no lack.
SeriesList those_that_have(SeriesList const& group, Quantity quantity) {
  SeriesList out;
  std::copy_if(group.begin(), group.end(), std::back_inserter(out),
               [&](auto const* series) { return !series->of(quantity).empty(); });
  return out;
}

Plot plot_of(SeriesList const& list, Quantity quantity) {
  bool const one_size = std::all_of(list.begin(), list.end(), [&](auto const* series) {
    return series->key.filesize == list.front()->key.filesize;
  });
  auto title = capitalized(report::title(quantity));
  if (one_size && list.front()->key.filesize > 0)
    title += " of " + format_bytes(Bytes{list.front()->key.filesize});
  std::vector<SampleLine> lines;
  for (auto const* series : list)
    lines.push_back({one_size ? shortened(series->experiment_and_arm(), 60) : series_label(*series),
                     series->of(quantity), why_no_value(*series)});
  return distribution_plot(std::move(title), quantity, lines);
}

// Several experiments may load different web addresses.
std::string group_head(SeriesList const& group) {
  auto const& first = *group.front();
  bool const same = std::all_of(group.begin(), group.end(), [&](auto const* series) {
    return series->target() == first.target();
  });
  return capitalized(same ? kind_and_target(first)
                          : std::string(plural(first.key.kind)) + ", web addresses");
}

struct Drawn {
  std::string html;
  std::size_t count = 0;
  std::size_t left_out = 0;
};

// The plots of one kind and target under a head of their own.
void draw_group(Drawn& out, SeriesList const& group, std::vector<Quantity> const& quantities,
                PlotIds& ids) {
  std::vector<Plot> all;
  for (auto const quantity : quantities) {
    bool const of_some =
        quantity == Quantity::early_throughput || quantity == Quantity::late_throughput;
    for (auto const& list :
         into_plots(of_some ? those_that_have(group, quantity) : group, quantity)) {
      if (out.count == kMostPlots) {
        ++out.left_out;
        continue;
      }
      ++out.count;
      all.push_back(plot_of(list, quantity));
    }
  }
  if (all.empty()) return;
  out.html += "<h3>" + escaped(group_head(group)) + "</h3>\n" + plots(all, "plots", ids);
}

std::string left_out_text(std::size_t plots) {
  if (plots == 0) return "";
  return nothing_here(
      fmt::format("{} {} left out here; the table has all numbers. --experiment chooses fewer.",
                  counted(plots, "further plot"), plots == 1 ? "is" : "are"));
}

// All of one target, ascending.
std::vector<double> pooled(SeriesList const& group, Quantity quantity) {
  std::vector<double> out;
  for (auto const* series : group) {
    auto const& more = series->of(quantity);
    std::vector<double> both;
    both.reserve(out.size() + more.size());
    std::merge(out.begin(), out.end(), more.begin(), more.end(), std::back_inserter(both));
    out = std::move(both);
  }
  return out;
}

Plot hops_plot(std::string title, SeriesList const& group, Quantity first, std::string_view axis) {
  constexpr std::string_view kNames[kHops] = {"first hop", "second hop", "third hop", "fourth hop"};
  std::vector<std::vector<double>> values;
  std::vector<SampleLine> lines;
  for (std::size_t hop = 0; hop < kHops; ++hop)
    values.push_back(pooled(group, quantity(number_of(first) + hop)));
  for (std::size_t hop = 0; hop < kHops; ++hop)
    if (!values[hop].empty()) lines.push_back({std::string(kNames[hop]), values[hop], ""});
  return distribution_plot(std::move(title), first, lines, axis);
}

}  // namespace

std::string section_times(Collected const& results, PlotIds& ids) {
  auto out = heading("times", "How long it took") +
             sentence(
                 "Each line rises with the share of measurements that took no longer than the "
                 "time below it: where it crosses 50 % is the median. The further left and "
                 "the steeper, the faster and the steadier. In parentheses how many "
                 "measurements a line has.");
  Drawn drawn;
  for (auto const& group : by_kind_and_target(results)) {
    auto const times = times_of(group.front()->key.kind);
    draw_group(drawn, group, {times.begin(), times.end()}, ids);
  }
  if (drawn.count == 0) return out + nothing_here("No results match.");
  return out + drawn.html + left_out_text(drawn.left_out) +
         quantile_table(results, {Quantity::first_byte, Quantity::last_byte, Quantity::latency,
                                  Quantity::answer, Quantity::first_paint, Quantity::largest_paint,
                                  Quantity::load, Quantity::fully_loaded});
}

std::string section_throughput(Collected const& results, PlotIds& ids) {
  auto out = heading("throughput", "Throughput") +
             sentence(
                 "The payload over the time from the start to the last byte, as a user has "
                 "it; of uploads over the server's time. Beside that, as far as sizes allow, "
                 "the figures of Tor Metrics: what came from 0.5 to 1 MiB and from 4 to "
                 "5 MiB, when the transfer had gained its speed. Further right is faster.");
  Drawn drawn;
  for (auto const& group : by_kind_and_target(results)) {
    auto const kind = group.front()->key.kind;
    if (kind != model::Kind::download && kind != model::Kind::upload) continue;
    draw_group(drawn, group,
               {Quantity::throughput, Quantity::early_throughput, Quantity::late_throughput}, ids);
  }
  if (drawn.count == 0)
    return out + nothing_here(
                     "There are no downloads and no uploads; nothing else has a "
                     "throughput.");
  return out + drawn.html + left_out_text(drawn.left_out) +
         quantile_table(results, {Quantity::throughput, Quantity::early_throughput,
                                  Quantity::late_throughput});
}

std::string section_circuits(Collected const& results, PlotIds& ids) {
  auto out =
      heading("circuits", "How long circuits took to build") +
      sentence(
          "Of the circuit that carried each measurement: from its launch until each relay was "
          "part of it, and what each relay alone added. What a circuit got later, when tor "
          "used it again for something else, is not part of this.");
  std::map<std::string, SeriesList> by_target;
  for (auto const& series : results.series)
    if (!series.of(Quantity::built_1).empty()) by_target[series.key.target].push_back(&series);
  if (by_target.empty())
    return out + nothing_here(results.ok == 0
                                  ? fmt::format("No value: all {} failed.",
                                                counted(results.n, "measurement"))
                                  : std::string("No value: no measurement tells its circuit. perfd "
                                                "learns it from tor's control port."));
  std::vector<Plot> all;
  for (auto const& [target, group] : by_target) {
    auto const suffix = target == "web" ? std::string(", to web addresses") : ", " + target;
    all.push_back(
        hops_plot("Since the launch" + suffix, group, Quantity::built_1, "time since the launch"));
    all.push_back(hops_plot("Each hop alone" + suffix, group, Quantity::hop_1, "time of the hop"));
  }
  return out + plots(all, "plots", ids) +
         quantile_table(results,
                        {Quantity::built_1, Quantity::built_2, Quantity::built_3, Quantity::built_4,
                         Quantity::hop_1, Quantity::hop_2, Quantity::hop_3, Quantity::hop_4});
}

}  // namespace perfd::report
