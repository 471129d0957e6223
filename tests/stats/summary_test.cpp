#include "stats/summary.h"

#include <gmock/gmock.h>

namespace perfd::stats {
namespace {

using model::FailureCode;
using model::Measurement;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Quantile, InterpolatesBetweenTheNeighbours) {
  std::vector<double> const values = {1, 2, 4, 8, 16};
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 0.25), 2);
  EXPECT_EQ(quantile(values, 0.5), 4);
  EXPECT_DOUBLE_EQ(*quantile(values, 0.9), 12.8);  // R: quantile(c(1,2,4,8,16), 0.9)
  EXPECT_DOUBLE_EQ(*quantile(values, 0.1), 1.4);
  EXPECT_EQ(quantile(values, 1), 16);
  EXPECT_EQ(quantile(std::vector<double>{1, 3}, 0.5), 2);
}

TEST(Quantile, OfNothingIsNothingAndOfOneIsThatOne) {
  EXPECT_EQ(quantile({}, 0.5), std::nullopt);
  EXPECT_EQ(spread({}), std::nullopt);
  EXPECT_EQ(spread({7}), (Spread{1, 7, 7, 7}));
}

TEST(Quantile, ASpreadSortsItsSample) { EXPECT_EQ(spread({5, 1, 3, 2, 4})->median, 3); }

Measurement download(std::int64_t first_us, std::int64_t last_us) {
  Measurement m;
  m.payload_bytes = m.filesize = 50'000;
  m.marks.set("START", {wall_from_us(1'000'000)});
  m.marks.set("DATARESPONSE", {wall_from_us(1'000'000 + first_us)});
  m.marks.set("DATACOMPLETE", {wall_from_us(1'000'000 + last_us)});
  return m;
}

TEST(Throughput, OfAnUploadIsWhatTheServerSaw) {
  auto m = download(1, 2);
  m.kind = model::Kind::upload;
  m.payload_bytes = 1'000'000;
  EXPECT_EQ(throughput_bps(m), std::nullopt);  // the client's marks say nothing about it
  m.server.set("ACCEPT", {wall_from_us(5'000'000)});
  m.server.set("LAST_BYTE", {wall_from_us(5'500'000)});
  EXPECT_DOUBLE_EQ(throughput_bps(m).value(), 1'000'000 * 8 / 0.5);
  m.outcome.code = FailureCode::net_timeout;
  EXPECT_EQ(throughput_bps(m), std::nullopt);
}

TEST(Summary, CountsAndMeasuresTheSuccessful) {
  Summarizer all;
  all.add(download(100'000, 200'000));
  all.add(download(300'000, 400'000));
  auto failed = download(1, 2);
  failed.outcome.code = FailureCode::net_timeout;
  all.add(failed);
  all.add(failed);
  failed.outcome.code = FailureCode::perfd_missed_slot;
  all.add(failed);
  auto const summary = all.summary();
  EXPECT_EQ(summary.n, 5U);
  EXPECT_EQ(summary.ok, 2U);
  EXPECT_EQ(summary.failed(), 3U);
  EXPECT_THAT(summary.failures, ElementsAre(Pair(FailureCode::net_timeout, 2U),
                                            Pair(FailureCode::perfd_missed_slot, 1U)));
  EXPECT_EQ(summary.of(Metric::first_byte)->median, 200'000);
  EXPECT_EQ(summary.of(Metric::last_byte)->median, 300'000);
  EXPECT_EQ(summary.of(Metric::last_byte)->n, 2U);
  EXPECT_DOUBLE_EQ(summary.of(Metric::throughput)->median, (2'000'000.0 + 1'000'000.0) / 2);
}

TEST(Summary, OfResolutionsHasTheTimeToTheAnswer) {
  Summarizer all;
  Measurement m;
  m.marks.set("START", {wall_from_us(1'000'000)});
  m.marks.set("RESPONSE", {wall_from_us(1'012'000)});
  all.add(m);  // a download's SOCKS reply is no answer
  EXPECT_EQ(all.summary().of(Metric::answer), std::nullopt);
  m.kind = model::Kind::resolve;
  all.add(m);
  EXPECT_EQ(all.summary().of(Metric::answer), (Spread{1, 12'000, 12'000, 12'000}));
}

// Its marks lie so far behind START; each differs, so that none is taken for another.
Measurement page_load(std::int64_t later_us = 0) {
  Measurement m;
  m.kind = model::Kind::page;
  m.payload_bytes = m.filesize = 50'000;
  auto const set = [&](std::string_view name, std::int64_t us) {
    m.marks.set(name, {wall_from_us(1'000'000 + later_us + us)});
  };
  m.marks.set("START", {wall_from_us(1'000'000)});
  set("DATARESPONSE", 100'000);
  set("DOMCONTENTLOADED", 200'000);
  set("FIRSTCONTENTFULPAINT", 300'000);
  set("LARGESTCONTENTFULPAINT", 400'000);
  set("LOAD", 500'000);
  set("DATACOMPLETE", 600'000);
  set("FULLYLOADED", 700'000);
  return m;
}

TEST(Summary, OfPageLoadsHasTheMomentsOfThePage) {
  Summarizer all;
  all.add(page_load());
  all.add(page_load(10'000));
  all.add(page_load(20'000));
  auto failed = page_load(900'000);
  failed.outcome.code = FailureCode::net_timeout;
  all.add(failed);
  auto const summary = all.summary();
  EXPECT_EQ(summary.n, 4U);
  EXPECT_EQ(summary.page_loads, 4U);
  EXPECT_EQ(summary.of(Metric::first_byte), (Spread{3, 102'000, 110'000, 118'000}));
  EXPECT_EQ(summary.of(Metric::first_paint), (Spread{3, 302'000, 310'000, 318'000}));
  EXPECT_EQ(summary.of(Metric::largest_paint), (Spread{3, 402'000, 410'000, 418'000}));
  EXPECT_EQ(summary.of(Metric::load), (Spread{3, 502'000, 510'000, 518'000}));
  EXPECT_EQ(summary.of(Metric::fully_loaded), (Spread{3, 702'000, 710'000, 718'000}));
  // docs/statistics.md tells why.
  EXPECT_EQ(summary.of(Metric::last_byte), std::nullopt);
  EXPECT_EQ(summary.of(Metric::throughput), std::nullopt);
}

TEST(Summary, APageThatPaintedNothingHasTheOtherTimes) {
  auto m = page_load();
  model::Marks marks;
  for (auto const& [name, mark] : m.marks.entries())
    if (!name.ends_with("CONTENTFULPAINT")) marks.set(name, mark);
  m.marks = marks;
  Summarizer all;
  all.add(m);
  EXPECT_EQ(all.summary().of(Metric::first_paint), std::nullopt);
  EXPECT_EQ(all.summary().of(Metric::largest_paint), std::nullopt);
  EXPECT_EQ(all.summary().of(Metric::load)->median, 500'000);
}

TEST(Summary, PageLoadsAndOthersAreToldApart) {
  Summarizer all;
  all.add(download(100'000, 200'000));
  auto strange = page_load();
  strange.kind = model::Kind::download;  // a page's marks in what is none
  all.add(strange);
  EXPECT_EQ(all.summary().page_loads, 0U);
  EXPECT_EQ(all.summary().of(Metric::load), std::nullopt);
  EXPECT_EQ(all.summary().of(Metric::fully_loaded), std::nullopt);
}

TEST(Summary, OfFailuresAloneHasNoTimes) {
  Summarizer all;
  Measurement m;
  m.outcome.code = FailureCode::tor_down;
  all.add(m);
  EXPECT_EQ(all.summary().of(Metric::first_byte), std::nullopt);
  EXPECT_EQ(Summarizer().summary().n, 0U);
}

TEST(Summary, AnInstantTransferHasNoThroughput) {
  EXPECT_EQ(throughput_bps(download(0, 0)), std::nullopt);
  auto partial = download(1, 100);
  partial.outcome.code = FailureCode::http_truncated;
  EXPECT_EQ(throughput_bps(partial), std::nullopt);
}

}  // namespace
}  // namespace perfd::stats
