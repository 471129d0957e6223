// What the wall clock is ahead of the monotonic one, from readings of both.
//
// The two can't be read at one moment, but a reading of the wall clock between two of the
// monotonic one bounds their difference on both sides, and the kernel keeps that difference
// constant: slewing (NTP) moves both clocks alike. So the bounds of all readings hold together,
// and after a few of them the difference is known far better than any single one tells, however
// often the thread was interrupted meanwhile. A reading that contradicts them shows that the
// wall clock was set (or that the machine slept): then all begins anew with that reading.
// Thread: values.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"

namespace perfd::runtime {

class ClockTie {
 public:
  // `wall`, since the Unix epoch, was read between `before` and `after`.
  void add(MonoTime before, Nanos wall, MonoTime after) {
    auto const least = wall - after.time_since_epoch();
    auto const most = wall - before.time_since_epoch();
    if (least > most_ || most < least_) {
      least_ = least;
      most_ = most;
      readings_ = 1;
      return;
    }
    ++readings_;
    least_ = std::max(least_, least);
    most_ = std::min(most_, most);
  }

  // How many have agreed since the clock was last set.
  [[nodiscard]] std::int64_t readings() const { return readings_; }
  // Wall minus monotonic time; off by at most `uncertainty`.
  [[nodiscard]] Nanos difference() const { return least_ + (most_ - least_) / 2; }
  [[nodiscard]] Nanos uncertainty() const { return (most_ - least_ + Nanos{1}) / 2; }

 private:
  // Nothing is known yet; halved, so that no sum overflows.
  Nanos least_ = Nanos::min() / 4;
  Nanos most_ = Nanos::max() / 4;
  std::int64_t readings_ = 0;
};

}  // namespace perfd::runtime
