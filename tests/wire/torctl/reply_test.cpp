#include "wire/torctl/reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace perfd::wire::torctl {
namespace {

using testing::HasSubstr;

std::vector<Reply> read_all(std::string_view bytes, ReplyLimits limits = {}) {
  ReplyReader reader(limits);
  reader.feed(bytes).value();
  std::vector<Reply> out;
  while (auto reply = reader.next()) out.push_back(std::move(*reply));
  return out;
}

std::string failure(std::string_view bytes, ReplyLimits limits = {}) {
  ReplyReader reader(limits);
  auto const fed = reader.feed(bytes);
  return fed.has_error() ? fed.error().message : "";
}

constexpr std::string_view kConversation =
    "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250 OK\r\n"
    "250+circuit-status=\r\n1 BUILT $A~b\r\n..leading dot\r\n.\r\n250 OK\r\n"
    "650 BW 1 2\r\n"
    "650+NEWCONSENSUS\r\nr one\r\n\r\nr two\r\n.\r\n650 OK\r\n"
    "552 Unrecognized event \"X\"\r\n";

TEST(ReplyReader, SeparatesRepliesLinesAndData) {
  auto const replies = read_all(kConversation);
  ASSERT_EQ(replies.size(), 5U);
  EXPECT_EQ(replies[0],
            (Reply{250, {{'-', "PROTOCOLINFO 1"}, {'-', "AUTH METHODS=NULL"}, {' ', "OK"}}}));
  EXPECT_EQ(replies[1],
            (Reply{250, {{'+', "circuit-status=", "1 BUILT $A~b\n.leading dot\n"}, {' ', "OK"}}}));
  EXPECT_TRUE(replies[2].is_event());
  EXPECT_EQ(replies[2].lines[0].text, "BW 1 2");
  EXPECT_EQ(replies[3].lines[0].data, "r one\n\nr two\n");
  EXPECT_FALSE(replies[4].ok());
  EXPECT_FALSE(replies[4].is_event());
}

TEST(ReplyReader, GivesTheSameWhereverTheBytesAreCut) {
  auto const whole = read_all(kConversation);
  for (std::size_t cut = 0; cut <= kConversation.size(); ++cut) {
    ReplyReader reader;
    std::vector<Reply> got;
    for (auto const part : {kConversation.substr(0, cut), kConversation.substr(cut)}) {
      ASSERT_TRUE(reader.feed(part).has_value()) << cut;
      while (auto reply = reader.next()) got.push_back(std::move(*reply));
    }
    ASSERT_EQ(got, whole) << cut;
  }
}

TEST(ReplyReader, GivesTheSameByteByByte) {
  ReplyReader reader;
  std::vector<Reply> got;
  for (char const c : kConversation) {
    ASSERT_TRUE(reader.feed({&c, 1}).has_value());
    while (auto reply = reader.next()) got.push_back(std::move(*reply));
  }
  EXPECT_EQ(got, read_all(kConversation));
}

TEST(ReplyReader, GivesNothingBeforeTheLastLine) {
  ReplyReader reader;
  reader.feed("250-a=1\r\n250+b=\r\n250 OK\r\n").value();
  EXPECT_FALSE(reader.next()) << "the last line was data";
  reader.feed(".\r\n250 OK\r").value();
  EXPECT_FALSE(reader.next());
  reader.feed("\n").value();
  auto const reply = reader.next();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->lines[1].data, "250 OK\n");
  EXPECT_FALSE(reader.next());
}

TEST(ReplyReader, TakesABareLineFeed) {
  EXPECT_EQ(read_all("250+x=\na\n.\n250 OK\n"), read_all("250+x=\r\na\r\n.\r\n250 OK\r\n"));
}

TEST(ReplyReader, IsWrittenBackAsItCame) {
  std::string lines(kConversation);
  std::erase(lines, '\r');
  std::string written;
  for (auto const& reply : read_all(kConversation)) written += to_text(reply) + "\n";
  EXPECT_EQ(written, lines);
}

TEST(ReplyReader, RefusesWhatIsNoReply) {
  for (std::string_view const wrong :
       {"HTTP/1.1 400 Bad Request\r\n", "25 OK\r\n", "\r\n", "250\r\n", "2a0 OK\r\n", "050 OK\r\n",
        "250*OK\r\n", "250-one\r\n650 BW 1 2\r\n", "650-CONF_CHANGED\r\n250 OK\r\n"})
    EXPECT_NE(failure(wrong), "") << wrong;
  EXPECT_THAT(failure("HTTP/1.1 400 Bad\x01\r\n"), HasSubstr("HTTP/1.1 400 Bad\\x01"));
}

TEST(ReplyReader, StaysFailed) {
  ReplyReader reader;
  EXPECT_FALSE(reader.feed("250 OK\r\nnonsense\r\n").has_value());
  EXPECT_FALSE(reader.feed("250 OK\r\n").has_value());
  EXPECT_TRUE(reader.next()) << "what was complete before is still given";
  EXPECT_FALSE(reader.next());
}

TEST(ReplyReader, BoundsALine) {
  ReplyLimits const limits{.line = 16, .reply = 1 << 20, .event_data = 1 << 20};
  std::string const longest = "250 " + std::string(12, 'x');
  for (auto const* end : {"\n", "\r\n"}) {
    EXPECT_EQ(failure(longest + end, limits), "");
    EXPECT_NE(failure(longest + "x" + end, limits), "");
    EXPECT_NE(failure("250+k=\r\n" + longest + "x" + end, limits), "") << "in data too";
  }
  // A line that never ends is not waited for.
  ReplyReader reader(limits);
  std::size_t taken = 0;
  while (taken < 1000 && reader.feed("x").has_value()) ++taken;
  EXPECT_LE(taken, 18U);
}

TEST(ReplyReader, BoundsAWholeReply) {
  ReplyLimits const limits{.line = 100, .reply = 1000, .event_data = 1 << 20};
  ReplyReader reader(limits);
  reader.feed("250+consensus=\r\n").value();
  std::size_t lines = 0;
  while (lines < 1000 && reader.feed(std::string(99, 'x') + "\r\n").has_value()) ++lines;
  EXPECT_LT(lines, 10U);
  EXPECT_GT(lines, 7U);
  // Empty lines cost memory too.
  ReplyReader many(limits);
  std::size_t empty = 0;
  while (empty < 1000 && many.feed("250-\r\n").has_value()) ++empty;
  EXPECT_LT(empty, 1000 / sizeof(ReplyLine) + 1);
  // The limit is for one reply, not for a connection's life.
  ReplyReader lasting(limits);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(lasting.feed("250 OK\r\n").has_value());
}

TEST(ReplyReader, DropsAnEventsDataOverItsLimitAndGoesOn) {
  ReplyLimits const limits{.line = 100, .reply = 500, .event_data = 20};
  std::string bytes = "650+NEWCONSENSUS\r\nfirst line\r\n";
  for (int i = 0; i < 1000; ++i) bytes += "another line\r\n";
  bytes += ".\r\n650 OK\r\n250 OK\r\n";
  auto const replies = read_all(bytes, limits);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].lines[0].data, "first line\n");
  EXPECT_TRUE(replies[0].lines[0].truncated);
  EXPECT_FALSE(read_all(kConversation)[3].lines[0].truncated);
}

TEST(ReplyReader, GivesTheSameForAnyBytesInAnyPieces) {
  EXPECT_TRUE(rc::check("cut anywhere", [] {
    auto const pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("0256+- .\r\nx"))));
    std::string whole;
    for (auto const& piece : pieces) whole += piece;
    ReplyReader one;
    ReplyReader many;
    bool const one_ok = one.feed(whole).has_value();
    bool many_ok = true;
    for (auto const& piece : pieces) many_ok = many.feed(piece).has_value() && many_ok;
    RC_ASSERT(one_ok == many_ok);
    for (;;) {
      auto const a = one.next();
      auto const b = many.next();
      RC_ASSERT(a == b);
      if (!a) break;
    }
  }));
}

}  // namespace
}  // namespace perfd::wire::torctl
