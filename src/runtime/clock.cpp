#include "runtime/clock.h"

#include <time.h>

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
  // The wall clock between two readings of the monotonic one; a preemption in
  // between shows as a wide gap and is read again, a few times.
  ClockPair best{};
  auto narrowest = Nanos::max();
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto const before = read(CLOCK_MONOTONIC);
    auto const wall = read(CLOCK_REALTIME);
    auto const after = read(CLOCK_MONOTONIC);
    auto const gap = after - before;
    if (gap < narrowest) {
      narrowest = gap;
      best = {MonoTime{before + gap / 2}, wall};
    }
    if (gap < Nanos{2'000}) break;
  }
  return best;
}

}  // namespace perfd::runtime
