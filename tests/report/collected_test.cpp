#include "report/collected.h"

#include <gmock/gmock.h>

#include "report/csv.h"
#include "report/support/made_up.h"

namespace perfd::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Collection, CountsAndKeepsValuesBySeries) {
  Collection all;
  all.add(download("a", "", 10, 300'000, 900'000));
  all.add(download("a", "", 0, 100'000, 700'000));
  all.add(failed("a", "", 20));
  auto large = download("a", "", 30, 100'000, 200'000);
  large.filesize = 1'048'576;
  all.add(large);
  auto const found = all.finish();
  EXPECT_EQ(found.n, 4U);
  EXPECT_EQ(found.ok, 3U);
  EXPECT_EQ(found.first, wall_from_us(kStart));
  EXPECT_EQ(found.last, wall_from_us(kStart + 30'000'000));
  EXPECT_THAT(found.sources, ElementsAre(Pair("op-test", 4U)));
  EXPECT_THAT(found.versions, ElementsAre(Pair("9.8.7", 4U)));
  ASSERT_EQ(found.series.size(), 2U);
  auto const& small = found.series[0];
  EXPECT_EQ(small.n, 3U);
  EXPECT_EQ(small.failed(), 1U);
  EXPECT_THAT(small.failures, ElementsAre(Pair(model::FailureCode::net_timeout, 1U)));
  EXPECT_THAT(small.of(Quantity::first_byte), ElementsAre(100'000, 300'000));
  EXPECT_THAT(small.of(Quantity::last_byte), ElementsAre(700'000, 900'000));
  EXPECT_THAT(small.of(Quantity::latency), ElementsAre(50'000, 150'000));
  EXPECT_THAT(small.of(Quantity::answer), IsEmpty());
  EXPECT_EQ(found.series[1].key.filesize, 1'048'576);
}

// Results of all sorts, in the order in which they ended.
std::vector<model::Measurement> mixed() {
  std::vector<model::Measurement> out;
  for (int i = 0; i < 40; ++i) {
    auto const* const experiment = i % 3 == 0 ? "a" : "b";
    auto m = i % 7 == 0 ? failed(experiment, "", 60 * i)
                        : download(experiment, "", 60 * i, 1000 * (i * 17 % 23 + 1), 50'000 + i);
    m = with_circuit(std::move(m), i % 2 == 0 ? "G" : "H", i < 20 ? "" : "late");
    if (i == 30) m.started_at = m.scheduled_at = {};
    if (i > 35) m.target = "https://other.example/";
    if (i == 5) m.tor.guard.clear();
    out.push_back(std::move(m));
  }
  return out;
}

TEST(Collection, MergedIsTheSameAsAddedToOne) {
  auto const measurements = mixed();
  for (std::size_t const cut : {0U, 1U, 17U, 40U}) {
    Collection whole;
    Collection first;
    Collection second;
    for (std::size_t i = 0; i < measurements.size(); ++i) {
      whole.add(measurements[i]);
      (i < cut ? first : second).add(measurements[i]);
    }
    first.merge(std::move(second));
    auto const expected = whole.finish();
    auto const found = first.finish();
    EXPECT_EQ(summary_csv(found), summary_csv(expected));
    EXPECT_EQ(found.n, expected.n);
    EXPECT_EQ(found.first, expected.first);
    EXPECT_EQ(found.last, expected.last);
    EXPECT_EQ(found.without_time, 1U);
    EXPECT_EQ(found.without_guard, 1U);
    EXPECT_EQ(found.sources, expected.sources);
    EXPECT_EQ(found.versions, expected.versions);
    ASSERT_EQ(found.series.size(), expected.series.size());
    for (std::size_t i = 0; i < found.series.size(); ++i) {
      auto const byte = number_of(Quantity::first_byte);
      auto const& [bands, others] =
          std::pair(found.series[i].bands[byte], expected.series[i].bands[byte]);
      ASSERT_EQ(bands.size(), others.size());
      for (std::size_t j = 0; j < bands.size(); ++j) {
        EXPECT_EQ(bands[j].median, others[j].median);
        EXPECT_EQ(bands[j].n, others[j].n);
      }
      EXPECT_EQ(found.series[i].target(), expected.series[i].target());
    }
    ASSERT_EQ(found.guards.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(found.guards[i].fingerprint, expected.guards[i].fingerprint);
      EXPECT_EQ(found.guards[i].nickname, "late");
      EXPECT_EQ(found.guards[i].n, expected.guards[i].n);
      EXPECT_EQ(found.guards[i].failed, expected.guards[i].failed);
      EXPECT_EQ(found.guards[i].first_byte, expected.guards[i].first_byte);
    }
  }
}

TEST(Collection, OfNumbersAloneWhatATableShowsIsKept) {
  Collection all;
  Collection numbers(Kept::numbers);
  for (auto const& m : mixed()) {
    all.add(m);
    numbers.add(m);
  }
  auto const expected = all.finish();
  auto const found = numbers.finish();
  ASSERT_EQ(found.series.size(), expected.series.size());
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    for (auto const q : {Quantity::first_byte, Quantity::throughput, Quantity::hop_2})
      EXPECT_EQ(found.series[i].of(q), expected.series[i].of(q)) << name(q);
    EXPECT_FALSE(expected.series[i].of(Quantity::built_2).empty());
    EXPECT_THAT(found.series[i].of(Quantity::built_2), IsEmpty());
    EXPECT_THAT(found.series[i].bands[number_of(Quantity::first_byte)], IsEmpty());
  }
}

TEST(Collection, ValuesStayWithTheirTimes) {
  Collection all;
  all.add(download("a", "", 3600, 900'000, 900'000));
  auto without = download("a", "", 0, 1, 400'000);
  without.marks = {};
  without.marks.set("START", {without.started_at});
  all.add(without);
  all.add(download("a", "", 0, 100'000, 700'000));
  auto const found = all.finish();
  auto const& bands = found.series[0].bands[number_of(Quantity::first_byte)];
  ASSERT_EQ(bands.size(), 2U);
  EXPECT_EQ(bands[0].median, 100'000);
  EXPECT_EQ(bands[0].n, 1U);
  EXPECT_EQ(bands[1].median, 900'000);
  EXPECT_THAT(found.series[0].of(Quantity::first_byte), ElementsAre(100'000, 900'000));
}

TEST(Collection, WhatTellsNoTimeIsCountedAndInNoBucket) {
  Collection all;
  all.add(download("a", "", 0, 100'000, 700'000));
  auto timeless = download("a", "", 0, 500'000, 700'000);
  timeless.started_at = timeless.scheduled_at = {};
  all.add(timeless);
  auto far = download("a", "", 0, 500'000, 700'000);
  far.started_at = wall_from_us(9'000'000'000'000'000'000);
  all.add(far);
  auto missed = failed("a", "", 5, model::FailureCode::perfd_missed_slot);
  missed.started_at = {};  // it has the time that it was due
  all.add(missed);
  auto const found = all.finish();
  EXPECT_EQ(found.without_time, 2U);
  EXPECT_EQ(found.last, wall_from_us(kStart + 5'000'000));
  EXPECT_EQ(found.series[0].of(Quantity::first_byte).size(), 3U);
  ASSERT_EQ(found.series[0].bands[0].size(), 1U);
  EXPECT_EQ(found.series[0].bands[0][0].n, 1U);
}

TEST(Collection, TargetsOfTheSameKindStandTogether) {
  Collection all;
  auto page = download("p", "", 0, 1, 2);
  page.kind = model::Kind::page;
  page.target = "https://a.example/";
  all.add(page);
  EXPECT_EQ(Collection(all).finish().series[0].target(), "https://a.example/");
  page.target = "https://b.example/";
  page.filesize = 77;
  all.add(page);
  auto const found = all.finish();
  ASSERT_EQ(found.series.size(), 1U);
  EXPECT_EQ(found.series[0].target(), "web");
}

TEST(Collection, ArmsStandInTheOrderThatIsKnown) {
  Collection all;
  for (auto const* arm : {"early", "plain", ""}) all.add(download("ab", arm, 0, 1, 2));
  auto const found = all.finish({{{"ab", "plain"}, 0}, {{"ab", "early"}, 1}});
  EXPECT_EQ(found.series[0].key.arm, "plain");
  EXPECT_EQ(found.series[1].key.arm, "early");
}

TEST(Collection, FirstHopsAreToldWithTheirNames) {
  Collection all;
  all.add(with_circuit(download("a", "", 0, 100'000, 700'000), "AAAA", "guardy"));
  all.add(with_circuit(download("a", "", 1, 200'000, 700'000), "DDDD", "other"));
  all.add(with_circuit(failed("a", "", 2), "DDDD", "other"));
  all.add(failed("a", "", 3));
  auto const found = all.finish();
  ASSERT_EQ(found.guards.size(), 2U);
  EXPECT_EQ(found.guards[0].fingerprint, "DDDD");
  EXPECT_EQ(found.guards[0].nickname, "other");
  EXPECT_EQ(found.guards[0].n, 2U);
  EXPECT_EQ(found.guards[0].failed, 1U);
  EXPECT_THAT(found.guards[1].first_byte, ElementsAre(100'000));
  EXPECT_EQ(found.without_guard, 1U);
  EXPECT_THAT(found.series[0].of(Quantity::built_3), ElementsAre(200'000, 200'000));
  EXPECT_THAT(found.series[0].of(Quantity::hop_2), ElementsAre(70'000, 70'000));
  EXPECT_THAT(found.series[0].of(Quantity::hop_4), IsEmpty());
}

TEST(Csv, HasALineForEachMetricThatHasValues) {
  Collection all;
  for (int i = 1; i <= 3; ++i) all.add(download("a", "x", i, 100'000 * i, 204'800));
  all.add(failed("a", "x", 1));
  EXPECT_EQ(summary_csv(all.finish()),
            "experiment,arm,target,filesize,metric,n,p10,q1,median,q3,p90,p99,unit,rate\r\n"
            "a,x,direct,51200,ttfb,3,120000,150000,200000,250000,280000,298000,us,\r\n"
            "a,x,direct,51200,ttlb,3,204800,204800,204800,204800,204800,204800,us,\r\n"
            "a,x,direct,51200,throughput,3,2000000,2000000,2000000,2000000,2000000,2000000,bit/s,"
            "\r\n"
            "a,x,direct,51200,latency,3,60000,75000,100000,125000,140000,149000,us,\r\n"
            "a,x,direct,51200,failures,1,,,,,,,share,0.25\r\n"
            "a,x,direct,51200,failures_NET_TIMEOUT,1,,,,,,,share,0.25\r\n");
}

TEST(Csv, QuotesWhatWouldBreakALine) {
  Collection all;
  auto m = download("a,\"b\"\n", "", 0, 1, 2);
  m.kind = model::Kind::page;
  m.target = "https://x.example/";
  all.add(m);
  EXPECT_THAT(
      summary_csv(all.finish()),
      testing::HasSubstr("\r\n\"a,\"\"b\"\"\n\",,https://x.example/,,ttfb,1,1,1,1,1,1,1,us,\r\n"));
}

}  // namespace
}  // namespace perfd::report
