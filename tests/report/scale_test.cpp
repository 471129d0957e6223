#include "report/scale.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/time_text.h"

namespace perfd::report {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(RoundNumbers const& round) {
  std::vector<std::string> out;
  for (auto const number : round.at) out.push_back(round.text(number));
  return out;
}

TEST(RoundNumbers, AreMultiplesOfOneTwoOrFive) {
  EXPECT_THAT(texts(round_numbers(0, 1, 6)), ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(texts(round_numbers(0, 0.97, 6)), ElementsAre("0", "0.2", "0.4", "0.6", "0.8"));
  EXPECT_THAT(texts(round_numbers(3.2, 17, 5)), ElementsAre("5", "10", "15"));
  EXPECT_THAT(texts(round_numbers(-30, 30, 7)),
              ElementsAre("-30", "-20", "-10", "0", "10", "20", "30"));
  EXPECT_THAT(texts(round_numbers(0, 25'000, 4)), ElementsAre("0", "10,000", "20,000"));
  EXPECT_THAT(texts(round_numbers(0, 0.0042, 5)),
              ElementsAre("0", "0.001", "0.002", "0.003", "0.004"));
}

TEST(RoundNumbers, AreNeverMoreThanAskedForAndNeverTooFew) {
  for (double high = 1e-6; high < 1e9; high *= 1.37)
    for (std::size_t most = 2; most < 12; ++most) {
      auto const found = round_numbers(0, high, most);
      EXPECT_LE(found.at.size(), most) << high;
      EXPECT_GE(2.6 * static_cast<double>(found.at.size()), static_cast<double>(most)) << high;
      EXPECT_EQ(found.at.front(), 0);
      EXPECT_LE(found.at.back(), high * (1 + 1e-9));
    }
}

TEST(RoundNumbers, OfNoExtentAreOne) {
  EXPECT_THAT(round_numbers(7, 7, 5).at, ElementsAre(7));
  EXPECT_EQ(round_numbers(0, std::numeric_limits<double>::infinity(), 5).at.size(), 1U);
  EXPECT_LE(round_numbers(1e18, 1e18 + 200, 5).at.size(), 5U);  // the step is lost in them
}

TEST(RoundEnd, IsTheNextMultiple) {
  EXPECT_DOUBLE_EQ(round_end(0.83, 5), 1.0);
  EXPECT_DOUBLE_EQ(round_end(1.0, 5), 1.0);
  EXPECT_DOUBLE_EQ(round_end(11, 5), 15);
  EXPECT_DOUBLE_EQ(round_end(0, 5), 1);
}

TEST(Units, SuitTheLargestValue) {
  EXPECT_EQ(time_unit(50).name, "µs");
  EXPECT_EQ(time_unit(50'000).name, "ms");
  EXPECT_EQ(time_unit(150'000).name, "s");
  EXPECT_EQ(rate_unit(900e3).name, "kbit/s");
  EXPECT_EQ(rate_unit(2e6).divisor, 1e6);
  EXPECT_EQ(rate_unit(20e9).name, "Gbit/s");
}

TEST(Units, ValuesAreToldInThreeFigures) {
  EXPECT_EQ(time_text(87), "87 µs");
  EXPECT_EQ(time_text(1'234), "1.23 ms");
  EXPECT_EQ(time_text(156'400), "156 ms");
  EXPECT_EQ(time_text(999'700), "1.00 s");
  EXPECT_EQ(time_text(23'450'000), "23.4 s");
  EXPECT_EQ(rate_text(433'000), "433 kbit/s");
  EXPECT_EQ(rate_text(3'420'000), "3.42 Mbit/s");
}

WallTime at(std::string_view text) { return parse_time(text).value(); }

std::vector<std::string> told(std::string_view from, std::string_view to, std::size_t most = 8) {
  std::vector<std::string> out;
  for (auto const& moment : moments(at(from), at(to), most))
    out.push_back(moment.below.empty() ? moment.label : moment.label + "|" + moment.below);
  return out;
}

TEST(Moments, AreAtRoundTimes) {
  EXPECT_THAT(
      told("2025-11-24T16:00:03", "2025-11-24T16:00:31"),
      ElementsAre("16:00:05|24 Nov", "16:00:10", "16:00:15", "16:00:20", "16:00:25", "16:00:30"));
  EXPECT_THAT(told("2025-11-24T16:07", "2025-11-24T16:58"),
              ElementsAre("16:10|24 Nov", "16:20", "16:30", "16:40", "16:50"));
  EXPECT_THAT(told("2025-11-24T20:30", "2025-11-25T04:30", 5),
              ElementsAre("22:00|24 Nov", "00:00|25 Nov", "02:00", "04:00"));
  EXPECT_THAT(told("2025-12-30T12:00", "2026-01-03T12:00"),
              ElementsAre("31 Dec|2025", "1 Jan|2026", "2 Jan", "3 Jan"));
  EXPECT_THAT(told("2025-10-20", "2026-03-05"),
              ElementsAre("Nov|2025", "Dec", "Jan|2026", "Feb", "Mar"));
  EXPECT_THAT(told("2019-06-01", "2025-06-01"),
              ElementsAre("2020", "2021", "2022", "2023", "2024", "2025"));
}

TEST(Moments, AreSomeButNeverTooManyInAnyPeriod) {
  auto const from = at("2025-11-24T16:07:31");
  for (double seconds = 2; seconds < 250.0 * 365 * 86'400; seconds *= 1.31) {
    auto const to = from + Micros{static_cast<std::int64_t>(seconds * 1e6)};
    auto const found = moments(from, to, 8);
    EXPECT_LE(found.size(), 8U) << seconds;
    EXPECT_GE(found.size(), 2U) << seconds;
    for (auto const& moment : found) {
      EXPECT_GE(moment.at, from);
      EXPECT_LE(moment.at, to);
    }
  }
}

}  // namespace
}  // namespace perfd::report
