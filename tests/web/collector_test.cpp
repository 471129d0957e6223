// Published files over HTTP, looked for as CollecTor does.
#include "web/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>

#include "runtime/virtual_time.h"
#include "web/results.h"

namespace perfd::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kWritten = wall_from_us(1'764'032'700'000'000);

class TextBody final : public Body {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  runtime::Task<Result<std::string>> next() override {
    co_return success(std::exchange(text_, {}));
  }

 private:
  std::string text_;
};

class FakeFiles final : public PublishedFiles {
 public:
  std::map<std::string, std::map<std::string, std::string>> all;
  bool broken = false;
  std::vector<std::string> opened;

  runtime::Task<Result<std::vector<std::string>>> sources() override {
    if (broken) co_return Error{"the disk is gone"};
    std::vector<std::string> out;
    for (auto const& [source, files] : all) out.push_back(source);
    co_return out;
  }
  runtime::Task<Result<std::vector<PublishedFile>>> files(std::string source) override {
    std::vector<PublishedFile> out;
    auto const found = all.find(source);
    if (found == all.end()) co_return out;
    for (auto const& [name, content] : found->second)
      if (name != "index.xml") out.push_back({name, content.size(), kWritten});
    co_return out;
  }
  runtime::Task<Result<std::optional<OpenFile>>> open(std::string source,
                                                      std::string name) override {
    opened.push_back(source + "|" + name);
    if (broken) co_return Error{"the disk is gone"};
    std::optional<OpenFile> out;
    auto const files = all.find(source);
    if (files == all.end() || !files->second.contains(name)) co_return out;
    auto const& content = files->second.at(name);
    out.emplace();
    out->size = content.size();
    out->modified_at = kWritten;
    out->body = std::make_unique<TextBody>(content);
    co_return out;
  }
};

class CollectorTest : public testing::Test {
 protected:
  CollectorTest() {
    files_.all["op-a"] = {{"2026-11-24.onionperf.analysis.json.xz", "xz"},
                          {"2026-11-25.onionperf.analysis.json.xz", "more xz"},
                          {"op-a-51200-2026-11-24.tpf", "@type torperf 1.1\n"},
                          {"index.xml", "<files/>"}};
  }
  Response answer(Request request) { return time_.run(loop_, collector_.answer(request)).value(); }
  Response get(std::string path) {
    Request request;
    request.path = std::move(path);
    return answer(request);
  }
  std::string body_of(Response& response) {
    if (auto const* text = std::get_if<std::string>(&response.body)) return *text;
    return time_.run(loop_, std::get<std::unique_ptr<Body>>(response.body)->next()).value();
  }
  static std::string field(Response const& response, std::string_view name) {
    for (auto const& [key, value] : response.fields)
      if (key == name) return value;
    return "";
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeFiles files_;
  Collector collector_{files_, "op-a"};
};

// What CollecTor's two patterns find in a listing, which it reads line by line.
std::vector<std::string> scraped(std::string const& listing) {
  static std::regex const tpf(R"re(.*<a href="([^"]+\.tpf)">.*)re");
  static std::regex const analysis(
      R"re(.*<a href="([0-9-]{10}\.onionperf\.analysis\.json\.xz)">.*)re");
  std::vector<std::string> found;
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(line.find("<a href", line.find("<a href") + 1), std::string::npos) << line;
    for (auto const* pattern : {&tpf, &analysis})
      if (std::smatch match; std::regex_match(line, match, *pattern) && match.str(1)[0] != '/')
        found.push_back(match.str(1));
  }
  return found;
}

TEST_F(CollectorTest, TheListingIsScrapedAsCollecTorDoes) {
  auto listing = get("/collector/");
  EXPECT_EQ(listing.status, 200);
  auto const text = body_of(listing);
  EXPECT_THAT(scraped(text),
              ElementsAre("2026-11-24.onionperf.analysis.json.xz",
                          "2026-11-25.onionperf.analysis.json.xz", "op-a-51200-2026-11-24.tpf"));
  EXPECT_THAT(text, HasSubstr("<a href=\"index.xml\">"));
  EXPECT_THAT(text, Not(HasSubstr("script")));
  EXPECT_EQ(field(listing, "Content-Type"), "text/html; charset=utf-8");
  for (auto const& name : scraped(text)) {
    auto file = get("/collector/" + name);
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(body_of(file), files_.all["op-a"][name]);
  }
}

TEST_F(CollectorTest, OtherSourcesHaveListingsOfTheirOwn) {
  files_.all["op-b"] = {{"op-b-51200-2026-11-24.tpf", "b"}};
  auto own = get("/collector/");
  EXPECT_THAT(body_of(own), HasSubstr("<a href=\"op-b/\">"));
  EXPECT_THAT(scraped(body_of(own)), testing::SizeIs(3));
  auto other = get("/collector/op-b/");
  EXPECT_THAT(scraped(body_of(other)), ElementsAre("op-b-51200-2026-11-24.tpf"));
  auto file = get("/collector/op-b/op-b-51200-2026-11-24.tpf");
  EXPECT_EQ(body_of(file), "b");
  EXPECT_EQ(get("/collector/op-c/").status, 404);
}

TEST_F(CollectorTest, BeforeTheFirstDayTheListingIsEmpty) {
  files_.all.clear();
  auto listing = get("/collector/");
  EXPECT_EQ(listing.status, 200);
  EXPECT_THAT(scraped(body_of(listing)), testing::IsEmpty());
}

TEST_F(CollectorTest, FilesTellTheirTypeLengthAndAge) {
  auto const xz = get("/collector/2026-11-25.onionperf.analysis.json.xz");
  EXPECT_EQ(field(xz, "Content-Type"), "application/x-xz");
  EXPECT_EQ(xz.length, 7U);
  EXPECT_EQ(field(xz, "Last-Modified"), http_date(kWritten));
  EXPECT_EQ(field(get("/collector/op-a-51200-2026-11-24.tpf"), "Content-Type"),
            "text/plain; charset=utf-8");
  EXPECT_EQ(field(get("/collector/index.xml"), "Content-Type"), "application/xml");
}

TEST_F(CollectorTest, AClientThatHasItGetsNotModified) {
  for (auto const* path : {"/collector/", "/collector/op-a-51200-2026-11-24.tpf"}) {
    Request again;
    again.path = path;
    again.if_none_match = field(get(path), "ETag");
    EXPECT_EQ(answer(again).status, 304) << path;
    again.if_none_match = "\"other\"";
    EXPECT_EQ(answer(again).status, 200) << path;
  }
  Request by_date;
  by_date.path = "/collector/op-a-51200-2026-11-24.tpf";
  by_date.if_modified_since = http_date(kWritten);
  EXPECT_EQ(answer(by_date).status, 304);
  // A listing that lost a file is no older than before.
  by_date.path = "/collector/";
  EXPECT_EQ(answer(by_date).status, 200);
  Request listing;
  listing.path = "/collector/";
  listing.if_none_match = field(get("/collector/"), "ETag");
  files_.all["op-a"].erase("2026-11-24.onionperf.analysis.json.xz");
  EXPECT_EQ(answer(listing).status, 200);
}

TEST_F(CollectorTest, WhatIsNotPublishedIsNotFound) {
  for (auto const* path :
       {"/collector/nothing.tpf", "/collector/../perfd.db", "/collector/op-a/../../perfd.db",
        "/collector/%2e%2e/perfd.db", "/collector//etc/passwd", "/collector/../"}) {
    auto response = get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(body_of(response), HasSubstr("is published")) << path;
  }
  // Names are passed on as they came: there is nothing that could undo an escape.
  EXPECT_THAT(files_.opened, testing::Contains("%2e%2e|perfd.db"));
}

TEST_F(CollectorTest, ThePathWithoutItsSlashLeadsToTheListing) {
  auto const moved = get("/collector");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(field(moved, "Location"), "/collector/");
}

TEST_F(CollectorTest, ADiskThatFailsIsNotAnEmptyListing) {
  files_.broken = true;
  EXPECT_EQ(get("/collector/").status, 503);
  EXPECT_EQ(get("/collector/index.xml").status, 503);
  Request asked;
  asked.path = "/collector/";
  asked.query = "x=1";
  EXPECT_EQ(answer(asked).status, 400);
}

TEST_F(CollectorTest, OtherPathsAreNotItsOwn) {
  Request request;
  request.path = "/collectors/";
  EXPECT_FALSE(time_.run(loop_, collector_.answer(request)).has_value());
}

}  // namespace
}  // namespace perfd::web
