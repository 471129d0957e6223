#include "wire/http/head_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/support.h"

namespace perfd::wire::http {
namespace {

using test::every_split;
using Kind = Framing::Kind;

// Feeds the pieces until a head is there; `used` counts over all of them.
template <class Parser>
std::optional<Error> feed(Parser& parser, std::vector<std::string> const& pieces,
                          std::size_t& used) {
  for (auto const& piece : pieces) {
    auto const taken = parser.receive(as_bytes(piece));
    if (!taken) return taken.error();
    used += *taken;
    if (parser.done()) break;
  }
  return std::nullopt;
}

RequestHead request(std::string const& text) {
  std::optional<RequestHead> head;
  for (auto const& pieces : every_split(text + "BODY")) {
    RequestParser parser;
    std::size_t used = 0;
    auto const error = feed(parser, pieces, used);
    EXPECT_FALSE(error.has_value()) << error->message;
    EXPECT_EQ(used, text.size());
    if (!parser.done()) return {};
    head = parser.take();
    EXPECT_TRUE(parser.idle());
  }
  return *head;
}

ResponseHead response(std::string const& text, bool to_head = false) {
  std::optional<ResponseHead> head;
  for (auto const& pieces : every_split(text + "BODY")) {
    ResponseParser parser(to_head);
    std::size_t used = 0;
    auto const error = feed(parser, pieces, used);
    EXPECT_FALSE(error.has_value()) << error->message;
    EXPECT_EQ(used, text.size());
    if (!parser.done()) return {};
    head = parser.head();
  }
  return *head;
}

template <class Parser>
std::string error_of(std::string const& text) {
  std::string message;
  for (auto const& pieces : every_split(text)) {
    Parser parser;
    std::size_t used = 0;
    auto const error = feed(parser, pieces, used);
    if (!error) return "accepted";
    auto const found = error->code.message() + ": " + error->message;
    EXPECT_TRUE(message.empty() || message == found) << message << "\n" << found;
    message = found;
  }
  return message;
}

std::string request_error(std::string const& text) { return error_of<RequestParser>(text); }
std::string response_error(std::string const& text) { return error_of<ResponseParser>(text); }

TEST(RequestParser, ReadsWhatCurlSends) {
  auto const head = request(
      "GET /urandom/51200?id=01HX HTTP/1.1\r\nHost: 192.0.2.1:8080\r\n"
      "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n");
  EXPECT_EQ(head.method, Method::kGet);
  EXPECT_EQ(head.path(), "/urandom/51200");
  EXPECT_EQ(head.query(), "id=01HX");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.fields.find("USER-AGENT"), "curl/7.88.1");
  EXPECT_EQ(head.fields.find("X-Missing"), std::nullopt);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_EQ(head.framing, Framing{});
}

TEST(RequestParser, KnowsWhoKeepsTheConnection) {
  EXPECT_TRUE(request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  EXPECT_FALSE(request("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_FALSE(request("GET / HTTP/1.1\r\nHost: a\r\nconnection: x, Close\r\n\r\n").keep_alive);
  EXPECT_FALSE(request("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST(RequestParser, ReadsUploads) {
  auto const told = request(
      "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(told.method, Method::kPost);
  EXPECT_EQ(told.framing, (Framing{Kind::kLength, 1048576}));
  EXPECT_TRUE(told.expects_continue);
  auto const chunked =
      request("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(chunked.framing.kind, Kind::kChunked);
  EXPECT_FALSE(request("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

TEST(RequestParser, KeepsUnknownMethodsForTheAnswer) {
  auto const head = request("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head.method, Method::kOther);
  EXPECT_EQ(head.method_text, "BREW");
  EXPECT_EQ(request("HEAD / HTTP/1.0\r\n\r\n").method, Method::kHead);
}

TEST(RequestParser, ReadsOneRequestBehindTheOther) {
  std::string const both =
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  RequestParser parser;
  auto const first = parser.receive(as_bytes(both)).value();
  EXPECT_EQ(parser.receive(as_bytes(both)).value(), 0U) << "takes nothing while a head waits";
  EXPECT_EQ(parser.take().target, "/1");
  auto const rest = both.substr(first);
  EXPECT_EQ(parser.receive(as_bytes(rest)).value(), rest.size());
  EXPECT_EQ(parser.take().target, "/2");
}

TEST(RequestParser, TellsAnIdleConnectionFromATornRequest) {
  RequestParser parser;
  EXPECT_TRUE(parser.idle());
  ASSERT_TRUE(parser.receive(as_bytes("\r\n")).has_value());
  EXPECT_TRUE(parser.idle());
  ASSERT_TRUE(parser.receive(as_bytes("G")).has_value());
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(parser.end_of_input().code, Errc::kTruncated);
}

TEST(RequestParser, RefusesHostileHeads) {
  using testing::StartsWith;
  auto const bad = StartsWith("malformed HTTP message");
  for (auto const* text :
       {"\x16\x03\x01\x02\r\n\r\n",  // TLS on a plain port
        "GET /\r\n\r\n",             // HTTP/0.9
        "GET / FTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "G\x01T / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nNo Colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",  // space before the colon
        "GET / HTTP/1.1\r\n\r\n",              // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",  // bare LF
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"})
    EXPECT_THAT(request_error(text), bad) << text;
  EXPECT_THAT(request_error(std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29)), bad);
  EXPECT_THAT(request_error("\r\n\r\n\r\n\r\n\r\n"), bad);
}

TEST(RequestParser, TellsVersionsAndTargetsThatAreNotServed) {
  using testing::StartsWith;
  for (auto const* version : {"2.0", "1.2", "0.9", "3.0"})
    EXPECT_THAT(request_error(std::string("GET / HTTP/") + version + "\r\nHost: a\r\n\r\n"),
                StartsWith("HTTP version not supported"));
  for (auto const* target : {"http://a/", "a:80", "*"})
    EXPECT_THAT(request_error(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n"),
                StartsWith("request target is not a path"));
  EXPECT_EQ(status_for(make_error(Errc::kUnsupportedVersion, "")), 505);
  EXPECT_EQ(status_for(make_error(Errc::kBadTarget, "")), 400);
  EXPECT_EQ(status_for(make_error(Errc::kTooLarge, "")), 431);
  EXPECT_EQ(status_for(make_error(Errc::kTooLarge, ""), true), 413);
  EXPECT_EQ(status_for(make_error(Errc::kMalformed, "")), 400);
}

TEST(RequestParser, BoundsTheHead) {
  auto const head_of = [](std::size_t size) {
    std::string text = "GET / HTTP/1.0\r\n";
    // Several fields: Beast keeps a single one below 4 KiB only where it is folded.
    while (text.size() + 1000 < size) text += "X: " + std::string(900, 'x') + "\r\n";
    text += "Y: ";
    text += std::string(size - text.size() - 4, 'y');
    return text + "\r\n\r\n";
  };
  auto const parse = [](std::string const& text, std::size_t step) -> std::optional<Error> {
    RequestParser parser;
    for (std::size_t at = 0; at < text.size(); at += step)
      if (auto const used = parser.receive(as_bytes(std::string_view(text).substr(at, step)));
          !used)
        return used.error();
    if (!parser.done()) return Error{"not done"};
    return std::nullopt;
  };
  for (std::size_t const step : {std::size_t{1}, std::size_t{1448}, std::size_t{100000}}) {
    EXPECT_FALSE(parse(head_of(kMaxHead), step).has_value());
    EXPECT_EQ(parse(head_of(kMaxHead + 1), step)->code, Errc::kTooLarge);
    // One line without an end must not be kept for ever.
    EXPECT_EQ(parse(std::string(100000, 'A'), step)->code, Errc::kTooLarge);
  }
  std::string many = "GET / HTTP/1.0\r\n";
  for (std::size_t i = 0; i < kMaxFields; ++i) many += "A: b\r\n";
  EXPECT_FALSE(parse(many + "\r\n", 7).has_value());
  EXPECT_EQ(parse(many + "A: b\r\n\r\n", 7)->code, Errc::kTooLarge);
}

TEST(RequestParser, WaitsOnEveryTruncation) {
  std::string const whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    RequestParser parser;
    ASSERT_TRUE(parser.receive(as_bytes(whole.substr(0, length))).has_value());
    EXPECT_FALSE(parser.done()) << length;
  }
}

TEST(ResponseParser, ReadsWhatServersSend) {
  auto const head = response(
      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: 5242880\r\nConnection: keep-alive\r\nAccept-Ranges: bytes\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.reason, "OK");
  EXPECT_EQ(head.framing, (Framing{Kind::kLength, 5242880}));
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.fields.find("content-type"), "application/octet-stream");
  EXPECT_EQ(head.fields.size(), 5U);
}

TEST(ResponseParser, KnowsHowEachBodyEnds) {
  EXPECT_EQ(response("HTTP/1.0 200 OK\r\n\r\n").framing.kind, Kind::kUntilClose);
  EXPECT_FALSE(response("HTTP/1.1 200 OK\r\n\r\n").keep_alive) << "only closing ends the body";
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").framing.kind,
            Kind::kChunked);
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n").framing.kind,
            Kind::kUntilClose);
  EXPECT_EQ(response("HTTP/1.1 204 No Content\r\n\r\n").framing.kind, Kind::kNone);
  EXPECT_EQ(response("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").framing.kind,
            Kind::kNone);
  auto const to_head = response("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true);
  EXPECT_EQ(to_head.framing.kind, Kind::kNone);
  EXPECT_TRUE(to_head.keep_alive);
  EXPECT_TRUE(response("HTTP/1.1 200 OK\r\n\r\n", true).keep_alive);
  EXPECT_EQ(response("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").framing,
            (Framing{Kind::kLength, 0}));
  EXPECT_EQ(response("HTTP/1.1 200 \r\n\r\n").reason, "");
}

TEST(ResponseParser, SkipsInterimResponses) {
  std::string const text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n";
  for (auto const& pieces : every_split(text + "ok")) {
    ResponseParser parser;
    std::size_t used = 0;
    ASSERT_FALSE(feed(parser, pieces, used).has_value());
    EXPECT_EQ(used, text.size());
    EXPECT_EQ(parser.head().status, 201);
    EXPECT_EQ(parser.head().fields.size(), 1U) << "fields of interim responses are not its own";
    EXPECT_EQ(parser.interim_count(), 2);
    EXPECT_TRUE(parser.continue_received());
  }
  std::string flood;
  for (int i = 0; i <= kMaxInterim; ++i) flood += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_THAT(response_error(flood), testing::StartsWith("too many interim"));
}

TEST(ResponseParser, RefusesWhatIsNoResponse) {
  using testing::StartsWith;
  for (auto const* text :
       {"ICY 200 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 Low\r\n\r\n", "\r\n", "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbroken line\r\n\r\n"})
    EXPECT_THAT(response_error(text), StartsWith("malformed HTTP message")) << text;
  EXPECT_THAT(response_error("HTTP/2.0 200 OK\r\n\r\n"), StartsWith("HTTP version not supported"));
}

TEST(ResponseParser, TellsSilenceFromATornHead) {
  ResponseParser silent;
  EXPECT_EQ(silent.end_of_input().code, Errc::kTruncated);
  EXPECT_THAT(silent.end_of_input().message, testing::HasSubstr("without a response"));
  ResponseParser torn;
  ASSERT_TRUE(torn.receive(as_bytes("HTTP/1.1 200 OK\r\nContent-")).has_value());
  EXPECT_FALSE(torn.done());
  EXPECT_THAT(torn.end_of_input().message, testing::HasSubstr("inside the response head"));
}

TEST(Fields, FindTokensInLists) {
  Fields fields;
  fields.add("Accept-Encoding", "br, gzip ,deflate");
  fields.add("accept-encoding", "zstd");
  EXPECT_TRUE(fields.has_token("Accept-Encoding", "GZIP"));
  EXPECT_TRUE(fields.has_token("Accept-Encoding", "zstd"));
  EXPECT_FALSE(fields.has_token("Accept-Encoding", "zip"));
  EXPECT_EQ(fields.count("ACCEPT-ENCODING"), 2U);
}

}  // namespace
}  // namespace perfd::wire::http
