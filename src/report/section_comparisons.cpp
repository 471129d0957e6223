// Arms against each other: each difference as a point with its interval, on an axis around 0.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "base/time_text.h"
#include "report/markup.h"
#include "report/quantity.h"
#include "report/sections.h"

namespace perfd::report {
namespace {

using stats::Difference;
using stats::Verdict;

// A difference in per cent of the base, or of failure rates in percentage points.
struct Strip {
  std::string label;
  double at = 0;
  double low = 0;
  double high = 0;
  Verdict verdict = Verdict::not_told;
  std::string value;  // in its own unit
};

std::string signed_text(Quantity quantity, double value) {
  if (value == 0) return "equal";
  return (value < 0 ? "−" : "+") + value_text(quantity, std::abs(value));
}

std::optional<Strip> relative(std::string label, Quantity quantity,
                              std::optional<Difference> const& found) {
  if (!found || !(found->base > 0)) return std::nullopt;
  auto const share = [&](double value) { return 100 * value / found->base; };
  return Strip{std::move(label),           share(found->difference()),
               share(found->interval.low), share(found->interval.high),
               found->verdict(),           signed_text(quantity, found->difference())};
}

std::vector<Strip> strips_of(stats::Comparison const& found) {
  std::vector<Strip> out;
  for (auto const& metric : found.metrics) {
    auto const of = quantity(static_cast<std::size_t>(metric.metric));
    for (auto& strip : {relative(fmt::format("{}, median", title(of)), of, metric.median),
                        relative(fmt::format("{}, 90th percentile", title(of)), of, metric.p90)})
      if (strip) out.push_back(strip.value());
  }
  return out;
}

std::optional<Strip> failure_strip(stats::Comparison const& found) {
  if (!found.failure_rate) return std::nullopt;
  auto const& rate = *found.failure_rate;
  return Strip{"failure rate",
               100 * rate.difference(),
               100 * rate.interval.low,
               100 * rate.interval.high,
               rate.verdict(),
               fmt::format("{:.1f} % against {:.1f} %", 100 * rate.other, 100 * rate.base)};
}

// Around 0, as wide to both sides; wide enough for all.
double reach_of(std::vector<Strip> const& strips) {
  double reach = 0;
  for (auto const& strip : strips)
    for (auto const end : {strip.low, strip.high, strip.at}) reach = std::max(reach, std::abs(end));
  return round_end(std::max(reach, 1.0), 3);
}

std::string at(double value, double reach) {
  return coordinate(50 + 50 * std::clamp(value / reach, -1.0, 1.0)) + "%";
}

std::string strip_graph(Strip const& strip, double reach, RoundNumbers const& grid) {
  auto out = fmt::format("<svg width=\"100%\" height=\"30\" role=\"img\" aria-label=\"{}\">",
                         escaped(fmt::format("{}: {:.1f}, interval {:.1f} to {:.1f}", strip.label,
                                             strip.at, strip.low, strip.high)));
  for (auto const number : grid.at)
    out += fmt::format(R"(<line class="{}" x1="{}" x2="{}" y1="0" y2="30"/>)",
                       std::abs(number) < 1e-9 ? "zero" : "grid", at(number, reach),
                       at(number, reach));
  auto const* const told = strip.verdict == Verdict::not_told ? "s5" : "s0";
  out += fmt::format(R"(<line class="whisker plain {}" x1="{}" x2="{}" y1="15" y2="15"/>)"
                     R"(<circle class="{} {}" cx="{}" cy="15" r="4"/></svg>)",
                     told, at(strip.low, reach), at(strip.high, reach),
                     strip.verdict == Verdict::not_told ? "hollow plain" : "dot", told,
                     at(strip.at, reach));
  return out;
}

std::string axis_graph(double reach, RoundNumbers const& grid, std::string_view name) {
  std::string out = R"(<svg width="100%" height="44" aria-hidden="true">)";
  for (auto const number : grid.at)
    out += fmt::format(R"(<text class="tick" x="{}" y="14">{}{}</text>)", at(number, reach),
                       number > 1e-9    ? "+"
                       : number < -1e-9 ? "−"
                                        : "",
                       grid.text(std::abs(number)));
  return out +
         fmt::format(R"(<text class="tick strong" x="50%" y="34">{}</text></svg>)", escaped(name));
}

std::string strips_html(std::vector<Strip> const& strips, std::string_view axis) {
  if (strips.empty()) return "";
  auto const reach = reach_of(strips);
  auto const grid = round_numbers(-reach, reach, 7);
  std::string out = "<div class=\"strips\">\n";
  for (auto const& strip : strips)
    out += fmt::format(
        "<div class=\"strip\"><div>{}</div><div class=\"graph\">{}</div>"
        "<div class=\"value\">{}</div></div>\n",
        escaped(strip.label), strip_graph(strip, reach, grid), escaped(strip.value));
  return out + "<div class=\"strip axis\"><div></div><div class=\"graph\">" +
         axis_graph(reach, grid, axis) + "</div><div></div></div>\n</div>\n";
}

std::string pair_html(ComparedPair const& pair) {
  // Of arms the experiment stands in front of each, since there may be many on the page.
  auto names = pair_names(*pair.base, *pair.other);
  if (!pair.base->what) names = {pair.base->label(), pair.other->label(), ""};
  auto const base = shortened(names.base, 60);
  auto const other = shortened(names.other, 60);
  auto out = fmt::format("<h3>{}</h3>\n", escaped(shortened(names.title(), 200)));
  auto const& found = pair.found;
  auto numbers = fmt::format(
      "{}: {}, {} failed. {}: {}, {} failed.", base, counted(pair.base->sample.n(), "measurement"),
      counted(pair.base->sample.failed()), other, counted(pair.other->sample.n(), "measurement"),
      counted(pair.other->sample.failed()));
  if (found.first)
    numbers +=
        fmt::format(" {} to {}", format_iso_seconds(*found.first), format_iso_seconds(*found.last));
  if (auto const blocks = blocks_text({base, other, ""}, found); !blocks.empty())
    numbers += ", " + blocks + ".";
  out += sentence(numbers);
  auto const strips = strips_of(found);
  out += strips_html(strips, fmt::format("difference, in % of {}", base));
  if (auto const failures = failure_strip(found))
    out += strips_html({*failures}, "difference, in percentage points");
  out += "<ul class=\"says\">\n";
  for (auto const& said : sentences(pair)) out += "<li>" + escaped(said) + "</li>\n";
  return out + "</ul>\n";
}

}  // namespace

std::string section_comparisons(Page const& page) {
  auto out = heading("comparisons", "Comparisons") +
             sentence(
                 "Each point is a difference, the line its 95 % interval. A full point: the "
                 "interval does not hold 0, so a difference is told. A hollow grey one: none "
                 "can be told. Left of 0 the first named has less; of times less is better, "
                 "of throughput more.");
  if (page.pairs.empty()) return out + nothing_here(page.why_no_pairs);
  for (auto const& pair : page.pairs) out += pair_html(pair);
  return out + sentence(comparison_footer(page.pairs, page.bootstrap));
}

}  // namespace perfd::report
