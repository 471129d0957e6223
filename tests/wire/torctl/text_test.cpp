#include "wire/torctl/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd::wire::torctl {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(QuotedString, IsWrittenWithBackslashesAndQuotesEscaped) {
  EXPECT_EQ(quote("").value(), R"("")");
  EXPECT_EQ(quote(R"(a "b" \c)").value(), R"("a \"b\" \\c")");
  EXPECT_EQ(quote("\xc3\xa4\t").value(), "\"\xc3\xa4\t\"");
}

TEST(QuotedString, CannotEndTheCommand) {
  EXPECT_FALSE(quote("a\rQUIT").has_value());
  EXPECT_FALSE(quote("a\nQUIT").has_value());
  EXPECT_FALSE(quote(std::string_view("a\0b", 3)).has_value());
}

TEST(QuotedString, IsReadBack) {
  for (std::string const text : {"", "plain", R"(\)", R"("\"\\")", "a\tb", "n\\n"}) {
    auto const quoted = quote(text).value() + " rest";
    std::string_view rest = quoted;
    EXPECT_EQ(take_quoted(rest), text);
    EXPECT_EQ(rest, " rest");
  }
}

TEST(QuotedString, MayHaveEscapesOfC) {
  std::string_view rest = R"("\n\t\r\101\0\x\"\\\3777")";
  EXPECT_EQ(take_quoted(rest), std::string("\n\t\rA\0x\"\\\xff"
                                           "7",
                                           10));
}

TEST(QuotedString, MustEnd) {
  for (std::string_view const wrong : {"", "abc", "\"abc", "\"abc\\\"", "\"\\"}) {
    std::string_view rest = wrong;
    EXPECT_FALSE(take_quoted(rest)) << wrong;
    EXPECT_EQ(rest, wrong) << "nothing is taken";
  }
}

TEST(Arguments, AreWordsAndKeywords) {
  auto const got =
      parse_arguments(R"(  12 NEW 0 host:80 SOCKS_USERNAME="a \"b\" c" EMPTY= $AB=nick x="")")
          .value();
  EXPECT_THAT(got.words, ElementsAre("12", "NEW", "0", "host:80", "$AB=nick"));
  EXPECT_THAT(got.keywords,
              ElementsAre(Pair("SOCKS_USERNAME", "a \"b\" c"), Pair("EMPTY", ""), Pair("x", "")));
  EXPECT_EQ(*find(got.keywords, "SOCKS_USERNAME"), "a \"b\" c");
  EXPECT_EQ(find(got.keywords, "socks_username"), nullptr);
}

TEST(Arguments, MayBeQuotedWords) {
  auto const got = parse_arguments(R"(a "2026-11-24 03:00:00" "")").value();
  EXPECT_THAT(got.words, ElementsAre("a", "2026-11-24 03:00:00", ""));
}

TEST(Arguments, AreAnErrorWhereAQuoteDoesNotEnd) {
  EXPECT_FALSE(parse_arguments("A=\"x").has_value());
  EXPECT_TRUE(parse_arguments("A=x\"y").has_value()) << "a quote in the middle is a character";
}

TEST(Word, HasNoSpaceQuoteOrControlCharacter) {
  EXPECT_TRUE(is_word("desc/id/ABC~x=1"));
  for (std::string const wrong : {"", "a b", "a\r", "a\nb", "a\"b", "\x7f", "\xc3\xa4"})
    EXPECT_FALSE(is_word(wrong)) << wrong;
}

TEST(RelayName, IsAFingerprintANicknameOrBoth) {
  std::string const fp = "BBD8F4DF8FF5C69A6A989DB8C1EE2CA7ADFE0755";
  EXPECT_EQ(parse_relay_name("$" + fp + "~nick"), (RelayName{fp, "nick"}));
  EXPECT_EQ(parse_relay_name("$" + fp + "=nick"), (RelayName{fp, "nick"}));
  EXPECT_EQ(parse_relay_name("$" + fp), (RelayName{fp, ""}));
  EXPECT_EQ(parse_relay_name("bbd8f4df8ff5c69a6a989db8c1ee2ca7adfe0755"), (RelayName{fp, ""}));
  EXPECT_EQ(parse_relay_name("nick"), (RelayName{"", "nick"}));
  EXPECT_EQ(parse_relay_name("$BBD8"), (RelayName{"", "$BBD8"}));
  EXPECT_EQ(parse_path("$" + fp + "~a,b").size(), 2U);
  EXPECT_TRUE(parse_path("").empty());
}

}  // namespace
}  // namespace perfd::wire::torctl
