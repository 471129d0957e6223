#include "web/page/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "stats/counted.h"
#include "web/api/sources.h"

namespace perfd::web {
namespace {

using model::Kind;
using report::Quantity;

constexpr std::chrono::hours kDay(24);

// The times that tell when something is over, and of what.
struct End {
  Quantity quantity;
  std::vector<Kind> kinds;
};
std::vector<End> ends() {
  return {{Quantity::last_byte, {Kind::download, Kind::upload, Kind::allocation}},
          {Quantity::answer, {Kind::resolve}},
          {Quantity::fully_loaded, {Kind::page}}};
}

using Days = std::map<model::SeriesKey, DayFigures>;

DayFigures day_of(TrendSlot const& slot) {
  static constexpr std::array kShares = {0.5, 0.95};
  DayFigures out;
  out.n = static_cast<std::size_t>(slot.n - slot.failed);
  out.failed = static_cast<std::size_t>(slot.failed);
  auto const found = stats::quantiles(slot.values, kShares);
  if (!found.empty()) {
    out.median = found[0];
    out.p95 = found[1];
  }
  return out;
}

Result<Days> day(TrendSource& trends, End const& end, WallTime since, WallTime until) {
  TrendAsked asked;
  asked.which.since = since;
  asked.which.until = until;
  asked.which.kinds = end.kinds;
  asked.quantity = end.quantity;
  Days out;
  auto const told = trends.ask(
      asked, [&](model::SeriesKey const& key, TrendSlot const& slot) { out[key] = day_of(slot); });
  if (!told) return told.error();
  return out;
}

// What the daemon says of itself; nothing where only its store is served.
void add_live(Summary& summary, api::Live const& live) {
  summary.running = live.started_at.has_value();
  for (auto const& tor : live.tors)
    if (!tor.ready)
      summary.problems.push_back(
          tor.up
              ? fmt::format("tor {} is not ready: bootstrapped to {} %.", tor.name, tor.bootstrap)
              : fmt::format("tor {} is not ready: it does not run.", tor.name));
  for (auto const& one : live.experiments) {
    bool const late = api::is_late(one, live, summary.now);
    if (late)
      summary.problems.push_back(
          one.name + (one.last_ok_at ? ": no success for more than three of its intervals."
                                     : ": no success since perfd runs."));
    for (auto& figures : summary.figures)
      if (figures.key.experiment == one.name && figures.key.source == live.vantage) {
        figures.last_at = one.last_at;
        figures.late = late;
      }
  }
}

// As the dashboard has it (dashboard/src/text/failing.js): a fifth of five or more.
void add_failing(Summary& summary) {
  for (auto const& one : summary.figures) {
    auto const all = one.today.n + one.today.failed;
    if (all < 5 || 5 * one.today.failed < all) continue;
    auto const name =
        one.key.arm.empty() ? one.key.experiment : one.key.experiment + "/" + one.key.arm;
    // What has no arm beside some that have one are slots that never began.
    bool const missed =
        one.today.n == 0 && one.key.arm.empty() &&
        std::any_of(summary.figures.begin(), summary.figures.end(), [&](KeyFigures const& other) {
          return other.key.experiment == one.key.experiment && !other.key.arm.empty();
        });
    summary.problems.push_back(
        missed ? fmt::format("{}: {} slots did not begin in 24 hours.", name, all)
               : fmt::format("{}: {} of {} failed in 24 hours.", name, one.today.failed, all));
  }
}

void add_alerts(Summary& summary, Alerts::List const& alerts) {
  for (auto const& verdict : alerts)
    if (verdict.state == report::SloState::failing)
      summary.problems.push_back(verdict.rule + ": " + verdict.reason + ".");
}

bool by_name(KeyFigures const& a, KeyFigures const& b) { return a.key < b.key; }

}  // namespace

api::Checked<Summary> summary_of(api::Sources& sources, WallTime now) {
  Summary out;
  out.now = now;
  for (auto const& end : ends()) {
    auto const today = day(*sources.trends, end, now - kDay, now);
    if (!today) return api::unavailable(today.error());
    auto const before = day(*sources.trends, end, now - 2 * kDay, now - kDay);
    if (!before) return api::unavailable(before.error());
    for (auto const& [key, figures] : *today) {
      KeyFigures one;
      one.key = key;
      one.quantity = end.quantity;
      one.today = figures;
      if (auto const was = before->find(key); was != before->end()) one.before = was->second;
      out.figures.push_back(std::move(one));
    }
  }
  std::sort(out.figures.begin(), out.figures.end(), by_name);
  if (sources.live) add_live(out, *sources.live);
  add_failing(out);
  add_alerts(out, sources.alerts);
  return out;
}

}  // namespace perfd::web
