#include "store/slot_tallies.h"

#include <algorithm>

#include "store/rollup_row.h"
#include "store/trend_slots.h"

namespace perfd::store {
namespace {

std::size_t number_of_slots(Slots slots, std::int64_t since, std::int64_t until, Micros step) {
  if (slots == Slots::all) return 1;
  if (slots == Slots::hour_of_week) return 7 * 24;
  return static_cast<std::size_t>((until - 1 - step_start(since, step)) / step.count() + 1);
}

}  // namespace

SlotTallies::SlotTallies(Slots slots, std::int64_t since, std::int64_t until, Micros step)
    : slots_(slots),
      first_(slots == Slots::over_time ? step_start(since, step) : since),
      step_(step.count()),
      tallies_(number_of_slots(slots, since, until, step)) {}

Tally& SlotTallies::at(std::int64_t at_us) {
  if (slots_ == Slots::all) return tallies_.front();
  auto const number =
      slots_ == Slots::hour_of_week ? hour_of_week(at_us) : (at_us - first_) / step_;
  return tallies_[static_cast<std::size_t>(number)];
}

void SlotTallies::add(SlotTallies const& other) {
  for (std::size_t i = 0; i < tallies_.size(); ++i)
    if (!other.tallies_[i].empty()) tallies_[i].add(other.tallies_[i]);
}

void SlotTallies::clear() {
  for (auto& tally : tallies_) tally.clear();
}

bool SlotTallies::counts(bool with_values) const {
  if (std::all_of(tallies_.begin(), tallies_.end(), [](auto const& t) { return t.empty(); }))
    return false;
  if (!with_values) return true;
  auto const has_values = [](Tally const& tally) { return tally.has_values(); };
  auto const has_ok = [](Tally const& t) { return t.outcome(model::FailureCode::ok) > 0; };
  return std::any_of(tallies_.begin(), tallies_.end(), has_values) ||
         std::none_of(tallies_.begin(), tallies_.end(), has_ok);
}

void SlotTallies::each(model::SeriesKey const& key, EachSlot const& each) const {
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    if (tallies_[i].empty()) continue;
    auto const number = static_cast<std::int64_t>(i);
    each(key, slots_ == Slots::over_time ? first_ + number * step_ : number, tallies_[i]);
  }
}

}  // namespace perfd::store
