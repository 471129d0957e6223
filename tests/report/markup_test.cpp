#include "report/markup.h"

#include <gtest/gtest.h>

namespace perfd::report {
namespace {

TEST(Escaped, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escaped(R"(<a b="c">&'</a>)"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(escaped("plain text, 5 µs – “so”"), "plain text, 5 µs – “so”");
  EXPECT_EQ(escaped(""), "");
}

TEST(Escaped, WhatIsNoCharacterIsReplaced) {
  EXPECT_EQ(escaped("a\xFF"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(escaped("\xC3"), "\xEF\xBF\xBD");                          // cut in the middle
  EXPECT_EQ(escaped("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");          // longer than it may be
  EXPECT_EQ(escaped("\xED\xA0\x80").find('\xED'), std::string::npos);  // half a surrogate pair
  EXPECT_EQ(escaped(std::string_view("\0\x1B\n", 3)), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xEF\xBF\xBE"), "\xEF\xBF\xBD");  // U+FFFE: not in XML
  EXPECT_EQ(escaped("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Escaped, NothingTurnsTheDirectionOfText) {
  EXPECT_EQ(escaped("a\xE2\x80\xAE"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");  // U+202E
  EXPECT_EQ(escaped("a\xE2\x81\xA6"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");  // U+2066
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("µµµµ", 4), "µµµµ");
  EXPECT_EQ(shortened("µµµµµ", 4), "µµµ…");
  EXPECT_EQ(shortened("abc", 5), "abc");
}

TEST(Numbers, OfCoordinatesAreShort) {
  EXPECT_EQ(coordinate(12.345678), "12.35");
  EXPECT_EQ(coordinate(100), "100");
  EXPECT_EQ(coordinate(0.5), "0.5");
  EXPECT_EQ(coordinate(-0.001), "0");
  EXPECT_EQ(coordinate(0.0 / 0.0), "0");
}

TEST(Numbers, CountsHaveCommasAndNouns) {
  EXPECT_EQ(counted(0), "0");
  EXPECT_EQ(counted(999), "999");
  EXPECT_EQ(counted(1'000), "1,000");
  EXPECT_EQ(counted(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "value"), "1 value");
  EXPECT_EQ(counted(2'000, "value"), "2,000 values");
}

TEST(Numbers, ALittleIsNotNothingAndNearlyAllIsNotAll) {
  EXPECT_EQ(percent(1, 3), "33.3 %");
  EXPECT_EQ(percent(0, 10), "0.0 %");
  EXPECT_EQ(percent(1, 100'000), "&lt; 0.1 %");
  EXPECT_EQ(percent(99'999, 100'000), "&gt; 99.9 %");
  EXPECT_EQ(percent(7, 7), "100.0 %");
  EXPECT_EQ(percent(0, 0), "–");
}

}  // namespace
}  // namespace perfd::report
