// Answers about many results: /series, /distribution, /failures, /heatmap.
#include <gmock/gmock.h>

#include <utility>

#include "web/support/api_fixture.h"
#include "web/trends.h"

namespace perfd::web::api {
namespace {

using model::FailureCode;
using ::testing::HasSubstr;

// Tells what it was given, and keeps what it was asked.
class FakeTrends final : public TrendSource {
 public:
  Result<TrendTold> ask(TrendAsked const& question, EachTrendSlot const& each) override {
    asked = question;
    if (broken) return Error{"the store is gone"};
    for (auto const& [key, at, values, ok, timeouts] : slots) {
      std::array<std::int64_t, 64> outcomes{};
      outcomes[static_cast<std::size_t>(FailureCode::ok)] = ok;
      outcomes[static_cast<std::size_t>(FailureCode::net_timeout)] = timeouts;
      each(key, {at, values, ok + timeouts, timeouts, outcomes});
    }
    return told;
  }

  struct Slot {
    model::SeriesKey key;
    std::int64_t at = 0;
    std::vector<Counted> values;
    std::int64_t ok = 0;
    std::int64_t timeouts = 0;
  };
  std::vector<Slot> slots;
  TrendTold told;
  TrendAsked asked;
  bool broken = false;
};

class TrendAddresses : public ApiTestBase {
 protected:
  explicit TrendAddresses() : TrendAddresses(std::make_shared<FakeTrends>()) {}
  explicit TrendAddresses(std::shared_ptr<FakeTrends> trends)
      : ApiTestBase(sources(*trends)), trends_(std::move(trends)) {
    small_.source = "here";
    small_.experiment = "small";
    small_.target = "direct";
    small_.filesize = 51'200;
    large_ = small_;
    large_.experiment = "large, slow";
    large_.arm = "early";
    trends_->told.since = wall_from_us(1'000'000);
    trends_->told.until = wall_from_us(9'000'000);
    trends_->told.step = Micros{2'000'000};
    trends_->told.left_off = 3;
  }

  static Sources sources(TrendSource& trends) {
    Sources out;
    out.trends = &trends;
    return out;
  }

  std::shared_ptr<FakeTrends> trends_;
  model::SeriesKey small_;
  model::SeriesKey large_;
};

TEST_F(TrendAddresses, ASeriesIsItsStepsWithPercentiles) {
  trends_->slots = {{large_, 2'000'000, {{100, 1}, {200, 2}, {300, 1}}, 4, 1},
                    {large_, 4'000'000, {}, 0, 2},
                    {small_, 2'000'000, {{7, 1}}, 1, 0}};
  EXPECT_EQ(text("series?metric=ttfb"),
            R"({"metric":"ttfb","unit":"us","since":1000000,"until":9000000,"exact":false,)"
            R"("sampled":false,"step_us":2000000,"left_off":3,"series":[)"
            R"({"key":{"source":"here","experiment":"large, slow","arm":"early","kind":"download",)"
            R"("target":"direct","filesize":51200},)"
            R"("columns":["at","n","failed","p5","p25","p50","p75","p95","max"],)"
            R"("rows":[[2000000,4,1,115,175,200,225,285,300],)"
            R"([4000000,0,2,null,null,null,null,null,null]]},)"
            R"({"key":{"source":"here","experiment":"small","arm":"","kind":"download",)"
            R"("target":"direct","filesize":51200},)"
            R"("columns":["at","n","failed","p5","p25","p50","p75","p95","max"],)"
            R"("rows":[[2000000,1,0,7,7,7,7,7,7]]}]})");
  EXPECT_EQ(trends_->asked.quantity, report::Quantity::first_byte);
  EXPECT_EQ(trends_->asked.by, TrendAsked::By::time);
  EXPECT_EQ(trends_->asked.points, 300U);
  EXPECT_EQ(trends_->asked.max_series, 60U);
  EXPECT_FALSE(trends_->asked.together);
}

TEST_F(TrendAddresses, ASeriesInCsvHasItsKeyInFrontOfEachStep) {
  trends_->slots = {{large_, 2'000'000, {{100, 1}}, 1, 1}, {small_, 2'000'000, {}, 0, 1}};
  EXPECT_EQ(text("series.csv"),
            "source,experiment,arm,kind,target,filesize,at,n,failed,p5,p25,p50,p75,p95,max\r\n"
            "here,\"large, slow\",early,download,direct,51200,2000000,1,1,100,100,100,100,100,"
            "100\r\n"
            "here,small,,download,direct,51200,2000000,0,1,,,,,,\r\n");
}

TEST_F(TrendAddresses, RatesAreInBitsASecond) {
  trends_->told.exact = trends_->told.sampled = true;
  EXPECT_EQ(text("series?metric=throughput_4_5_mib"),
            R"({"metric":"throughput_4_5_mib","unit":"bit/s","since":1000000,"until":9000000,)"
            R"("exact":true,"sampled":true,"step_us":2000000,"left_off":3,"series":[]})");
}

TEST_F(TrendAddresses, ADistributionIsQuantilesEcdfAndHistogram) {
  trends_->slots = {{small_, 0, {{100, 1}, {200, 2}, {300, 1}}, 4, 1}, {large_, 0, {}, 0, 7}};
  EXPECT_EQ(
      text("distribution"),
      R"({"metric":"ttfb","unit":"us","since":1000000,"until":9000000,"exact":false,)"
      R"("sampled":false,"left_off":3,"series":[)"
      R"({"key":{"source":"here","experiment":"small","arm":"","kind":"download",)"
      R"("target":"direct","filesize":51200},"n":4,"failed":1,"mean":200,)"
      R"("quantiles":{"min":100,"p5":115,"p25":175,"p50":200,"p75":225,"p90":270,"p95":285,)"
      R"("p99":297,"max":300},)"
      R"("ecdf":{"columns":["value","share"],"rows":[[100,0.25],[200,0.75],[300,1]]},)"
      R"("histogram":{"columns":["from","to","n"],"rows":[[100,112,1],[112,126,0],[126,141,0],)"
      R"([141,158,0],[158,178,0],[178,200,0],[200,224,2],[224,251,0],[251,282,0],[282,316,1]]}},)"
      R"({"key":{"source":"here","experiment":"large, slow","arm":"early","kind":"download",)"
      R"("target":"direct","filesize":51200},"n":0,"failed":7,"mean":null,)"
      R"("quantiles":{"min":null,"p5":null,"p25":null,"p50":null,"p75":null,"p90":null,)"
      R"("p95":null,"p99":null,"max":null},"ecdf":{"columns":["value","share"],"rows":[]},)"
      R"("histogram":{"columns":["from","to","n"],"rows":[]}}]})");
  EXPECT_EQ(trends_->asked.by, TrendAsked::By::nothing);
  EXPECT_EQ(text("distribution.csv?points=2"),
            "source,experiment,arm,kind,target,filesize,value,share\r\n"
            "here,small,,download,direct,51200,200,0.75\r\n"
            "here,small,,download,direct,51200,300,1\r\n");
}

TEST_F(TrendAddresses, FailuresAreCountedInAllOverTimeAndBySeries) {
  trends_->slots = {
      {large_, 2'000'000, {}, 4, 1}, {large_, 4'000'000, {}, 0, 2}, {small_, 2'000'000, {}, 5, 0}};
  EXPECT_EQ(text("failures?points=7"),
            R"({"since":1000000,"until":9000000,"exact":false,"sampled":false,"step_us":2000000,)"
            R"("left_off":3,"total":12,"failed":3,)"
            R"("outcomes":{"columns":["outcome","n"],"rows":[["ok",9],["NET_TIMEOUT",3]]},)"
            R"("series":{"columns":["at","outcome","n"],"rows":[[2000000,"ok",9],)"
            R"([2000000,"NET_TIMEOUT",1],[4000000,"NET_TIMEOUT",2]]},)"
            R"("by_series":{"columns":["source","experiment","arm","kind","target","filesize",)"
            R"("n","failed"],"rows":[["here","large, slow","early","download","direct",51200,7,3],)"
            R"(["here","small","","download","direct",51200,5,0]]}})");
  EXPECT_FALSE(trends_->asked.quantity);
  EXPECT_EQ(trends_->asked.points, 7U);
  EXPECT_EQ(text("failures.csv"),
            "source,experiment,arm,kind,target,filesize,at,outcome,n\r\n"
            "here,\"large, slow\",early,download,direct,51200,2000000,ok,4\r\n"
            "here,\"large, slow\",early,download,direct,51200,2000000,NET_TIMEOUT,1\r\n"
            "here,\"large, slow\",early,download,direct,51200,4000000,NET_TIMEOUT,2\r\n"
            "here,small,,download,direct,51200,2000000,ok,5\r\n");
}

TEST_F(TrendAddresses, AHeatmapIsHoursOfTheWeek) {
  trends_->slots = {{{}, 0, {{100, 3}}, 3, 1}, {{}, 167, {}, 0, 2}};
  EXPECT_EQ(text("heatmap"),
            R"({"metric":"ttlb","unit":"us","since":1000000,"until":9000000,"exact":false,)"
            R"("sampled":false,"columns":["weekday","hour","n","failed","p50"],)"
            R"("rows":[[0,0,3,1,100],[6,23,0,2,null]]})");
  EXPECT_EQ(trends_->asked.by, TrendAsked::By::hour_of_week);
  EXPECT_TRUE(trends_->asked.together);
  EXPECT_EQ(text("heatmap.csv"), "weekday,hour,n,failed,p50\r\n0,0,3,1,100\r\n6,23,0,2,\r\n");
}

TEST_F(TrendAddresses, FiltersAndTheWeekBeforeAreAskedFor) {
  for (auto const* address : {"series", "distribution", "failures", "heatmap"}) {
    (void)get(std::string(address) + "?experiment=a,b&experiment=c&arm=early&outcome=failed");
    auto const& which = trends_->asked.which;
    EXPECT_EQ(which.until, kNow);
    EXPECT_EQ(which.since, kNow - kWeek);
    EXPECT_THAT(which.experiments, ::testing::ElementsAre("a", "b", "c"));
    EXPECT_THAT(which.arms, ::testing::ElementsAre("early"));
    EXPECT_GT(which.outcomes.size(), 10U);
  }
}

TEST_F(TrendAddresses, BadParametersAreNamed) {
  for (auto const* address : {"series", "distribution", "heatmap"})
    EXPECT_THAT(text(std::string(address) + "?metric=ttfbb"),
                HasSubstr(R"(400 {"error":{"field":"metric","reason":"'ttfbb' is none of its)"));
  for (auto const* address : {"series", "distribution", "failures"}) {
    EXPECT_THAT(text(std::string(address) + "?points=2001"),
                HasSubstr(R"(400 {"error":{"field":"points")"));
    EXPECT_THAT(text(std::string(address) + "?points=0"),
                HasSubstr(R"(400 {"error":{"field":"points")"));
  }
  EXPECT_THAT(text("failures?metric=ttfb"), HasSubstr(R"("field":"metric")"));
  EXPECT_THAT(text("heatmap?since=2026-05-02&until=2026-05-01"), HasSubstr(R"("field":"until")"));
}

TEST_F(TrendAddresses, AStoreThatFailsIsTold) {
  trends_->broken = true;
  for (auto const* address : {"series", "distribution", "failures", "heatmap", "series.csv"})
    EXPECT_EQ(
        text(address),
        "503 {\"error\":{\"reason\":\"the store can't be read at the moment; perfd's log tells "
        "why\"}}\n");
}

}  // namespace
}  // namespace perfd::web::api
