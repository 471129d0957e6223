#include "report/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace perfd::report {
namespace {

using std::chrono::days;

// The smallest 1, 2 or 5 times a power of ten of which no more than `at_most` lie in the extent.
double round_step(double low, double high, std::size_t at_most) {
  auto const extent = high - low;
  auto power = std::pow(10.0, std::floor(std::log10(extent / static_cast<double>(at_most))));
  for (;; power *= 10)
    for (double const factor : {1.0, 2.0, 5.0}) {
      auto const step = factor * power;
      // A little room for what rounding does to ends that are multiples.
      auto const count = std::floor(high / step + 1e-9) - std::ceil(low / step - 1e-9) + 1;
      if (count <= static_cast<double>(at_most)) return step;
    }
}

std::string three_figures(double value) {
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view month_name(std::chrono::year_month_day date) {
  return kMonths[static_cast<unsigned>(date.month()) - 1];
}

std::string day_text(std::chrono::year_month_day date) {
  return fmt::format("{} {}", static_cast<unsigned>(date.day()), month_name(date));
}

std::chrono::year_month_day date_of(WallTime at) { return std::chrono::floor<days>(at); }

// Steps up to a day: moments are multiples since the epoch, and so since midnight.
std::vector<Moment> within_days(WallTime from, WallTime to, Micros step) {
  std::vector<Moment> out;
  std::chrono::year_month_day told{};
  auto const first = (to_us(from) + step.count() - 1) / step.count() * step.count();
  for (auto us = first; us <= to_us(to); us += step.count()) {
    auto const at = wall_from_us(us);
    std::chrono::hh_mm_ss const time(
        std::chrono::floor<std::chrono::seconds>(at - std::chrono::floor<days>(at)));
    auto label = fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count());
    if (step < Micros{60'000'000}) label += fmt::format(":{:02}", time.seconds().count());
    auto const date = date_of(at);
    out.push_back({at, std::move(label), date == told ? "" : day_text(date)});
    told = date;
  }
  return out;
}

// Steps of whole days, counted within each month so that they stay at the same days.
std::vector<Moment> in_days(WallTime from, WallTime to, unsigned step) {
  std::vector<Moment> out;
  int told = 0;
  for (auto day = std::chrono::ceil<days>(from); day <= to; day += days{1}) {
    std::chrono::year_month_day const date = day;
    auto const number = static_cast<unsigned>(date.day()) - 1;
    // The 31st would stand beside the 1st.
    if (number % step != 0 || (step > 1 && number + step / 2 >= 31)) continue;
    auto const year = static_cast<int>(date.year());
    out.push_back({day, day_text(date), year == told ? "" : std::to_string(year)});
    told = year;
  }
  return out;
}

std::vector<Moment> in_months(WallTime from, WallTime to, unsigned step) {
  std::vector<Moment> out;
  int told = 0;
  auto const first = date_of(from);
  for (auto month = first.year() / first.month();; month += std::chrono::months{1}) {
    auto const at = std::chrono::sys_days(month / std::chrono::day{1});
    if (at > to) return out;
    auto const number = static_cast<unsigned>(month.month()) - 1;
    if (at < from || (step < 12 ? number % step != 0 : number != 0)) continue;
    auto const year = static_cast<int>(month.year());
    if (step > 12 && year % static_cast<int>(step / 12) != 0) continue;
    if (step >= 12) {
      out.push_back({at, std::to_string(year), ""});
    } else {
      out.push_back({at, std::string(kMonths[number]), year == told ? "" : std::to_string(year)});
      told = year;
    }
  }
}

}  // namespace

std::string RoundNumbers::text(double value) const {
  auto out = fmt::format("{:.{}f}", value, decimals);
  auto const zero = out.find_first_not_of("-0.") == std::string::npos;
  if (zero) return "0";
  // Four figures and more in groups of three.
  auto const point = std::min(out.find('.'), out.size());
  std::size_t const first = out.front() == '-' ? 1 : 0;
  for (auto place = point; place > first + 3;) out.insert(place -= 3, ",");
  return out;
}

RoundNumbers round_numbers(double low, double high, std::size_t at_most) {
  if (!std::isfinite(high - low) || !(high > low)) return {1, {low}, 0};
  at_most = std::max<std::size_t>(at_most, 2);
  RoundNumbers out;
  out.step = round_step(low, high, at_most);
  out.decimals = std::clamp(static_cast<int>(-std::floor(std::log10(out.step) + 1e-9)), 0, 9);
  auto const first = std::ceil(low / out.step - 1e-9);
  auto const last = std::floor(high / out.step + 1e-9);
  // Of numbers so large that the step is lost in them, there is one.
  for (std::size_t i = 0; i < at_most && first + static_cast<double>(i) <= last; ++i)
    out.at.push_back((first + static_cast<double>(i)) * out.step);
  return out;
}

double round_end(double high, std::size_t at_most) {
  if (!std::isfinite(high) || high <= 0) return 1;
  auto const step = round_step(0, high, std::max<std::size_t>(at_most, 2));
  return std::ceil(high / step - 1e-9) * step;
}

DisplayUnit time_unit(double largest_us) {
  if (largest_us < 100) return {1, "µs"};
  if (largest_us < 100e3) return {1e3, "ms"};
  return {1e6, "s"};
}

DisplayUnit rate_unit(double largest_bps) {
  if (largest_bps < 1e6) return {1e3, "kbit/s"};
  if (largest_bps < 10e9) return {1e6, "Mbit/s"};
  return {1e9, "Gbit/s"};
}

std::string time_text(double us) {
  if (us < 999.5) return fmt::format("{:.0f} µs", us);
  if (us < 999.5e3) return three_figures(us / 1e3) + " ms";
  return three_figures(us / 1e6) + " s";
}

std::string rate_text(double bps) {
  if (bps < 999.5e3) return three_figures(bps / 1e3) + " kbit/s";
  if (bps < 999.5e6) return three_figures(bps / 1e6) + " Mbit/s";
  return three_figures(bps / 1e9) + " Gbit/s";
}

std::vector<Moment> moments(WallTime from, WallTime to, std::size_t at_most) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::array<std::int64_t, 17> kSeconds = {
      1,       2,           5,           10,           15,           30,
      kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
      kHour,   2 * kHour,   3 * kHour,   6 * kHour,    12 * kHour};
  auto const most = static_cast<std::int64_t>(std::max<std::size_t>(at_most, 2));
  auto const extent = (to - from).count();
  for (auto const seconds : kSeconds)
    if (extent / (seconds * 1'000'000) < most)
      if (auto out = within_days(from, to, Micros{seconds * 1'000'000}); std::ssize(out) <= most)
        return out;
  constexpr std::int64_t kDay = 24 * kHour * 1'000'000;
  for (unsigned const step : {1U, 2U, 5U, 10U, 15U})
    if (extent / (kDay * step) <= most + 1)
      if (auto out = in_days(from, to, step); std::ssize(out) <= most) return out;
  for (unsigned step : {1U, 2U, 3U, 6U, 12U, 24U, 60U, 120U, 240U, 600U})
    if (auto out = in_months(from, to, step); std::ssize(out) <= most) return out;
  return {};
}

}  // namespace perfd::report
