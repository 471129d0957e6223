#include <array>
#include <cstdio>

#include "base/text.h"
#include "base/time_text.h"
#include "web/results.h"

namespace perfd::web {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string http_date(WallTime time) {
  using namespace std::chrono;
  auto const day = floor<days>(time);
  year_month_day const date{day};
  auto const iso = format_iso(time);
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %s GMT",
                kDays[weekday{day}.c_encoding()].data(), static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1].data(),
                static_cast<int>(date.year()), iso.substr(11, 8).c_str());
  return out.data();
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"; the two older forms are not sent by anybody any more.
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(8, 3) != kMonths[month]) continue;
    auto const number = std::to_string(month + 1);
    auto const iso = std::string(text.substr(12, 4)) + (month < 9 ? "-0" : "-") + number + "-" +
                     std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
    auto const time = parse_time(iso);
    return time ? std::optional(*time) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace perfd::web
