#include "base/time_text.h"

#include <array>
#include <cstdio>

#include "base/text.h"

namespace perfd {
namespace {

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second;
  std::int64_t us;
};

Civil civil(WallTime time) {
  using namespace std::chrono;
  auto const midnight = floor<days>(time);
  year_month_day const date{midnight};
  auto us = duration_cast<Micros>(time - midnight).count();
  Civil out{static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            0,
            0,
            0,
            us % 1'000'000};
  us /= 1'000'000;
  out.hour = static_cast<int>(us / 3600);
  out.minute = static_cast<int>(us / 60 % 60);
  out.second = static_cast<int>(us % 60);
  return out;
}

Error not_a_time(std::string_view text) {
  return Error{"'" + printable(text, 40) +
               "' is not a time: write UTC as in \"2026-11-24\" or \"2026-11-24T03:37:40Z\", or "
               "seconds since 1970"};
}

// Takes exactly `digits` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  auto const value = parse_int<unsigned>(text.substr(0, digits));
  if (!value) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<int>(*value);
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string format_iso(WallTime time) {
  auto const c = civil(time);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06lldZ", c.year, c.month,
                c.day, c.hour, c.minute, c.second, static_cast<long long>(c.us));
  return out.data();
}

std::string format_iso_seconds(WallTime time) { return format_iso(time).substr(0, 19) + "Z"; }

std::string format_date(WallTime time) { return format_iso(time).substr(0, 10); }

// The last year that ISO 8601 has. Of what lies far behind it, differences would overflow.
constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

Result<WallTime> parse_time(std::string_view text) {
  using namespace std::chrono;
  auto rest = trim(text);
  if (auto const number = parse_int<std::int64_t>(rest)) {
    bool const micros = rest.size() >= 13;
    if (*number < 0 || *number > kLastSecond * (micros ? 1'000'000 : 1)) return not_a_time(text);
    return micros ? wall_from_us(*number) : WallTime{seconds{*number}};
  }
  auto const y = take_digits(rest, 4);
  if (!y || !take(rest, '-')) return not_a_time(text);
  auto const m = take_digits(rest, 2);
  if (!m || !take(rest, '-')) return not_a_time(text);
  auto const d = take_digits(rest, 2);
  if (!d) return not_a_time(text);
  year_month_day const date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return not_a_time(text);
  Micros of_day{0};
  if (!rest.empty() && (take(rest, 'T') || take(rest, ' '))) {
    auto const h = take_digits(rest, 2);
    if (!h || *h > 23 || !take(rest, ':')) return not_a_time(text);
    auto const mins = take_digits(rest, 2);
    if (!mins || *mins > 59) return not_a_time(text);
    of_day += hours{*h} + minutes{*mins};
    if (take(rest, ':')) {
      auto const digits = rest.substr(0, rest.find_first_not_of("0123456789."));
      auto const sec = parse_seconds(digits);
      if (!sec || digits.size() < 2 || *sec >= Micros{61'000'000}) return not_a_time(text);
      of_day += *sec;
      rest.remove_prefix(digits.size());
    }
    take(rest, 'Z');
  }
  if (!rest.empty()) return not_a_time(text);
  return WallTime{sys_days{date}.time_since_epoch() + of_day};
}

std::string format_seconds(Micros since_epoch, int decimals) {
  std::int64_t divisor = 1'000'000;
  for (int i = 0; i < decimals; ++i) divisor /= 10;
  bool const negative = since_epoch.count() < 0;
  auto const us = negative ? -since_epoch.count() : since_epoch.count();
  std::array<char, 48> out{};
  if (decimals == 0)
    std::snprintf(out.data(), out.size(), "%s%lld", negative ? "-" : "",
                  static_cast<long long>(us / 1'000'000));
  else
    std::snprintf(out.data(), out.size(), "%s%lld.%0*lld", negative ? "-" : "",
                  static_cast<long long>(us / 1'000'000), decimals,
                  static_cast<long long>(us % 1'000'000 / divisor));
  return out.data();
}

Result<Micros> parse_seconds(std::string_view text) {
  auto const original = text;
  bool const negative = take(text, '-');
  auto const dot = text.find('.');
  auto const whole = parse_int<std::int64_t>(text.substr(0, dot));
  std::int64_t us = 0;
  bool good = whole && *whole >= 0 && text.front() != '-' &&
              !__builtin_mul_overflow(*whole, 1'000'000, &us);
  if (good && dot != std::string_view::npos) {
    auto const digits = text.substr(dot + 1);
    good = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
    std::int64_t unit = 100'000;
    for (std::size_t i = 0; good && i < digits.size() && unit > 0; ++i, unit /= 10)
      us += (digits[i] - '0') * unit;
  }
  if (!good) return Error{"'" + printable(original, 40) + "' is not a number of seconds"};
  return Micros{negative ? -us : us};
}

}  // namespace perfd
