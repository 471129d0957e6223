// What is not as it should be in an event.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "browser/bidi_events.h"
#include "browser/bidi_message.h"
#include "browser/errors.h"
#include "browser/page_times.h"
#include "browser/png_text.h"
#include "browser/profile.h"
#include "browser/surrogates.h"

namespace perfd::browser {
namespace {

std::optional<BidiEvent> parse(std::string_view method, std::string_view params) {
  return parse_event(method, boost::json::parse(params).as_object());
}
NetworkEvent network(std::string_view params) {
  return std::get<NetworkEvent>(parse("network.responseCompleted", params).value());
}

TEST(BidiMessages, WhatIsNestedDeeperThanAnythingUsedIsOfNoInterest) {
  std::string const deep(100, '[');
  for (std::string const text : {"", "\\ud83d", "\\ud83d\\ude00"}) {
    auto const parsed = parse_message(R"({"type":"event","method":"m","params":{"text":")" + text +
                                      R"(","a":)" + deep + std::string(100, ']') + "}}");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(*parsed)) << text;
  }
  EXPECT_EQ(parse_message(deep.substr(0, 10)).error().code, Errc::kProtocol);
}

TEST(BidiEvents, AnEventWithoutWhatMakesItOneIsNone) {
  EXPECT_FALSE(parse("network.beforeRequestSent", "{}"));
  EXPECT_FALSE(parse("network.beforeRequestSent", R"({"request":[]})"));
  EXPECT_FALSE(parse("network.beforeRequestSent", R"({"request":{"request":"1"}})"));
  EXPECT_FALSE(parse("browsingContext.load", R"({"url":"http://a/"})"));
  EXPECT_FALSE(parse("browsingContext.contextCreated", R"({"context":7})"));
  EXPECT_FALSE(parse("script.message", R"({"context":"c"})"));
}

TEST(BidiEvents, NumbersThatAreNoneAreMissing) {
  auto const event = network(
      R"({"context":null,"redirectCount":-1,"request":{"request":"1","url":"u","bodySize":"9",
          "timings":{"requestTime":1795546568461.302,"connectStart":0,"requestStart":-5,
                     "responseStart":1e300,"responseEnd":"1","tlsEnd":1795546568461.3}},
          "response":{"status":99999999,"bytesReceived":1.5,"headersSize":1e17,"bodySize":12}})");
  EXPECT_EQ(event.context, "");
  EXPECT_EQ(event.redirects, 0);
  EXPECT_EQ(event.body_bytes, 0);
  EXPECT_EQ(event.times.requested, wall_from_us(1795546568461302));
  EXPECT_FALSE(event.times.connect_start || event.times.request_start);
  EXPECT_FALSE(event.times.response_start || event.times.response_end);
  EXPECT_FALSE(event.times.tls_end);  // without its start
  EXPECT_EQ(event.response->status, 10000);
  EXPECT_EQ(event.response->bytes_received, 0);
  EXPECT_EQ(event.response->header_bytes, 0);
  EXPECT_EQ(event.response->body_bytes, 12);
}

// Firefox counts the base64 of a body that is no text.
TEST(BidiEvents, TheContentLengthGoesBeforeWhatTheBrowserCounted) {
  auto const with = [](std::string const& headers) {
    auto const event = network(
        R"({"request":{"request":"1","url":"u","bodySize":1398104,"headers":)" + headers + "}}");
    return std::pair(event.body_bytes, event.body_is_exact);
  };
  using Told = std::pair<std::int64_t, bool>;
  EXPECT_EQ(with(R"([{"name":"a","value":{"type":"string","value":"7"}},
                     {"name":"content-length","value":{"type":"string","value":"1048576"}}])"),
            Told(1048576, true));
  EXPECT_EQ(with("[]"), Told(1398104, false));
  for (auto const* value : {R"("7")", R"({"value":"-7"})", R"({"value":"x"})", "[]"})
    EXPECT_EQ(with(R"([7,{"name":"Content-Length","value":)" + std::string(value) + "}]"),
              Told(1398104, false));
}

TEST(BidiEvents, TextIsCutBetweenTwoCharacters) {
  auto const told = [](std::string const& text) {
    return network(R"({"request":{"request":"1","url":"u","method":")" + text + R"("}})").method;
  };
  std::string const word(kWordLimit - 1, 'a');
  EXPECT_EQ(told(word + "b"), word + "b");
  EXPECT_EQ(told(word + "bc"), word + "b");
  EXPECT_EQ(told(word + "\xc3\xa4"), word);
  EXPECT_EQ(told(word + "\xf0\x9f\x98\x80z"), word);
  EXPECT_EQ(told(word.substr(1) + "\xc3\xa4z"), word.substr(1) + "\xc3\xa4");
}

// All fractions of a millisecond: JSON's readers may err in the last binary digit.
TEST(BidiEvents, EveryMicrosecondIsReadAsItIsWritten) {
  for (int us = 0; us < 1000; ++us) {
    auto fraction = std::to_string(1000 + us).substr(1);
    auto const event = network(R"({"request":{"request":"1","url":"u","timings":{"requestTime":)"
                               "1795546568461." +
                               fraction + "}}}");
    ASSERT_EQ(event.times.requested, wall_from_us(1795546568461000 + us));
  }
}

TEST(BidiEvents, TextIsCut) {
  auto const event =
      network(R"({"context":")" + std::string(5000, 'c') +
              R"(","request":{"request":"1","url":"http://)" + std::string(20000, 'u') + R"("}})");
  EXPECT_EQ(event.context.size(), kWordLimit);
  EXPECT_EQ(event.url.size(), kUrlLimit);
}

TEST(PageTimes, WhatAPageSaysIsTakenForWhatItIsWorth) {
  EXPECT_FALSE(parse_page_times(""));
  EXPECT_FALSE(parse_page_times("[]"));
  auto const times = parse_page_times(
      R"({"url":1,"title":"T","dom":-1,"load":1795546568461302,"first":null,
          "document":[1],"resources":[[],["http://a/",1795546568000001,0,5,7,9],7]})");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->title, "T");
  EXPECT_FALSE(times->dom_content_loaded || times->first_paint || times->document);
  EXPECT_EQ(times->load, wall_from_us(1795546568461302));
  ASSERT_EQ(times->resources.size(), 1U);
  EXPECT_EQ(times->resources[0].decoded_bytes, 9);
  EXPECT_FALSE(times->resources[0].response_start);
}

model::Resource resource(std::string url, std::int64_t start) {
  model::Resource out;
  out.url = std::move(url);
  out.type = "image";
  out.status = 200;
  out.body_bytes = 10;
  out.request_start = wall_from_us(start);
  out.response_start = wall_from_us(start + 1000);
  out.response_end = wall_from_us(start + 2000);
  return out;
}
ResourceTimes known(std::string url, std::int64_t start) {
  return {std::move(url),
          wall_from_us(start),
          wall_from_us(start + 1000),
          wall_from_us(start + 2000),
          10,
          30};
}

TEST(PageTimes, ComparesTheClocksWhereBothMeanTheSameRequest) {
  constexpr std::int64_t kStart = 1795546568000000;
  model::PageLoad page;
  page.resources = {resource("http://a/1", kStart), resource("http://a/2", kStart),
                    resource("http://a/2", kStart + 7)};
  PageTimes times;
  // The second stands for one of two requests: it can't be said for which.
  times.resources = {known("http://a/1#part", kStart + 4000), known("http://a/2", kStart + 90000)};
  model::Marks marks;
  add_page_times(times, marks, page);
  ASSERT_EQ(page.clocks.size(), 1U);
  EXPECT_EQ(page.clocks[0].moments, 3);
  EXPECT_EQ(page.clocks[0].largest, Micros{4000});
  EXPECT_TRUE(page.clocks[0].agrees);
  EXPECT_EQ(page.resources[0].body_bytes, 30);  // decompressed
  EXPECT_EQ(page.resources[1].body_bytes, 10);

  page.clocks.clear();
  times.resources[0] = known("http://a/1", kStart - 5001);
  add_page_times(times, marks, page);
  EXPECT_EQ(page.clocks[0].largest, Micros{5001});
  EXPECT_FALSE(page.clocks[0].agrees);
}

TEST(PngText, ReadsBase64OfAPngAlone) {
  EXPECT_EQ(png_from_base64("iVBORw0KGgo="), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png_from_base64("iVBORw0KGgoA"), std::string("\x89PNG\r\n\x1a\n\0", 9));
  EXPECT_FALSE(png_from_base64("iVBORw0KGg"));
  EXPECT_FALSE(png_from_base64("iVBORw0K*go="));
  EXPECT_FALSE(png_from_base64("R0lGODlhAQAB"));
  EXPECT_FALSE(png_from_base64(""));
}

TEST(Surrogates, OnlyHalvesThatStandAloneAreReplaced) {
  EXPECT_EQ(mend_surrogates(R"("a\ud83d\ude00b")"), R"("a\ud83d\ude00b")");
  EXPECT_EQ(mend_surrogates(R"("\ud83d")"), R"("\ufffd")");
  EXPECT_EQ(mend_surrogates(R"("\uDE00\ud83d\n")"), R"("\ufffd\ufffd\n")");
  EXPECT_EQ(mend_surrogates(R"("\ud83d\ud83d\ude00")"), R"("\ufffd\ud83d\ude00")");
  EXPECT_EQ(mend_surrogates(R"("\\ud83d\u00e4")"), R"("\\ud83d\u00e4")");  // a backslash, then text
  EXPECT_EQ(mend_surrogates(R"("\u-83d\ud8)"), R"("\u-83d\ud8)");
  EXPECT_EQ(mend_surrogates("\\"), "\\");
}

TEST(Profile, TheLastValueOfANameWins) {
  auto const text = user_js({{"a.b", "true"}, {"c-d", "-5"}, {"a.b", "\"x \\\" y\""}});
  EXPECT_EQ(text.value(), "user_pref(\"c-d\", -5);\nuser_pref(\"a.b\", \"x \\\" y\");\n");
}

TEST(Profile, NothingIsWrittenThatIsNotOneSetting) {
  for (auto const* value : {"", "yes", "1.5", "\"", "\"a", "\"a\"b\"", "\"a\\\"", "\"a\nb\"",
                            "1);\nuser_pref(\"x\", 1", "99999999999"})
    EXPECT_TRUE(user_js({{"a", value}}).has_error()) << value;
  for (auto const* name : {"", "a b", "a\"b", "a\n"})
    EXPECT_TRUE(user_js({{name, "1"}}).has_error()) << name;
}

TEST(Profile, SendsNothingPastALoadsOwnProxy) {
  auto const text = user_js(measuring_prefs()).value();
  for (auto const* line :
       {"\"network.proxy.type\", 1)", "\"network.proxy.failover_direct\", false)",
        "\"network.proxy.allow_bypass\", false)", "\"network.proxy.socks_remote_dns\", true)",
        "\"network.trr.mode\", 5)", "\"media.peerconnection.enabled\", false)",
        "\"network.proxy.allow_hijacking_localhost\", true)"})
    EXPECT_THAT(text, testing::HasSubstr(line));
}

}  // namespace
}  // namespace perfd::browser
