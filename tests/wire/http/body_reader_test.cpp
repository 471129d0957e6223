#include "wire/http/body_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "wire/support.h"

namespace perfd::wire::http {
namespace {

using test::every_split;
using Kind = Framing::Kind;

struct Read {
  std::string payload, left_over;
  std::optional<Error> error;
};

Read read(BodyReader& body, std::vector<std::string> const& pieces) {
  Read result;
  std::string buffered;
  for (auto const& piece : pieces) {
    buffered += piece;
    while (!body.done() && !buffered.empty()) {
      auto const got = body.receive(as_bytes(buffered));
      if (!got) {
        result.error = got.error();
        return result;
      }
      EXPECT_GT(got->consumed, 0U);
      result.payload += as_text(got->data);
      buffered.erase(0, got->consumed);
    }
  }
  result.left_over = buffered;
  return result;
}

TEST(BodyReader, EndsAfterTheToldLength) {
  for (auto const& pieces : every_split("helloHTTP/1.1")) {
    BodyReader body({Kind::kLength, 5});
    auto const got = read(body, pieces);
    EXPECT_TRUE(body.done());
    EXPECT_EQ(got.payload, "hello");
    EXPECT_EQ(got.left_over, "HTTP/1.1");
    EXPECT_EQ(body.received(), 5U);
    EXPECT_EQ(body.remaining(), 0U);
    EXPECT_TRUE(body.end_of_input().has_value());
  }
}

TEST(BodyReader, HandsBackTheCallersOwnBytes) {
  std::vector<std::byte> buffer(65536);
  for (auto const kind : {Kind::kLength, Kind::kUntilClose}) {
    BodyReader body({kind, 5242880});
    auto const piece = body.receive(buffer).value();
    EXPECT_EQ(piece.data.data(), buffer.data());
    EXPECT_EQ(piece.data.size(), buffer.size());
    EXPECT_EQ(piece.consumed, buffer.size());
  }
  std::string const chunk = "5\r\nhello\r\n";
  BodyReader body({Kind::kChunked, 0});
  auto const piece = body.receive(as_bytes(chunk)).value();
  EXPECT_EQ(static_cast<void const*>(piece.data.data()), chunk.data() + 3);
}

TEST(BodyReader, TellsATornBodyFromABrokenOne) {
  BodyReader body({Kind::kLength, 10});
  read(body, {"hello"});
  auto const ended = body.end_of_input();
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code, Errc::kTruncated);
  EXPECT_THAT(ended.error().message, testing::HasSubstr("5 bytes before the end"));
}

TEST(BodyReader, NeedsNothingWhereThereIsNoBody) {
  for (auto const framing : {Framing{}, Framing{Kind::kLength, 0}}) {
    BodyReader body(framing);
    EXPECT_TRUE(body.done());
    EXPECT_EQ(body.receive(as_bytes("x")).value().consumed, 0U);
    EXPECT_TRUE(body.end_of_input().has_value());
    EXPECT_EQ(body.remaining(), 0U);
  }
}

TEST(BodyReader, ReadsUntilTheConnectionCloses) {
  BodyReader body({Kind::kUntilClose, 0});
  EXPECT_EQ(read(body, {"some ", "bytes"}).payload, "some bytes");
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.remaining(), std::nullopt);
  EXPECT_TRUE(body.end_of_input().has_value());
  EXPECT_TRUE(body.done());
}

TEST(BodyReader, TakesChunksApart) {
  std::string const text =
      "4\r\nWiki\r\n5;ext=\"a;b\"\r\npedia\r\n0E\r\n in\r\n\r\nchunks.\r\n0\r\n\r\nNEXT";
  for (auto const& pieces : every_split(text)) {
    BodyReader body({Kind::kChunked, 0});
    auto const got = read(body, pieces);
    ASSERT_FALSE(got.error.has_value()) << got.error->message;
    EXPECT_TRUE(body.done());
    EXPECT_EQ(got.payload, "Wikipedia in\r\n\r\nchunks.");
    EXPECT_EQ(got.left_over, "NEXT");
    EXPECT_EQ(body.received(), got.payload.size());
  }
}

// Beast asserts that a last chunk which it looks at again has 5 bytes; the first chunk has no CRLF
// before it and can be shorter.
TEST(BodyReader, TakesAnEmptyChunkedBodyInAnyPieces) {
  for (auto const& pieces : every_split("0\r\n\r\nNEXT")) {
    BodyReader body({Kind::kChunked, 0});
    auto const got = read(body, pieces);
    ASSERT_FALSE(got.error.has_value()) << got.error->message;
    EXPECT_TRUE(body.done());
    EXPECT_EQ(got.left_over, "NEXT");
  }
}

// What follows the payload of a chunk is its CRLF, and nothing that looks like a first chunk.
TEST(BodyReader, AChunkThatIsShorterThanItSaysIsAnErrorInAnyPieces) {
  for (auto const& pieces : every_split("6\r\nWiki\r\n0\r\ng")) {
    BodyReader body({Kind::kChunked, 0});
    auto const got = read(body, pieces);
    ASSERT_TRUE(got.error.has_value());
    EXPECT_EQ(got.error->code, Errc::kMalformed);
  }
}

TEST(BodyReader, SkipsTrailers) {
  for (auto const& pieces : every_split("1\r\nx\r\n0\r\nExpires: never\r\nB: c\r\n\r\nNEXT")) {
    BodyReader body({Kind::kChunked, 0});
    auto const got = read(body, pieces);
    ASSERT_FALSE(got.error.has_value()) << got.error->message;
    EXPECT_TRUE(body.done());
    EXPECT_EQ(got.payload, "x");
    EXPECT_EQ(got.left_over, "NEXT");
  }
}

TEST(BodyReader, TellsEveryTruncationOfChunks) {
  std::string const whole = "4\r\nWiki\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    for (auto const& pieces : every_split(whole.substr(0, length))) {
      BodyReader body({Kind::kChunked, 0});
      EXPECT_FALSE(read(body, pieces).error.has_value());
      ASSERT_FALSE(body.done()) << length;
      EXPECT_EQ(body.end_of_input().error().code, Errc::kTruncated);
    }
  }
}

TEST(BodyReader, RefusesBrokenChunks) {
  for (auto const* text :
       {"x\r\n", "\r\n\r\n", "-1\r\nx", "0x4\r\nWiki\r\n\r\n", "4\nWiki\n", "4 4\r\nWiki\r\n",
        "4\r\nWikiXX\r\n0\r\n\r\n", "4\r\nWikii\r\n0", "4\r\nWiki0\r\n\r\n",
        "11111111111111111\r\n", "0\r\nbroken trailer\r\n\r\n", "4;=\r\nWiki\r\n",
        "4;a=\"\n\"\r\nWiki\r\n"}) {
    for (auto const& pieces : every_split(text)) {
      BodyReader body({Kind::kChunked, 0});
      auto const got = read(body, pieces);
      ASSERT_TRUE(got.error.has_value()) << text;
      EXPECT_EQ(got.error->code, Errc::kMalformed) << text;
    }
  }
}

TEST(BodyReader, BoundsWhatItKeepsOfAChunkHeader) {
  auto const endless = "4;" + std::string(100000, 'a');
  auto const trailers = "0\r\n" + [] {
    std::string fields;
    while (fields.size() < 100000) fields += "Name: value\r\n";
    return fields;
  }();
  for (auto const& text : {endless, trailers}) {
    for (std::size_t const step : {std::size_t{1}, std::size_t{1000}, text.size()}) {
      BodyReader body({Kind::kChunked, 0});
      std::vector<std::string> pieces;
      for (std::size_t at = 0; at < text.size(); at += step)
        pieces.push_back(text.substr(at, step));
      auto const got = read(body, pieces);
      ASSERT_TRUE(got.error.has_value());
      EXPECT_EQ(got.error->code, Errc::kTooLarge);
    }
  }
}

TEST(BodyReader, BoundsTheBodyWhenTold) {
  BodyReader told({Kind::kLength, 11}, 10);
  EXPECT_EQ(told.receive(as_bytes("x")).error().code, Errc::kTooLarge);
  BodyReader fits({Kind::kLength, 10}, 10);
  EXPECT_FALSE(read(fits, {"0123456789"}).error.has_value());
  BodyReader until_close({Kind::kUntilClose, 0}, 10);
  EXPECT_FALSE(read(until_close, {"0123456789"}).error.has_value());
  EXPECT_EQ(read(until_close, {"x"}).error->code, Errc::kTooLarge);
  BodyReader chunked({Kind::kChunked, 0}, 10);
  EXPECT_EQ(read(chunked, {"6\r\n012345\r\n5\r\n67890\r\n"}).error->code, Errc::kTooLarge);
  BodyReader huge({Kind::kChunked, 0});  // more than Beast's default of 8 MiB
  EXPECT_FALSE(read(huge, {"FFFFFFFFF\r\n012345"}).error.has_value());
}

TEST(BodyReader, SurvivesBeingMovedWithinAChunk) {
  BodyReader first({Kind::kChunked, 0});
  read(first, {"5\r\nhe"});
  auto second = std::move(first);
  EXPECT_EQ(read(second, {"llo\r\n0", "\r\n\r\n"}).payload, "llo");
  EXPECT_TRUE(second.done());
}

TEST(BodyReader, GivesBackWhatWasChunked) {
  EXPECT_TRUE(
      rc::check([](std::vector<std::string> const& chunks, std::vector<std::uint8_t> const& cuts) {
        std::string wire, payload;
        for (auto const& chunk : chunks) {
          if (chunk.empty()) continue;
          char size[20];
          std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
          wire += size + chunk + "\r\n";
          payload += chunk;
        }
        wire += "0\r\n\r\n";
        std::vector<std::string> pieces;
        std::size_t at = 0;
        for (auto const cut : cuts) {
          auto const length = std::min<std::size_t>(cut % 9, wire.size() - at);
          pieces.push_back(wire.substr(at, length));
          at += length;
        }
        pieces.push_back(wire.substr(at) + "REST");
        BodyReader body({Kind::kChunked, 0});
        auto const got = read(body, pieces);
        RC_ASSERT(!got.error);
        RC_ASSERT(body.done());
        RC_ASSERT(got.payload == payload);
        RC_ASSERT(got.left_over == "REST");
      }));
}

}  // namespace
}  // namespace perfd::wire::http
