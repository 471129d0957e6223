// The clocks. No other place in perfd reads one, so that a test can put virtual
// time in their stead (virtual_time.h).
// Thread: any; virtual time belongs to the thread that installed it.
#pragma once

#include "base/units.h"

namespace perfd::runtime {

[[nodiscard]] MonoTime mono_now();  // CLOCK_MONOTONIC
[[nodiscard]] WallTime wall_now();  // CLOCK_REALTIME, µs

// Both clocks read as one moment, at ns resolution.
struct ClockPair {
  MonoTime mono;
  Nanos wall;  // since the Unix epoch
};
[[nodiscard]] ClockPair clock_pair();

// Where virtual time hooks in. `sleeping` and `woken` tell it which moments are waited for.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual ClockPair now() = 0;
  virtual void sleeping(MonoTime until) = 0;
  virtual void woken(MonoTime until) = 0;
};

// The current thread's replacement of the clocks; null (the default) is the real ones.
[[nodiscard]] TimeSource* time_source();
void set_time_source(TimeSource* source);

// A zero point: wall-clock moments that are derived from the monotonic clock, so
// that a step of the wall clock in the middle of a measurement corrupts nothing.
class TraceClock {
 public:
  TraceClock() : TraceClock(clock_pair()) {}
  explicit TraceClock(ClockPair zero) : zero_(zero) {}

  [[nodiscard]] WallTime wall(MonoTime moment) const {
    return WallTime{std::chrono::floor<Micros>(zero_.wall + (moment - zero_.mono))};
  }
  [[nodiscard]] WallTime now() const { return wall(mono_now()); }
  [[nodiscard]] MonoTime started() const { return zero_.mono; }

 private:
  ClockPair zero_;
};

}  // namespace perfd::runtime
