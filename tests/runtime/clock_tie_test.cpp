// The difference of wall and monotonic time, from readings that are late by any amount.
#include "runtime/clock_tie.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/clock.h"

namespace perfd::runtime {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Nanos kAhead = hours{24 * 365 * 50} + Nanos{123'456'789};

MonoTime at(Nanos since_boot) { return MonoTime{since_boot}; }

// A reading whose three calls are apart by these spans.
void read_at(ClockTie& tie, Nanos now, Nanos first_gap, Nanos second_gap, Nanos ahead = kAhead) {
  tie.add(at(now), now + first_gap + ahead, at(now + first_gap + second_gap));
}

TEST(ClockTie, ReadingIsOffByNoMoreThanItSays) {
  ClockTie tie;
  read_at(tie, milliseconds{5}, Nanos{10}, Nanos{90});
  EXPECT_EQ(tie.uncertainty(), Nanos{50});
  EXPECT_LE(std::chrono::abs(tie.difference() - kAhead), tie.uncertainty());
}

TEST(ClockTie, InterruptedReadingsSpoilNothing) {
  ClockTie tie;
  read_at(tie, milliseconds{5}, Nanos{30}, Nanos{30});
  read_at(tie, milliseconds{6}, milliseconds{4}, Nanos{40});
  read_at(tie, milliseconds{20}, Nanos{40}, milliseconds{4});
  EXPECT_LE(std::chrono::abs(tie.difference() - kAhead), Nanos{30});
}

TEST(ClockTie, ReadingsInterruptedOnOneSideEachTieWellTogether) {
  ClockTie tie;
  read_at(tie, milliseconds{5}, milliseconds{3}, Nanos{20});
  EXPECT_GT(tie.uncertainty(), milliseconds{1});
  read_at(tie, milliseconds{50}, Nanos{20}, milliseconds{3});
  EXPECT_LE(tie.uncertainty(), Nanos{20});
  EXPECT_LE(std::chrono::abs(tie.difference() - kAhead), tie.uncertainty());
}

TEST(ClockTie, ClockThatWasSetBeginsAnew) {
  for (Nanos const step : {Nanos{microseconds{5}}, Nanos{-microseconds{5}}, Nanos{hours{1}}}) {
    ClockTie tie;
    read_at(tie, milliseconds{5}, Nanos{30}, Nanos{30});
    read_at(tie, milliseconds{10}, Nanos{30}, Nanos{30}, kAhead + step);
    EXPECT_LE(std::chrono::abs(tie.difference() - (kAhead + step)), Nanos{30});
    EXPECT_EQ(tie.readings(), 1);
  }
}

TEST(ClockTie, TruthIsWithinUncertaintyWhateverTheGaps) {
  std::mt19937_64 random(7);
  std::exponential_distribution<double> gap(1.0 / 2000);
  ClockTie tie;
  Nanos now = milliseconds{1};
  for (int i = 0; i < 1000; ++i) {
    auto const first = Nanos{static_cast<std::int64_t>(gap(random))};
    auto const second = Nanos{static_cast<std::int64_t>(gap(random))};
    read_at(tie, now, first, second);
    now += first + second + microseconds{50};
    ASSERT_LE(std::chrono::abs(tie.difference() - kAhead), tie.uncertainty());
  }
  EXPECT_LE(tie.uncertainty(), Nanos{50});
}

TEST(ClockPair, LiesBetweenReadingsOfBothClocks) {
  auto const mono = mono_now();
  auto const wall = wall_now();
  auto const pair = clock_pair();
  EXPECT_LE(mono, pair.mono);
  EXPECT_LE(pair.mono, mono_now());
  EXPECT_LE(wall.time_since_epoch(), pair.wall + microseconds{1});
  EXPECT_LE(pair.wall, Nanos{wall_now().time_since_epoch()} + microseconds{2});
}

}  // namespace
}  // namespace perfd::runtime
