#include <boost/json.hpp>

#include "model/mark.h"
#include "net/support/server_fixture.h"
#include "runtime/random.h"

namespace perfd::net {
namespace {

namespace mark = model::mark;

class ServerUploadTest : public test::ServerFixture {
 protected:
  // The answer's JSON, of which the number of bytes must be this one.
  static boost::json::object marks_of(test::Answer const& answer, std::int64_t bytes) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    auto const json = boost::json::parse(answer.body).as_object();
    EXPECT_EQ(json.at("bytes").as_int64(), bytes);
    return json.at("marks").as_object();
  }
  // Of a body whose length was told.
  static void expect_every_mark(boost::json::object const& marks) {
    expect_order(marks,
                 {mark::kServerAccept, mark::kServerRequest, mark::kServerFirst, "DATAPERC10",
                  "DATAPERC20", "DATAPERC30", "DATAPERC40", "DATAPERC50", mark::kServerHalf,
                  "DATAPERC60", "DATAPERC70", "DATAPERC80", "DATAPERC90", mark::kServerLast});
  }
  static void expect_order(boost::json::object const& marks,
                           std::vector<std::string_view> const& names) {
    std::int64_t last = 0;
    for (auto const name : names) {
      ASSERT_TRUE(marks.contains(name)) << name;
      EXPECT_GE(marks.at(name).as_int64(), last) << name;
      last = marks.at(name).as_int64();
    }
    EXPECT_EQ(marks.size(), names.size());
  }
};

TEST_F(ServerUploadTest, ReadsAndDropsABodyAndTellsWhenItCame) {
  start();
  auto const before = to_us(runtime::wall_now());
  auto const marks =
      marks_of(ask("POST /upload", "Content-Length: 300000\r\n", std::string(300000, 'u')), 300000);
  expect_every_mark(marks);
  EXPECT_NEAR(static_cast<double>(marks.at("LAST_BYTE").as_int64()), static_cast<double>(before),
              30e6);
}

TEST_F(ServerUploadTest, AnEmptyBodyHasItsMarksToo) {
  start();
  expect_every_mark(marks_of(ask("POST /upload", "Content-Length: 0\r\n"), 0));
}

TEST_F(ServerUploadTest, OfABodyInChunksTheHalfIsNeverKnown) {
  start();
  expect_order(marks_of(ask("POST /upload", "Transfer-Encoding: chunked\r\n",
                            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
                        11),
               {mark::kServerAccept, mark::kServerRequest, mark::kServerFirst, mark::kServerLast});
}

TEST_F(ServerUploadTest, BoundsUploads) {
  start({.max_size = {1000}});
  EXPECT_EQ(ask("POST /upload", "Content-Length: 1001\r\n", std::string(1001, 'x')).status, 413);
  EXPECT_EQ(ask("POST /upload", "Transfer-Encoding: chunked\r\n",
                "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n")
                .status,
            413);
  EXPECT_EQ(ask("POST /upload", "Content-Length: 1000\r\n", std::string(1000, 'x')).status, 200);
}

TEST_F(ServerUploadTest, ARefusalReachesAClientThatIsStillSending) {
  start({.max_size = {1000}});
  auto const answer = ask("POST /upload", "Content-Length: 900000\r\n", std::string(900000, 'x'));
  EXPECT_EQ(answer.status, 413);
}

TEST_F(ServerUploadTest, OneThatAsksFirstIsToldToGoOn) {
  start();
  auto const text = raw({.text = "POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                                 "Content-Length: 2\r\nConnection: close\r\n\r\nhi"});
  EXPECT_TRUE(text.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerUploadTest, TheNextRequestBehindABodyIsFound) {
  start();
  std::string const text =
      "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
      "GET /urandom/9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (std::size_t piece : {65536U, 1U}) {
    auto const answers = test::split_answers(raw({.text = text, .piece = piece}));
    ASSERT_EQ(answers.size(), 3U);
    (void)marks_of(answers[0], 3);
    (void)marks_of(answers[1], 2);
    EXPECT_EQ(answers[2].body.size(), 9U);
  }
}

TEST_F(ServerUploadTest, IsObservedLikeADownload) {
  start();
  auto const id = runtime::new_id();
  (void)ask("POST /upload", "Content-Length: 4\r\nX-Perfd-Measurement: " + id + "\r\n", "abcd");
  ASSERT_EQ(observer_.seen.size(), 1U);
  EXPECT_EQ(observer_.seen[0].measurement, id);
  EXPECT_EQ(observer_.seen[0].bytes, 4);
  EXPECT_TRUE(observer_.seen[0].complete);
}

}  // namespace
}  // namespace perfd::net
