#include "store/trend_slots.h"

#include <algorithm>
#include <array>

#include "store/rollup_row.h"

namespace perfd::store {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kWeek = 7 * kDayUs;
constexpr std::int64_t kFirstMonday = 4 * kDayUs;  // 1970-01-05

constexpr std::array kSteps = {kSecond,      2 * kSecond,  5 * kSecond,  10 * kSecond, 15 * kSecond,
                               30 * kSecond, kMinute,      2 * kMinute,  5 * kMinute,  10 * kMinute,
                               15 * kMinute, 30 * kMinute, kHourUs,      2 * kHourUs,  3 * kHourUs,
                               4 * kHourUs,  6 * kHourUs,  12 * kHourUs, kDayUs,       2 * kDayUs,
                               4 * kDayUs,   kWeek,        2 * kWeek,    4 * kWeek};

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  auto const rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

}  // namespace

Micros step_for(Micros stretch, std::size_t points, Micros least) {
  // One more where the first one begins before the stretch does.
  auto const most = std::max<std::int64_t>(static_cast<std::int64_t>(points) - 1, 1);
  auto const fits = [&](std::int64_t step) {
    return step >= least.count() && stretch.count() / step < most;
  };
  auto const found = std::find_if(kSteps.begin(), kSteps.end(), fits);
  if (found != kSteps.end()) return Micros{*found};
  return Micros{(stretch.count() / most / kWeek + 1) * kWeek};
}

std::int64_t step_start(std::int64_t at_us, Micros step) {
  auto const origin = step.count() % kWeek == 0 ? kFirstMonday : 0;
  return floor_to(at_us - origin, step.count()) + origin;
}

std::int64_t hour_of_week(std::int64_t at_us) {
  auto const rest = at_us - kFirstMonday;
  return (rest - floor_to(rest, kWeek)) / kHourUs;
}

}  // namespace perfd::store
