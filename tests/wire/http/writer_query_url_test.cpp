#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/http/head_parser.h"
#include "wire/http/head_writer.h"
#include "wire/http/query.h"
#include "wire/http/url.h"
#include "wire/support.h"

namespace perfd::wire::http {
namespace {

TEST(HeadWriter, WritesRequestsAndResponses) {
  std::string out;
  HeadWriter(out).request("GET", "/urandom/51200").field("Host", "192.0.2.1").end();
  EXPECT_EQ(out, "GET /urandom/51200 HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
  out.clear();
  HeadWriter(out).response(200).field("Content-Length", 5242880).field("X", "").end();
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 5242880\r\nX: \r\n\r\n");
  out.clear();
  HeadWriter(out).response(404, 0).end();
  EXPECT_EQ(out, "HTTP/1.0 404 Not Found\r\n\r\n");
  out.clear();
  HeadWriter(out).response(299).end();
  EXPECT_EQ(out, "HTTP/1.1 299 Unknown\r\n\r\n");
  EXPECT_EQ(continue_response(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
}

TEST(HeadWriter, RefusesWhatWouldBreakOutOfTheHead) {
  std::string out;
  HeadWriter writer(out);
  EXPECT_THROW(writer.field("A", "b\r\nC: d"), std::invalid_argument);
  EXPECT_THROW(writer.field("A\n", "b"), std::invalid_argument);
  EXPECT_THROW(writer.field("", "b"), std::invalid_argument);
  EXPECT_THROW(writer.request("GET", "/a b"), std::invalid_argument);
  EXPECT_THROW(writer.request("GET", ""), std::invalid_argument);
  EXPECT_THROW(writer.request("GET /", "/"), std::invalid_argument);
  EXPECT_THROW(writer.response(99), std::invalid_argument);
  EXPECT_THROW(writer.response(200, 1, "O\nK"), std::invalid_argument);
  EXPECT_EQ(out, "");
}

TEST(HeadWriter, WritesWhatTheParsersRead) {
  EXPECT_TRUE(rc::check([](std::vector<std::uint8_t> const& values) {
    Fields fields;
    fields.add("Host", "a");
    for (auto const value : values) {
      if (fields.size() == kMaxFields) break;
      fields.add("X-" + std::to_string(value), std::string(value, 'v'));
    }
    std::string out;
    HeadWriter(out).request("POST", "/p?q").fields(fields).end();
    if (out.size() > kMaxHead) return;
    RequestParser parser;
    RC_ASSERT(parser.receive(as_bytes(out)).value() == out.size());
    RC_ASSERT(parser.done());
    RC_ASSERT(parser.head().fields.size() == fields.size());
    auto mine = fields.begin();
    for (auto const& field : parser.head().fields) {
      RC_ASSERT(field.name == mine->name);
      RC_ASSERT(field.value == mine->value);
      ++mine;
    }
  }));
}

TEST(Query, IsTakenApart) {
  auto const query = Query::parse("since=2026-11-24T03%3a37&name=a+b%2B&flag&&x=1&x=2&=v").value();
  EXPECT_EQ(query.find("since"), "2026-11-24T03:37");
  EXPECT_EQ(query.find("name"), "a b+");
  EXPECT_EQ(query.find("flag"), "");
  EXPECT_EQ(query.find("x"), "1");
  EXPECT_EQ(query.find(""), "v");
  EXPECT_EQ(query.find("missing"), std::nullopt);
  EXPECT_EQ(query.all().size(), 6U);
  EXPECT_TRUE(Query::parse("").value().all().empty());
  EXPECT_EQ(Query::parse("a=b=c").value().find("a"), "b=c");
}

TEST(Query, IsRefusedWhenBrokenOrEndless) {
  for (auto const* wrong : {"a=%", "a=%4", "a=%zz", "a=%-1", "a=%+1", "%4=b", "a=%00", "a=% 1"})
    EXPECT_FALSE(Query::parse(wrong).has_value()) << wrong;
  EXPECT_TRUE(Query::parse("a=" + std::string(kMaxQuery - 2, 'x')).has_value());
  EXPECT_FALSE(Query::parse("a=" + std::string(kMaxQuery - 1, 'x')).has_value());
  std::string many;
  for (std::size_t i = 0; i < kMaxParameters; ++i) many += "a&";
  EXPECT_TRUE(Query::parse(many).has_value());
  EXPECT_FALSE(Query::parse(many + "a").has_value());
  EXPECT_EQ(percent_decode("a+b%20c").value(), "a+b c");
}

TEST(Url, IsTakenApart) {
  auto const url = parse_url("http://Example.COM:8080/a/b?c=d#e").value();
  EXPECT_EQ(url.scheme, Url::Scheme::kHttp);
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, 8080);
  EXPECT_EQ(url.target, "/a/b?c=d");
  EXPECT_EQ(url.host_field(), "example.com:8080");
  EXPECT_EQ(url.text(), "http://example.com:8080/a/b?c=d");
  EXPECT_FALSE(url.is_onion());
}

TEST(Url, FillsInWhatIsUsual) {
  EXPECT_EQ(parse_url("http://a").value().target, "/");
  EXPECT_EQ(parse_url("http://a?b").value().target, "/?b");
  EXPECT_EQ(parse_url("http://a:/").value().port, 80);
  EXPECT_EQ(parse_url("http://a:80/").value().host_field(), "a");
  auto const secure = parse_url("HTTPS://a/").value();
  EXPECT_EQ(secure.scheme, Url::Scheme::kHttps);
  EXPECT_EQ(secure.port, 443);
  EXPECT_EQ(secure.text(), "https://a/");
}

TEST(Url, KnowsAddressesAndOnions) {
  auto const six = parse_url("http://[2001:DB8::1]:81/x").value();
  EXPECT_TRUE(six.ipv6);
  EXPECT_EQ(six.host, "2001:db8::1");
  EXPECT_EQ(six.host_field(), "[2001:db8::1]:81");
  EXPECT_EQ(parse_url("http://192.0.2.1/").value().host, "192.0.2.1");
  auto const onion =
      parse_url("http://2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion/").value();
  EXPECT_TRUE(onion.is_onion());
  EXPECT_FALSE(parse_url("http://onion.example/").value().is_onion());
}

TEST(Url, SaysWhatIsWrong) {
  auto const why = [](std::string_view text) {
    auto const url = parse_url(text);
    return url ? std::string("accepted") : url.error().message;
  };
  using testing::HasSubstr;
  EXPECT_THAT(why("example.com/x"), HasSubstr("begin it with http://"));
  EXPECT_THAT(why("ftp://a/"), HasSubstr("neither http nor https"));
  EXPECT_THAT(why("http:///x"), HasSubstr("host is missing"));
  EXPECT_THAT(why("http://u:p@a/"), HasSubstr("user names"));
  EXPECT_THAT(why("http://a:0/"), HasSubstr("ports go from"));
  EXPECT_THAT(why("http://a:65536/"), HasSubstr("ports go from"));
  EXPECT_THAT(why("http://a:80x/"), HasSubstr("not a valid address"));
  EXPECT_THAT(why("http://a/\r\nX: y"), HasSubstr("not a valid address"));
  EXPECT_THAT(why("http://a b/"), HasSubstr("not a valid address"));
  EXPECT_THAT(why("http://a%41/"), HasSubstr("host names have"));
  EXPECT_THAT(why("http://[::1/"), HasSubstr("not a valid address"));
  EXPECT_THAT(why("http://" + std::string(256, 'a')), HasSubstr("255 bytes"));
  EXPECT_THAT(why("http://a/" + std::string(9000, 'a')), HasSubstr("longer than"));
}

TEST(Url, IsTheSameAfterARoundThroughText) {
  for (auto const* text : {"http://a/", "https://[::1]:8443/b?c", "http://192.0.2.1:81/%20"}) {
    auto const url = parse_url(text).value();
    EXPECT_EQ(url.text(), text);
    EXPECT_EQ(parse_url(url.text()).value(), url);
  }
}

}  // namespace
}  // namespace perfd::wire::http
