// Which of a tor's last lines are quoted.
#include "tor/last_words.h"

#include <gmock/gmock.h>

namespace perfd::tor {
namespace {

using testing::StartsWith;

std::string quoted(std::vector<std::string> const& lines) {
  LastWords words;
  for (auto const& line : lines) words.add(line);
  return words.quoted();
}

TEST(LastWordsTest, QuotesErrorsThenWarningsThenTheLastLineWithoutTimes) {
  std::string const notice = "Nov 24 03:40:11.123 [notice] Tor 0.4.9.11 opening log file.";
  std::string const warning = "Nov 24 03:40:11.124 [warn] Failed to parse torrc.";
  std::string const error = "Nov 24 03:40:11.125 [err] Out of memory.";
  EXPECT_EQ(quoted({}), "");
  EXPECT_EQ(quoted({"no time at all"}), "no time at all");
  EXPECT_EQ(quoted({warning, notice}), "[warn] Failed to parse torrc.");
  EXPECT_EQ(quoted({notice, warning, error, notice}), "[err] Out of memory.");
  EXPECT_EQ(quoted({notice}), "[notice] Tor 0.4.9.11 opening log file.");
}

TEST(LastWordsTest, QuotesTheFirstErrorsAndTheLastWarnings) {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  for (int i = 0; i < 5; ++i) {
    errors.push_back("[err] " + std::to_string(i));
    warnings.push_back("[warn] " + std::to_string(i));
  }
  EXPECT_EQ(quoted(errors), "[err] 0 / [err] 1 / [err] 2");
  EXPECT_EQ(quoted(warnings), "[warn] 2 / [warn] 3 / [warn] 4");
}

TEST(LastWordsTest, PassByWhatHealthyTorsSayAndWhatOnlyPointsToMore) {
  std::string const usual = "[warn] You are running Tor as root. You don't need to.";
  std::string const cause = "[warn] Failed to parse/validate config: Unknown option 'X'.";
  std::string const pointer = "[err] Reading config failed--see warnings above.";
  EXPECT_EQ(quoted({cause, usual, usual, usual, pointer}), cause);
  EXPECT_EQ(quoted({usual}), usual);  // better than nothing
  EXPECT_EQ(quoted({cause, "", "  "}), cause);
}

TEST(LastWordsTest, AreAClauseOfASentence) {
  LastWords words;
  EXPECT_EQ(words.clause("; it logged nothing"), "; it logged nothing");
  words.add("[err] Out of memory");
  EXPECT_EQ(words.clause("; it logged nothing"), "; its log says \"[err] Out of memory\"");
}

TEST(LastWordsTest, AreBoundedAndPrintable) {
  LastWords words;
  words.add("[err] long ago");
  for (int i = 0; i < 1000; ++i) words.add("[notice] " + std::to_string(i));
  EXPECT_EQ(words.quoted(), "[notice] 999");

  auto const wild = quoted({"[err] \x1b[31m" + std::string(5000, 'x')});
  EXPECT_THAT(wild, StartsWith("[err] \\x1b[31mxxx"));
  EXPECT_LT(wild.size(), 400U);
}

}  // namespace
}  // namespace perfd::tor
