#include "web/page/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "web/page/summary.h"
#include "web/support/api_fixture.h"

namespace perfd::web {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow = wall_from_us(1'795'600'000'000'000);

model::SeriesKey key(std::string experiment, model::Kind kind = model::Kind::download) {
  return {"here", std::move(experiment), "", kind, "direct", 51200};
}

// Today each series took twice as long as on the day before; all of yesterday's failed.
class TwoDays final : public TrendSource {
 public:
  Result<TrendTold> ask(TrendAsked const& asked, EachTrendSlot const& each) override {
    ++questions;
    if (broken) return Error{"the store is in trouble"};
    bool const today = asked.which.until == kNow;
    for (auto const& one : series) {
      if (asked.which.kinds.front() != model::Kind::download) continue;
      std::vector<Counted> const values = {{today ? 200e3 : 100e3, 3}};
      each(one, {.at = 0, .values = values, .n = n, .failed = 1, .outcomes = {}});
    }
    return TrendTold{};
  }

  std::vector<model::SeriesKey> series = {key("small")};
  std::int64_t n = 4;
  int questions = 0;
  bool broken = false;
};

constexpr Asset kAssets[] = {{"main.0123.css", "text/css; charset=utf-8", "body{}", "GZIPPED"},
                             {"main.4567.js", "text/javascript; charset=utf-8", "go()", "ZIPPED"}};

class DashboardTest : public testing::Test {
 protected:
  DashboardTest() : answering_(sources()), dashboard_(answering_, options(kAssets)) {}

  api::Sources sources() {
    api::Sources out;
    out.trends = &trends_;
    auto live = std::make_shared<api::Live>();
    live->vantage = "here";
    live->started_at = kNow - 48h;
    auto& small = live->experiments.emplace_back();
    small.name = "small";
    small.interval = 5min;
    small.last_at = kNow - 1min;
    small.last_ok_at = kNow - 20min;
    auto& second = live->tors.emplace_back();
    second.name = "second";
    second.up = true;
    second.bootstrap = 45;
    out.live = live;
    return out;
  }
  DashboardOptions options(std::span<Asset const> assets) {
    DashboardOptions out;
    out.vantage = "a & b";
    out.version = "0.1.0";
    out.now = [this] { return now_; };
    out.assets = assets;
    return out;
  }
  Response get(std::string path, std::optional<std::string> encoding = std::nullopt) {
    Request request;
    request.path = std::move(path);
    if (encoding) request.fields.add("Accept-Encoding", *encoding);
    return time_.run(loop_, dashboard_.answer(request)).value();
  }
  static std::string body(Response const& response) { return std::get<std::string>(response.body); }
  static std::string field(Response const& response, std::string_view name) {
    for (auto const& [known, value] : response.fields)
      if (known == name) return value;
    return "";
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  WallTime now_ = kNow;
  TwoDays trends_;
  api::FakeAnswering answering_;
  Dashboard dashboard_;
};

TEST_F(DashboardTest, TheFiguresStandInThePageItself) {
  auto const page = body(get("/"));
  EXPECT_THAT(page, AllOf(HasSubstr("<div id=summary>"), HasSubstr("small"), HasSubstr("200 ms"),
                          HasSubstr("▲ 100 % slower (100 ms)"), HasSubstr("25.0 %"),
                          HasSubstr("50 KiB downloads, direct: time to last byte")));
  EXPECT_THAT(page, AllOf(HasSubstr("perfd at a &amp; b"), HasSubstr("assets/main.4567.js"),
                          HasSubstr("assets/main.0123.css")));
  EXPECT_THAT(page, AllOf(HasSubstr("/results.jsonl"), HasSubstr("/api/v1/measurements/ID"),
                          HasSubstr(".har"), HasSubstr(".svg"), Not(HasSubstr("/collector/"))));
}

TEST_F(DashboardTest, WhatIsBrokenStandsAbove) {
  EXPECT_THAT(body(get("/")),
              AllOf(HasSubstr("2 things need a look"),
                    HasSubstr("tor second is not ready: bootstrapped to 45 %."),
                    HasSubstr("small: no success for more than three of its intervals."),
                    HasSubstr("late, 60 s ago")));
}

TEST_F(DashboardTest, WhatFailsOftenAndThresholdsThatArePassedAreBroken) {
  trends_.n = 5;
  auto& alert = answering_.sources().alerts.emplace_back();
  alert.rule = "fast";
  alert.state = report::SloState::failing;
  alert.reason = "it <is> slow";
  auto& well = answering_.sources().alerts.emplace_back();
  well.rule = "other";
  well.state = report::SloState::ok;
  EXPECT_THAT(
      body(get("/")),
      AllOf(HasSubstr("4 things need a look"), HasSubstr("<li>small: 1 of 5 failed in 24 hours."),
            HasSubstr("<li>fast: it &lt;is&gt; slow."), Not(HasSubstr("other:"))));
  now_ += 1min;
  trends_.n = 6;
  EXPECT_THAT(body(get("/")), Not(HasSubstr("failed in 24 hours.\n")));
}

TEST_F(DashboardTest, ThePageMayAskNobodyElse) {
  auto const page = get("/");
  EXPECT_THAT(field(page, "Content-Security-Policy"),
              AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self'"),
                    HasSubstr("connect-src 'self'"), Not(HasSubstr("unsafe"))));
  EXPECT_THAT(body(page), AllOf(Not(HasSubstr("<style")), Not(HasSubstr("style=")),
                                Not(HasSubstr("src=\"http")), Not(HasSubstr("href=\"http"))));
}

TEST_F(DashboardTest, ManyReadersCostOneLookAtTheStore) {
  get("/");
  auto const questions = trends_.questions;
  now_ += 4s;
  get("/");
  EXPECT_EQ(trends_.questions, questions);
  now_ = kNow + 5s;
  get("/");
  EXPECT_GT(trends_.questions, questions);
}

TEST_F(DashboardTest, AStoreInTroubleIsToldInThePage) {
  trends_.broken = true;
  EXPECT_THAT(body(get("/")),
              AllOf(HasSubstr("No figures now"), HasSubstr("be read at the moment"),
                    Not(HasSubstr("the store is in trouble")), HasSubstr("assets/main.4567.js")));
  trends_.broken = false;
  EXPECT_THAT(body(get("/")), HasSubstr("200 ms"));
}

TEST_F(DashboardTest, WithoutABundleThePageStandsAlone) {
  Dashboard bare(answering_, options({}));
  Request request;
  request.path = "/";
  EXPECT_THAT(body(time_.run(loop_, bare.answer(request)).value()),
              AllOf(HasSubstr("200 ms"), Not(HasSubstr("<script")), Not(HasSubstr("noscript"))));
}

TEST_F(DashboardTest, AssetsAreKeptForeverAndCompressedForWhoTakesIt) {
  auto const plain = get("/assets/main.4567.js");
  EXPECT_EQ(body(plain), "go()");
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  EXPECT_EQ(field(plain, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(field(plain, "Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(field(plain, "Vary"), "Accept-Encoding");
  for (auto const* const takes : {"gzip", "deflate, GZIP;q=0.5", "br, gzip"}) {
    auto const packed = get("/assets/main.4567.js", takes);
    EXPECT_EQ(body(packed), "ZIPPED") << takes;
    EXPECT_EQ(field(packed, "Content-Encoding"), "gzip") << takes;
  }
  for (auto const* const refuses : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip"})
    EXPECT_EQ(body(get("/assets/main.4567.js", refuses)), "go()") << refuses;
}

TEST_F(DashboardTest, WhatABrowserHasIsNotSentAgain) {
  Request request;
  request.path = "/assets/main.0123.css";
  request.if_none_match = field(get(request.path), "ETag");
  EXPECT_EQ(time_.run(loop_, dashboard_.answer(request))->status, 304);
}

TEST_F(DashboardTest, NamesOfOtherVersionsAreNotThere) {
  for (auto const* const other : {"/assets/", "/assets/main.js", "/assets/../main.4567.js"})
    EXPECT_EQ(get(other).status, 404) << other;
  Request request;
  request.path = "/results.jsonl";
  EXPECT_FALSE(time_.run(loop_, dashboard_.answer(request)).has_value());
}

TEST(Assets, AreThoseOfTheBuild) {
  for (auto const& asset : assets()) {
    EXPECT_FALSE(asset.plain.empty());
    EXPECT_EQ(asset.gzip.substr(0, 2), "\x1f\x8b") << asset.name;
    EXPECT_LT(asset.gzip.size(), asset.plain.size()) << asset.name;
  }
}

TEST(Summary, SaysWhatIsWrong) {
  Summary summary;
  summary.now = kNow;
  summary.problems = {"tor <b> is not ready."};
  EXPECT_THAT(summary_html(summary),
              AllOf(HasSubstr("1 thing needs a look"), HasSubstr("tor &lt;b&gt; is not ready."),
                    HasSubstr("Nothing was measured")));
}

TEST(Summary, TellsWhatIsLateAndWhatFailedAltogether) {
  KeyFigures one;
  one.key = key("x<y");
  one.today.failed = 5;
  one.last_at = kNow - 2h;
  one.late = true;
  auto const page = summary_html({kNow, {one}, {}, true});
  EXPECT_THAT(page, AllOf(HasSubstr("x&lt;y"), HasSubstr("late, 2 h ago"), HasSubstr("100.0 %"),
                          HasSubstr("none to compare with"), HasSubstr("Everything runs")));
}

TEST(Summary, ChangesAreToldInWords) {
  EXPECT_EQ(change_text(112, 100), "▲ 12 % slower");
  EXPECT_EQ(change_text(90, 100), "▼ 10 % faster");
  EXPECT_EQ(change_text(102, 100), "as before");
  EXPECT_EQ(change_text(310, 100), "▲ 3.1 times as long");
  EXPECT_EQ(change_text(0, 100), "");
  EXPECT_EQ(change_text(100, 0), "");
}

}  // namespace
}  // namespace perfd::web
