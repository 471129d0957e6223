#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd {
namespace {

using testing::ElementsAre;

TEST(Bytes, AreReadWithEveryUnit) {
  EXPECT_EQ(parse_bytes("50 KiB").value().count, 51200);
  EXPECT_EQ(parse_bytes("1MiB").value().count, 1048576);
  EXPECT_EQ(parse_bytes("5242880").value().count, 5242880);
  EXPECT_EQ(parse_bytes("1.5 kB").value().count, 1500);
  EXPECT_EQ(parse_bytes("0.5 MiB").value().count, 524288);
}

TEST(Bytes, AreRefusedWhenWrong) {
  for (auto const* wrong :
       {"", "KiB", "-1", "1 XiB", "9223372036854775807 KiB", "1.0001 B", "1..5 KiB", "50 KiB x"})
    EXPECT_FALSE(parse_bytes(wrong).has_value()) << wrong;
}

TEST(Bytes, AreWrittenInTheLargestUnitThatDividesThem) {
  EXPECT_EQ(format_bytes(KiB(50)), "50 KiB");
  EXPECT_EQ(format_bytes(MiB(5)), "5 MiB");
  EXPECT_EQ(format_bytes({1000}), "1000 B");
  EXPECT_EQ(format_bytes({0}), "0 B");
}

TEST(Duration, IsReadInPartsAndWrittenBack) {
  for (auto const* text : {"4m55s", "5m", "250ms", "1h30m", "365d", "1m1us"})
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  EXPECT_EQ(parse_duration("295s").value(), Micros{295'000'000});
  EXPECT_EQ(parse_duration("1.5s").value(), Micros{1'500'000});
  EXPECT_EQ(parse_duration("1w").value(), Micros{7 * 86'400'000'000});
}

TEST(Duration, NeedsAUnit) {
  for (auto const* wrong : {"", "5", "5 parsecs", "m5", "106751992 d 1000000000000 d", "1.s"})
    EXPECT_FALSE(parse_duration(wrong).has_value()) << wrong;
}

TEST(Duration, IsDescribedForPeople) {
  EXPECT_EQ(describe_duration(Micros{87'400}), "87 ms");
  EXPECT_EQ(describe_duration(Micros{2'314'000}), "2.31 s");
  EXPECT_EQ(describe_duration(Micros{999'700}), "1.00 s");
  EXPECT_EQ(describe_duration(Micros{245'000'000}), "4 min 5 s");
}

TEST(Nearest, FindsSlipsAndLeavesOtherWordsAlone) {
  constexpr std::string_view kNames[] = {"kind", "size", "every", "timeout", "tor"};
  EXPECT_EQ(nearest("timout", kNames), "timeout");
  EXPECT_EQ(nearest("evry", kNames), "every");
  EXPECT_EQ(nearest("KIND", kNames), "kind");
  EXPECT_EQ(nearest("elephant", kNames), std::nullopt);
}

TEST(Printable, EscapesWhatCouldBreakALogLine) {
  EXPECT_EQ(printable("a\r\n\"\xff"), R"(a\x0d\x0a\x22\xff)");
  EXPECT_EQ(printable("aaaa", 2), "aa…");
}

TEST(Split, KeepsEmptyParts) { EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b")); }

TEST(Hex, GoesBothWays) {
  auto const bytes = unhex("00fF10").value();
  EXPECT_EQ(hex(bytes), "00ff10");
  EXPECT_FALSE(unhex("0"));
  EXPECT_FALSE(unhex("0g"));
}

}  // namespace
}  // namespace perfd
