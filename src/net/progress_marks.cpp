#include "net/progress_marks.h"

#include <algorithm>

namespace perfd::net {

ProgressMarks::ProgressMarks(std::optional<std::int64_t> total) {
  if (total)
    for (int percent = 0; percent <= 100; percent += 10) {
      // The byte that completes the tenth; DATAPERC0 is the payload's first byte. Without
      // the remainder apart, the product could overflow.
      auto const bytes = *total / 100 * percent + (*total % 100 * percent + 99) / 100;
      thresholds_.push_back({percent == 0 ? std::min<std::int64_t>(1, *total) : bytes,
                             model::dataperc_name(percent)});
    }
  for (auto const size : model::kPartialSizes)
    if (!total || size <= *total) thresholds_.push_back({size, model::partial_name(size)});
  std::stable_sort(thresholds_.begin(), thresholds_.end(),
                   [](auto const& a, auto const& b) { return a.bytes < b.bytes; });
}

void ProgressMarks::pass(std::int64_t received, bool ends_read,
                         ArrivalClock::Judgement const& judgement, runtime::TraceClock const& clock,
                         model::Marks& marks) {
  for (; due(received); ++next_) {
    auto const& threshold = thresholds_[next_];
    bool const last_byte = ends_read && threshold.bytes == received;
    marks.set(threshold.name, (last_byte ? judgement.last : judgement.others).mark(clock));
  }
}

}  // namespace perfd::net
