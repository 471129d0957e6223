#include "formats/har.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>
#include <set>

#include "formats/jsonl.h"
#include "formats/support/generators.h"
#include "formats/support/har_validator.h"
#include "places.h"

namespace perfd::formats {
namespace {

using model::Measurement;
using model::Resource;
using perfd::testing::har_problems;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = 1'764'000'000'000'000;
WallTime moment(std::int64_t us) { return wall_from_us(kStart + us); }

// A line that `perfd measure page --testnet --page plain --json` printed.
Measurement real_load() {
  std::ifstream in(perfd::test::data("page-load.jsonl"));
  std::string line;
  EXPECT_TRUE(std::getline(in, line));
  return from_json_line(line).value();
}

// A document that can be asked for what stands at a place: "/log/entries/0/time".
class Har {
 public:
  explicit Har(Measurement const& m) : text(to_har(m)) {
    EXPECT_THAT(har_problems(text), IsEmpty()) << text;
    root_ = parser_.parse(simdjson::padded_string(text));
  }
  [[nodiscard]] bool has(std::string const& place) const {
    return root_.at_pointer(place).error() == simdjson::SUCCESS;
  }
  [[nodiscard]] std::string word(std::string const& place) const {
    return std::string(root_.at_pointer(place).get_string().value());
  }
  [[nodiscard]] double number(std::string const& place) const {
    return root_.at_pointer(place).get_double().value();
  }
  [[nodiscard]] std::size_t count(std::string const& place) const {
    return root_.at_pointer(place).get_array().value().size();
  }

  std::string text;

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

// A page of one resource that came as it should.
Measurement page_of_one() {
  Measurement m;
  m.id = "01KAV9FT000000000000000000";
  m.kind = model::Kind::page;
  m.experiment = "page";
  m.started_at = moment(0);
  m.marks.set(model::mark::kStart, {moment(0)});
  m.marks.set(model::mark::kLoad, {moment(400'250)});
  auto& page = m.page.emplace();
  page.url = page.final_url = "http://perfd.test/";
  page.title = "A page";
  page.browser = "Firefox 153.7";
  Resource document;
  document.id = "1-a";
  document.url = page.url;
  document.method = "GET";
  document.type = "document";
  document.protocol = "http/1.1";
  document.mime_type = "text/html";
  document.status = 200;
  document.requested_at = moment(10'000);
  document.connect_start = moment(20'000);
  document.connect_end = moment(50'000);
  document.request_start = moment(51'500);
  document.response_start = moment(101'500);
  document.response_end = moment(111'250);
  document.bytes_received = 1'143;
  document.header_bytes = 143;
  document.body_bytes = 4'000;
  page.resources.push_back(document);
  return m;
}

Resource& only(Measurement& m) { return m.page->resources.front(); }

TEST(Har, OfARealLoadIsValidAndSaysWhatTheRecordSays) {
  auto const m = real_load();
  auto const& page = m.page.value();
  ASSERT_EQ(page.resources.size(), 3U);
  Har const har(m);
  EXPECT_EQ(har.count("/log/pages"), 1U);
  EXPECT_EQ(har.word("/log/pages/0/id"), m.id);
  EXPECT_EQ(har.word("/log/pages/0/title"), "perfd: a plain page");
  EXPECT_EQ(har.word("/log/browser/name"), "Firefox");
  EXPECT_EQ(har.word("/log/creator/name"), "perfd");
  EXPECT_EQ(har.word("/log/creator/version"), m.perfd_version);
  EXPECT_EQ(har.number("/log/pages/0/pageTimings/onLoad") * 1000,
            static_cast<double>(m.marks.between(model::mark::kStart, model::mark::kLoad)->count()));
  ASSERT_EQ(har.count("/log/entries"), page.resources.size());
  for (std::size_t i = 0; i < page.resources.size(); ++i) {
    auto const& resource = page.resources[i];
    auto const at = "/log/entries/" + std::to_string(i);
    EXPECT_EQ(har.word(at + "/request/url"), resource.url);
    EXPECT_EQ(har.word(at + "/request/httpVersion"), "HTTP/1.1");
    EXPECT_EQ(har.word(at + "/request/queryString/0/value"), m.id);
    EXPECT_EQ(har.number(at + "/response/status"), 200);
    EXPECT_EQ(har.number(at + "/response/headersSize") + har.number(at + "/response/bodySize"),
              static_cast<double>(resource.bytes_received));
    EXPECT_EQ(har.number(at + "/response/content/size"), static_cast<double>(resource.body_bytes));
    // Nothing of its time is lost, and nothing is counted twice.
    EXPECT_DOUBLE_EQ(
        har.number(at + "/time") * 1000,
        static_cast<double>((*resource.response_end - *resource.requested_at).count()));
    EXPECT_EQ(har.word(at + "/connection"), std::to_string(*resource.connection));
    EXPECT_EQ(har.count(at + "/_tor/path"), 3U);
  }
}

TEST(Har, TimingsAreThePartsOfAnEntrysTime) {
  auto m = page_of_one();
  Har const plain(m);
  EXPECT_EQ(plain.word("/log/entries/0/startedDateTime"), "2025-11-24T16:00:00.010000Z");
  EXPECT_EQ(plain.number("/log/entries/0/time"), 101.25);
  auto const timings = std::string("/log/entries/0/timings/");
  EXPECT_EQ(plain.number(timings + "blocked"), 11.5);  // before the connection, and behind it
  EXPECT_EQ(plain.number(timings + "dns"), -1);
  EXPECT_EQ(plain.number(timings + "connect"), 30);
  EXPECT_EQ(plain.number(timings + "ssl"), -1);
  EXPECT_EQ(plain.number(timings + "send"), 0);
  EXPECT_EQ(plain.number(timings + "wait"), 50);
  EXPECT_EQ(plain.number(timings + "receive"), 9.75);
  EXPECT_EQ(plain.number("/log/pages/0/pageTimings/onLoad"), 400.25);
  EXPECT_EQ(plain.number("/log/pages/0/pageTimings/onContentLoad"), -1);

  // TLS is a part of `connect`, also where the browser ends the connection before it.
  only(m).tls_start = moment(30'000);
  only(m).tls_end = moment(51'000);
  Har const tls(m);
  EXPECT_EQ(tls.number(timings + "connect"), 31);
  EXPECT_EQ(tls.number(timings + "ssl"), 21);
  EXPECT_EQ(tls.number("/log/entries/0/time"), 101.25);
}

TEST(Har, OfAConnectionThatIsUsedAgainNoneIsMade) {
  auto m = page_of_one();
  only(m).connect_start = only(m).connect_end = std::nullopt;
  Har const har(m);
  EXPECT_EQ(har.number("/log/entries/0/timings/connect"), -1);
  EXPECT_EQ(har.number("/log/entries/0/timings/blocked"), 41.5);
}

TEST(Har, OfAResourceWithoutAResponseSizesAreNotKnown) {
  auto m = page_of_one();
  only(m).status = 0;
  only(m).protocol = only(m).mime_type = "";
  only(m).response_start = std::nullopt;
  only(m).bytes_received = only(m).header_bytes = only(m).body_bytes = 0;
  only(m).error = "NS_ERROR_NET_RESET";
  Har const har(m);
  auto const response = std::string("/log/entries/0/response/");
  EXPECT_EQ(har.number(response + "status"), 0);
  EXPECT_EQ(har.number(response + "headersSize"), -1);
  EXPECT_EQ(har.number(response + "bodySize"), -1);
  EXPECT_EQ(har.word(response + "_error"), "NS_ERROR_NET_RESET");
  // It waited for an answer up to the end.
  EXPECT_EQ(har.number("/log/entries/0/timings/wait"), 59.75);
  EXPECT_EQ(har.number("/log/entries/0/timings/receive"), 0);
  EXPECT_EQ(har.number("/log/entries/0/time"), 101.25);
}

TEST(Har, WhatTheCacheAnsweredCameOverNoConnection) {
  auto m = page_of_one();
  only(m).from_cache = true;
  only(m).bytes_received = 0;
  only(m).connect_start = only(m).connect_end = only(m).request_start = std::nullopt;
  Har const har(m);
  EXPECT_EQ(har.number("/log/entries/0/response/status"), 200);
  EXPECT_EQ(har.number("/log/entries/0/response/bodySize"), 0);
  EXPECT_EQ(har.number("/log/entries/0/response/headersSize"), -1);
  EXPECT_EQ(har.number("/log/entries/0/response/content/size"), 4'000);
  EXPECT_TRUE(har.has("/log/entries/0/_fromCache"));
  EXPECT_FALSE(har.has("/log/entries/0/connection"));
}

TEST(Har, ARedirectSaysWhereItLed) {
  auto m = page_of_one();
  only(m).status = 302;
  auto next = only(m);
  next.redirect = 1;
  next.status = 301;
  next.url = "https://perfd.test/next#there";
  auto last = next;
  last.redirect = 2;
  last.status = 200;
  last.url = "https://perfd.test/last";
  auto stranger = last;
  stranger.id = "2-b";
  stranger.redirect = 1;
  stranger.url = "https://other.test/";
  m.page->resources.insert(m.page->resources.end(), {stranger, next, last});
  Har const har(m);
  EXPECT_EQ(har.word("/log/entries/0/response/redirectURL"), "https://perfd.test/next");
  EXPECT_EQ(har.word("/log/entries/1/response/redirectURL"), "");
  EXPECT_EQ(har.word("/log/entries/2/response/redirectURL"), "https://perfd.test/last");
  EXPECT_EQ(har.word("/log/entries/3/response/redirectURL"), "");
}

TEST(Har, ALoadOfWhichNothingIsKnownIsValid) {
  auto m = page_of_one();
  m.page->resources = {Resource{}};
  m.page->title = m.page->browser = "";
  m.marks = {};
  Har const har(m);
  EXPECT_EQ(har.word("/log/entries/0/startedDateTime"), "2025-11-24T16:00:00.000000Z");
  EXPECT_EQ(har.number("/log/entries/0/time"), 0);
  EXPECT_EQ(har.number("/log/pages/0/pageTimings/onLoad"), -1);
  EXPECT_EQ(har.word("/log/pages/0/title"), "http://perfd.test/");
  EXPECT_FALSE(har.has("/log/browser"));
}

TEST(Har, TimesThatContradictEachOtherAreNeverNegative) {
  auto m = page_of_one();
  only(m).requested_at = moment(45'000);    // in the middle of its connection
  only(m).response_start = moment(40'000);  // before the request
  only(m).response_end = moment(30'000);    // and over before that
  m.marks.set(model::mark::kFullyLoaded, {moment(-5)});
  Har const har(m);
  EXPECT_EQ(har.number("/log/entries/0/time"), 30) << "the connection alone is known";
  EXPECT_EQ(har.number("/log/pages/0/pageTimings/_fullyLoaded"), -1);
}

TEST(Har, AddressesAreAsciiAndHaveNoFragment) {
  auto m = page_of_one();
  only(m).url =
      "http://perfd.test/gr\xC3\xBC\xC3\x9F"
      "e \xFF?q=a b&&<x>&flag#part";
  m.page->title =
      "Gr\xC3\xBC\xC3\x9F"
      "e \xFF";
  m.page->final_url = "\xFF";
  Har const har(m);
  EXPECT_EQ(har.word("/log/entries/0/request/url"),
            "http://perfd.test/gr%C3%BC%C3%9Fe%20%FF?q=a%20b&&%3Cx%3E&flag");
  ASSERT_EQ(har.count("/log/entries/0/request/queryString"), 3U);
  EXPECT_EQ(har.word("/log/entries/0/request/queryString/0/name"), "q");
  EXPECT_EQ(har.word("/log/entries/0/request/queryString/0/value"), "a%20b");
  EXPECT_EQ(har.word("/log/entries/0/request/queryString/2/name"), "flag");
  EXPECT_EQ(har.word("/log/entries/0/request/queryString/2/value"), "");
  EXPECT_EQ(har.word("/log/pages/0/title"),
            "Gr\xC3\xBC\xC3\x9F"
            "e \xEF\xBF\xBD");
}

TEST(Har, OfAnyRecordIsValid) {
  EXPECT_TRUE(rc::check([] {
    auto m = *perfd::testing::any_measurement();
    m.page = *perfd::testing::any_page();
    auto const problems = har_problems(to_har(m));
    RC_LOG() << (problems.empty() ? "" : problems.front());
    RC_ASSERT(problems.empty());
  }));
}

TEST(Har, SeveralLoadsAreOneDocument) {
  auto const real = real_load();
  auto other = page_of_one();
  other.arm = "early";
  other.outcome = {model::FailureCode::net_timeout, "page load", "still loading"};
  std::string text;
  HarWriter har("0.1.0");
  har.begin(text);
  har.add(text, real);
  har.add(text, Measurement{});  // no page load
  har.add(text, other);
  har.end(text);
  EXPECT_THAT(har_problems(text), IsEmpty());
  simdjson::dom::parser parser;
  auto const document = parser.parse(simdjson::padded_string(text));
  EXPECT_EQ(document.at_pointer("/log/pages").get_array().value().size(), 2U);
  EXPECT_EQ(document.at_pointer("/log/entries/3/pageref").get_string().value(), other.id);
  EXPECT_EQ(document.at_pointer("/log/pages/1/_outcome").get_string().value(), "NET_TIMEOUT");
  EXPECT_THAT(har_problems(to_har(Measurement{})), IsEmpty()) << "an archive of nothing";
}

// Every field that HAR doesn't know, wherever it stands.
void gather_own_fields(simdjson::dom::element const& from, std::set<std::string>& into) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (!from.get(object))
    for (auto const& [name, value] : object) {
      if (name.starts_with("_")) into.emplace(name);
      gather_own_fields(value, into);
    }
  else if (!from.get(array))
    for (auto const& value : array) gather_own_fields(value, into);
}

TEST(Har, ItsOwnFieldsAreDocumented) {
  auto m = real_load();
  m.arm = "early";
  m.outcome = {model::FailureCode::net_timeout, "page load", "still loading"};
  only(m).from_cache = true;
  only(m).error = "NS_BINDING_ABORTED";
  simdjson::dom::parser parser;
  std::set<std::string> own;
  gather_own_fields(parser.parse(simdjson::padded_string(to_har(m))), own);
  EXPECT_GE(own.size(), 9U);
  std::ifstream in(perfd::test::source("docs/formats.md"));
  std::string const documentation{std::istreambuf_iterator<char>(in), {}};
  for (auto const& field : own) EXPECT_THAT(documentation, HasSubstr("`" + field + "`"));
}

// The validator itself: what it must not let through.
TEST(HarValidator, FindsWhatIsWrong) {
  auto const valid = to_har(page_of_one());
  ASSERT_THAT(har_problems(valid), IsEmpty());
  auto const with = [&](std::string_view from, std::string_view to) {
    auto text = valid;
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return har_problems(text.replace(at, from.size(), to));
  };
  EXPECT_THAT(har_problems("{"), Contains(HasSubstr("no JSON")));
  EXPECT_THAT(with(R"("version":"1.2")", R"("version":"1.1")"),
              Contains("log.version: must be 1.2"));
  EXPECT_THAT(with(R"("creator")", R"("_creator")"), Contains("log: creator is missing"));
  EXPECT_THAT(with(R"("pageref":"01)", R"("pageref":"02)"),
              Contains("log.entries[0].pageref: is no page's id"));
  EXPECT_THAT(with(R"("wait":50)", R"("wait":-1)"),
              Contains("log.entries[0].timings.wait: must not be negative"));
  EXPECT_THAT(with(R"("wait":50)", R"("wait":51)"),
              Contains("log.entries[0].time: is not the sum of the timings"));
  EXPECT_THAT(with(R"("ssl":-1)", R"("ssl":31)"),
              Contains(HasSubstr("timings.ssl: is longer than connect")));
  EXPECT_THAT(with(R"("receive":)", R"("_receive":)"),
              Contains("log.entries[0].timings: receive is missing"));
  EXPECT_THAT(with(R"(T16:00:00.01)", R"( 16:00:00.01)"),
              Contains(HasSubstr("startedDateTime: is no ISO 8601 time")));
  EXPECT_THAT(with(R"("status":200)", R"("status":"200")"),
              Contains("log.entries[0].response.status: is of another type"));
  EXPECT_THAT(with(R"("redirectURL":"")", R"("redirectURL":"/#x")"),
              Contains(HasSubstr("redirectURL: is no URI")));
  EXPECT_THAT(with(R"("url":"http://perfd.test/")", R"("url":"http://perfd.test/?a=b")"),
              Contains("log.entries[0].request.queryString: is not the address's"));
  EXPECT_THAT(with(R"("bodySize":1000)", R"("bodySize":-2)"),
              Contains(HasSubstr("response.bodySize: must be a number of bytes")));
  EXPECT_THAT(with(R"("cache":{})", R"("cache":{"hits":1})"),
              Contains("log.entries[0].cache: hits is no field of HAR"));
  EXPECT_THAT(with(R"("onLoad":400.25)", R"("onLoad":-400)"),
              Contains("log.pages[0].pageTimings.onLoad: must not be negative"));
}

}  // namespace
}  // namespace perfd::formats
