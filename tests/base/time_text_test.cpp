#include "base/time_text.h"

#include <gtest/gtest.h>

#include "base/id.h"

namespace perfd {
namespace {

constexpr WallTime kMoment = wall_from_us(1'417'390'800'123'456);

TEST(Time, IsWrittenInUtcToTheMicrosecond) {
  EXPECT_EQ(format_iso(kMoment), "2014-11-30T23:40:00.123456Z");
  EXPECT_EQ(format_iso_seconds(kMoment), "2014-11-30T23:40:00Z");
  EXPECT_EQ(format_date(kMoment), "2014-11-30");
  EXPECT_EQ(format_iso(wall_from_us(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, IsReadInEveryFormThatIsWritten) {
  EXPECT_EQ(parse_time("2014-11-30T23:40:00.123456Z").value(), kMoment);
  EXPECT_EQ(parse_time("2014-11-30 23:40").value(), wall_from_us(1'417'390'800'000'000));
  EXPECT_EQ(parse_time("2014-11-30").value(), wall_from_us(1'417'305'600'000'000));
  EXPECT_EQ(parse_time("1417390800").value(), wall_from_us(1'417'390'800'000'000));
  EXPECT_EQ(parse_time("1417390800123456").value(), kMoment);
  EXPECT_EQ(parse_time("2024-02-29").value(), wall_from_us(1'709'164'800'000'000));
}

TEST(Time, IsRefusedWhenWrong) {
  for (auto const* wrong : {"", "yesterday", "2023-02-29", "2023-13-01", "2023-01-01T24:00",
                            "2023-01-01T1:00", "2023-01-01T10:00:5", "2023-01-01x", "-1",
                            "-9223372036854775808", "9223372036854775807", "253402300800"})
    EXPECT_FALSE(parse_time(wrong).has_value()) << wrong;
}

TEST(Seconds, AreTruncatedNotRounded) {
  EXPECT_EQ(format_seconds(Micros{1'417'390'800'129'999}, 2), "1417390800.12");
  EXPECT_EQ(format_seconds(Micros{999'999}, 0), "0");
  EXPECT_EQ(format_seconds(Micros{-1'500'000}, 2), "-1.50");
}

TEST(Seconds, AreReadExactly) {
  EXPECT_EQ(parse_seconds("1417390800.12").value(), Micros{1'417'390'800'120'000});
  EXPECT_EQ(parse_seconds("0.0").value(), Micros{0});
  EXPECT_EQ(parse_seconds("-1.5").value(), Micros{-1'500'000});
  for (auto const* wrong : {"", ".", "1.", "1e3", "--1", "1.2.3", "99999999999999"})
    EXPECT_FALSE(parse_seconds(wrong).has_value()) << wrong;
}

TEST(Id, SortsByTimeAndKnowsItsOwnShape) {
  IdEntropy low{};
  IdEntropy high{};
  high.fill(std::byte{0xff});
  auto const first = make_id(kMoment, high);
  auto const second = make_id(kMoment + Micros{1000}, low);
  EXPECT_LT(first, second);
  EXPECT_TRUE(is_id(first));
  EXPECT_EQ(first.substr(10), "ZZZZZZZZZZZZZZZZ");
  EXPECT_FALSE(is_id("<torS0X>0123456789ABCDEFGH"));
  EXPECT_FALSE(is_id(first.substr(1)));
}

}  // namespace
}  // namespace perfd
