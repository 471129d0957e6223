#include "runtime/clock.h"

#include <time.h>

#include "runtime/clock_tie.h"

namespace perfd::runtime {
namespace {

thread_local TimeSource* source = nullptr;

Nanos read(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return Nanos{static_cast<std::int64_t>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec};
}

}  // namespace

TimeSource* time_source() { return source; }
void set_time_source(TimeSource* replacement) { source = replacement; }

MonoTime mono_now() {
  if (source != nullptr) return source->now().mono;
  return MonoTime{read(CLOCK_MONOTONIC)};
}

WallTime wall_now() {
  auto const now = source != nullptr ? source->now().wall : read(CLOCK_REALTIME);
  return WallTime{std::chrono::floor<Micros>(now)};
}

ClockPair clock_pair() {
  if (source != nullptr) return source->now();
  thread_local ClockTie tie;
  // The first readings are repeated until the clocks are tied well. From then on one is
  // enough, which shows a step of the wall clock.
  constexpr int kFirstReadings = 64;
  constexpr Nanos kGood{50};
  MonoTime now{};
  do {
    MonoTime const before{read(CLOCK_MONOTONIC)};
    auto const wall = read(CLOCK_REALTIME);
    now = MonoTime{read(CLOCK_MONOTONIC)};
    tie.add(before, wall, now);
  } while (tie.uncertainty() > kGood && tie.readings() < kFirstReadings);
  return {now, now.time_since_epoch() + tie.difference()};
}

}  // namespace perfd::runtime
