#include <gtest/gtest.h>

#include "net/support/server_fixture.h"
#include "wire/bytes.h"

namespace perfd::net {
namespace {

class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool fails = false)
      : pieces_(std::move(pieces)), fails_(fails) {}
  runtime::Task<Result<std::span<const std::byte>>> next() override {
    co_await runtime::sleep_for(std::chrono::milliseconds{1});
    if (at_ < pieces_.size()) co_return wire::as_bytes(pieces_[at_++]);
    if (fails_) co_return Error{"the store is gone"};
    co_return std::span<const std::byte>{};
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
  bool fails_;
};

constexpr std::string_view kAsset = "let it = be;";

class TestRoute final : public Route {
 public:
  runtime::Task<std::optional<RouteResponse>> answer(RouteRequest const& request) override {
    asked.push_back(request.head.method_text + " " + request.head.target);
    RouteResponse out;
    auto const path = request.head.path();
    if (path == "/text") {
      out.body = std::string("hello");
      out.fields.add("Content-Type", "text/plain");
    } else if (path == "/asset") {
      out.body = wire::as_bytes(kAsset);
    } else if (path == "/stream" || path == "/broken") {
      out.body = std::make_unique<Pieces>(std::vector<std::string>{"one,", "two,", "three"},
                                          path == "/broken");
    } else if (path == "/sized") {
      out.body = std::make_unique<Pieces>(std::vector<std::string>{"one,", "two"});
      out.length = 7;
    } else if (path == "/unchanged") {
      out.status = 304;
      out.fields.add("ETag", "\"1\"");
    } else {
      co_return std::nullopt;
    }
    co_return out;
  }
  std::vector<std::string> asked;
};

// Says a text, ends its side, and reads until the server has answered it all.
class RouteTest : public test::ServerFixture {
 protected:
  void SetUp() override { start({}, &route_); }
  test::RawAnswer ask(std::string text) {
    return test::ask(loop_, address(), {.text = std::move(text), .half_close = true});
  }
  std::string get(std::string target, std::string version = "1.1") {
    return ask("GET " + target + " HTTP/" + version + "\r\nHost: x\r\nConnection: close\r\n\r\n")
        .text;
  }

  TestRoute route_;
};

class SlowRoute final : public Route {
 public:
  runtime::Task<std::optional<RouteResponse>> answer(RouteRequest const& /*request*/) override {
    co_await runtime::sleep_for(std::chrono::hours{3});
    RouteResponse out;
    out.body = std::string("at last");
    co_return out;
  }
};

class SlowRouteTest : public test::VirtualServerFixture {};

TEST_F(SlowRouteTest, ARouteMayTakeItsTime) {
  SlowRoute route;
  start({}, &route);
  auto const answer = ask({.text = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"});
  EXPECT_TRUE(answer.text.ends_with("at last"));
  EXPECT_GE(passed(), std::chrono::hours{3});
}

TEST_F(RouteTest, AnswersWithTextBytesOrASource) {
  auto const text = test::split_answers(get("/text?x=1")).at(0);
  EXPECT_EQ(text.body, "hello");
  EXPECT_EQ(text.field("Content-Type"), "text/plain");
  EXPECT_TRUE(text.field("Date").ends_with("GMT"));
  EXPECT_EQ(test::split_answers(get("/asset")).at(0).body, kAsset);
  EXPECT_EQ(test::split_answers(get("/sized")).at(0).body, "one,two");
  EXPECT_EQ(route_.asked.at(0), "GET /text?x=1");
}

TEST_F(RouteTest, ASourceOfUnknownLengthGoesOutInChunks) {
  auto const text = get("/stream");
  EXPECT_NE(text.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("4\r\none,\r\n4\r\ntwo,\r\n5\r\nthree\r\n0\r\n\r\n"));
  // HTTP/1.0 knows no chunks: the end of the connection ends the body.
  auto const old = ask("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(old.ended);
  EXPECT_EQ(old.text.find("chunked"), std::string::npos);
  EXPECT_NE(old.text.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(old.text.ends_with("\r\n\r\none,two,three"));
}

TEST_F(RouteTest, ASourceThatFailsEndsTheConnectionWithoutTheLastChunk) {
  auto const answer = ask("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.ended);
  EXPECT_TRUE(answer.text.ends_with("5\r\nthree\r\n"));
}

TEST_F(RouteTest, HeadAndNotModifiedHaveNoBody) {
  auto const head = ask("HEAD /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").text;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  auto const unchanged = get("/unchanged");
  EXPECT_TRUE(unchanged.starts_with("HTTP/1.1 304 "));
  EXPECT_EQ(unchanged.find("Content-Length"), std::string::npos);
}

TEST_F(RouteTest, KeepsTheConnectionBehindEveryKindOfAnswer) {
  std::string requests;
  for (auto const* path : {"/text", "/stream", "/unchanged", "/nothing", "/text"})
    requests += "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  auto const answer = ask(requests);
  EXPECT_EQ(route_.asked.size(), 5U);
  EXPECT_TRUE(answer.text.ends_with("hello"));
}

TEST_F(RouteTest, ABodyThatNobodyAskedForIsNotTakenForARequest) {
  auto const answer =
      ask("POST /text HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\nGET /evil HTTP/1.1"
          "GET /asset HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(route_.asked, (std::vector<std::string>{"POST /text", "GET /asset"}));
  EXPECT_EQ(test::split_answers(answer.text).size(), 2U);
}

TEST_F(RouteTest, WhatTheRouteLeavesIsTheServersOwn) {
  EXPECT_EQ(test::split_answers(get("/nothing")).at(0).status, 404);
  EXPECT_NE(get("/").find("measurement server"), std::string::npos);
}

}  // namespace
}  // namespace perfd::net
