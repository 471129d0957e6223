// /api/v1/comparisons.
#include "web/support/api_fixture.h"
#include "web/support/api_sources.h"

namespace perfd::web::api {
namespace {

class ComparisonsTest : public ApiTestBase {
 protected:
  ComparisonsTest() : ApiTestBase(Sources{.results = &results_}) {}

  // One every minute, of which every n-th is as `change` makes it.
  template <class Change>
  void fill(int count, Change change) {
    for (int i = 0; i < count; ++i) {
      model::Measurement m;
      m.started_at = kNow - std::chrono::minutes(count - i);
      m.source = "here";
      m.experiment = "early-data";
      m.filesize = 51200;
      m.payload_bytes = 51200;
      m.tor.version = "0.4.8.12";
      auto const slow = change(i, m);
      set(m, model::mark::kStart, 0);
      // Some spread, the same for all.
      set(m, model::mark::kDataResponse, 100'000 + (i * 7919) % 10'000 + slow);
      set(m, model::mark::kDataComplete, 300'000 + (i * 104729) % 30'000 + slow);
      results_.all.push_back(std::move(m));
    }
  }
  static void set(model::Measurement& m, std::string_view mark, std::int64_t us) {
    m.marks.set(mark, {m.started_at + Micros{us}, model::MarkSource::clock, Micros{0}});
  }
  // Rows as objects.
  std::vector<boost::json::object> rows(std::string_view address) {
    auto const answer = json(address);
    std::vector<boost::json::object> out;
    for (auto const& row : answer.at("rows").as_array()) {
      boost::json::object one;
      for (std::size_t i = 0; i < row.as_array().size(); ++i)
        one[answer.at("columns").at(i).as_string()] = row.at(i);
      out.push_back(std::move(one));
    }
    return out;
  }

  FakeResults results_;
};

TEST_F(ComparisonsTest, TellArmsThatDiffer) {
  fill(600, [](int i, auto& m) {
    m.arm = i % 2 == 0 ? "plain" : "early";
    return i % 2 == 0 ? 50'000 : 0;
  });
  auto const found = rows("comparisons?metric=ttfb");
  ASSERT_EQ(found.size(), 1U);
  auto const& row = found[0];
  EXPECT_EQ(row.at("experiment"), "early-data");
  EXPECT_EQ(row.at("a"), "plain");
  EXPECT_EQ(row.at("b"), "early");
  EXPECT_EQ(row.at("filesize"), 51200);
  EXPECT_EQ(row.at("n_a"), 300);
  EXPECT_NEAR(row.at("difference").to_number<double>(), -50'000, 3'000);
  EXPECT_LT(row.at("high").to_number<double>(), 0);
  EXPECT_EQ(row.at("differ"), true);
  EXPECT_EQ(row.at("level"), 0.95);
  EXPECT_EQ(rows("comparisons?a=early&b=plain&metric=ttfb")[0].at("b"), "plain");
}

TEST_F(ComparisonsTest, TellEveryMetricAndTheFailures) {
  fill(400, [](int i, auto& m) {
    m.arm = i % 2 == 0 ? "plain" : "early";
    if (i % 20 == 0) m.outcome.code = model::FailureCode::net_timeout;
    return 0;
  });
  std::vector<std::string> metrics;
  for (auto const& row : rows("comparisons")) metrics.emplace_back(row.at("metric").as_string());
  EXPECT_THAT(metrics, testing::ElementsAre("ttfb", "ttlb", "throughput", "failure_rate"));
  auto const rate = rows("comparisons?metric=failure_rate");
  ASSERT_EQ(rate.size(), 1U);
  EXPECT_EQ(rate[0].at("p50_a"), 0.1);
  EXPECT_EQ(rate[0].at("failed_a"), 20);
  EXPECT_EQ(rate[0].at("failed_b"), 0);
}

TEST_F(ComparisonsTest, TooFewAreTold) {
  fill(10, [](int i, auto& m) {
    m.arm = i % 2 == 0 ? "plain" : "early";
    return 0;
  });
  auto const found = rows("comparisons?metric=ttfb");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].at("difference").is_null());
  EXPECT_TRUE(found[0].at("p50_a").is_number());
  EXPECT_EQ(found[0].at("differ"), false);
  EXPECT_THAT(std::string(found[0].at("note").as_string()), testing::HasSubstr("too few"));
}

TEST_F(ComparisonsTest, SourcesAndVersionsThatHaveMostAreTakenWhereNoneIsNamed) {
  fill(300, [](int i, auto& m) {
    m.source = i % 3 == 0 ? "op-nl1" : i % 50 == 1 ? "op-us1" : "op-de1";
    m.tor.version = i % 2 == 0 ? "0.4.8.12" : "0.4.9.3";
    return i % 3 == 0 ? 40'000 : 0;
  });
  auto const by_source = rows("comparisons?by=source&metric=ttfb");
  ASSERT_EQ(by_source.size(), 1U);
  EXPECT_EQ(by_source[0].at("a"), "op-de1");
  EXPECT_EQ(by_source[0].at("b"), "op-nl1");
  EXPECT_EQ(by_source[0].at("target"), "direct");
  EXPECT_EQ(by_source[0].at("differ"), true);
  auto const by_version = rows("comparisons?by=version&metric=ttfb");
  ASSERT_EQ(by_version.size(), 1U);
  EXPECT_EQ(by_version[0].at("a"), "0.4.8.12");
  EXPECT_EQ(by_version[0].at("differ"), false);
  EXPECT_EQ(rows("comparisons?by=source&a=op-de1&b=op-us1&metric=ttfb")[0].at("b"), "op-us1");
}

TEST_F(ComparisonsTest, HalvesOfThePeriodAreComparedWhereNoneIsNamed) {
  fill(600, [](int i, auto&) { return i < 300 ? 0 : 60'000; });
  auto const found = rows("comparisons?by=period&since=10h&metric=ttfb");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("a"), "2026-11-24T23:46:40.000000Z..2026-11-25T04:46:40.000000Z");
  EXPECT_EQ(found[0].at("n_a"), 300);
  EXPECT_NEAR(found[0].at("difference").to_number<double>(), 60'000, 3'000);
  EXPECT_THAT(std::string(found[0].at("note").as_string()),
              testing::HasSubstr("at different times"));
}

TEST_F(ComparisonsTest, WhereNothingCanBeComparedThereAreNoRows) {
  fill(50, [](int, auto&) { return 0; });
  for (auto const* by : {"arm", "source", "version"})
    EXPECT_THAT(rows("comparisons?by=" + std::string(by)), testing::IsEmpty()) << by;
}

TEST_F(ComparisonsTest, SidesThatAreWrongAreRefused) {
  fill(50, [](int, auto&) { return 0; });
  for (auto const* address :
       {"comparisons?a=x", "comparisons?by=source&b=x", "comparisons?a=x&b=y",
        "comparisons?by=period&a=2026-01-01&b=2026-01-02", "comparisons?by=source&a=x&b=x",
        "comparisons?by=weather", "comparisons?metric=latency"})
    EXPECT_EQ(get(address).status, 400) << address;
  EXPECT_EQ(json("comparisons?a=x&b=y").at("error").at("reason").as_string().find("--compare"),
            std::string::npos);
}

}  // namespace
}  // namespace perfd::web::api
