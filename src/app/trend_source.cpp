#include "app/trend_source.h"

#include <utility>

#include "app/rollup_numbers.h"

namespace perfd::app {
namespace {

store::Slots slots_of(web::TrendAsked::By by) {
  if (by == web::TrendAsked::By::time) return store::Slots::over_time;
  return by == web::TrendAsked::By::hour_of_week ? store::Slots::hour_of_week : store::Slots::all;
}

store::TrendQuestion question_of(web::TrendAsked const& asked) {
  store::TrendQuestion out;
  out.which = asked.which;
  if (asked.quantity) out.quantity = static_cast<std::uint8_t>(report::number_of(*asked.quantity));
  out.slots = slots_of(asked.by);
  out.points = asked.points;
  out.together = asked.together;
  out.max_series = asked.max_series;
  return out;
}

}  // namespace

Result<store::Trends> StoreTrends::take() {
  {
    std::lock_guard const lock(mutex_);
    if (!idle_.empty()) {
      auto trends = std::move(idle_.back());
      idle_.pop_back();
      return trends;
    }
  }
  return store::Trends::open(store_, rollup_numbers());
}

Result<web::TrendTold> StoreTrends::ask(web::TrendAsked const& asked,
                                        web::EachTrendSlot const& each) {
  auto trends = take();
  if (!trends) return trends.error();
  std::vector<Counted> values;
  auto const told = trends->ask(
      question_of(asked),
      [&](model::SeriesKey const& key, std::int64_t slot, store::Tally const& tally) {
        tally.values(values);
        each(key, {slot, values, tally.measurements(), tally.failed(), tally.outcomes()});
      });
  if (!told) return told.error();  // one that failed is not used again
  std::lock_guard const lock(mutex_);
  idle_.push_back(std::move(*trends));
  return web::TrendTold{told->since, told->until,   told->step,
                        told->exact, told->sampled, told->left_off};
}

}  // namespace perfd::app
