// One tally for each slot of a question, whose memory is used again for the next series.
// Thread: of its owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/tally.h"
#include "store/trends.h"

namespace perfd::store {

class SlotTallies {
 public:
  // `since` to `until` in µs; `step` is of over_time.
  SlotTallies(Slots slots, std::int64_t since, std::int64_t until, Micros step);

  // REQUIRES: since <= at < until.
  [[nodiscard]] Tally& at(std::int64_t at_us);
  void add(SlotTallies const& other);
  void clear();

  // Whether this is a series that has what is asked for: not one whose measurements succeed
  // without having such a value ever.
  [[nodiscard]] bool counts(bool with_values) const;
  void each(model::SeriesKey const& key, EachSlot const& each) const;

 private:
  Slots slots_;
  std::int64_t first_;
  std::int64_t step_;
  std::vector<Tally> tallies_;
};

}  // namespace perfd::store
