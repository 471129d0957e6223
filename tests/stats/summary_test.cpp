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
  EXPECT_EQ(summary.ttfb_us->median, 200'000);
  EXPECT_EQ(summary.ttlb_us->median, 300'000);
  EXPECT_EQ(summary.ttlb_us->n, 2U);
  EXPECT_DOUBLE_EQ(summary.throughput_bps->median, (2'000'000.0 + 1'000'000.0) / 2);
}

TEST(Summary, OfFailuresAloneHasNoTimes) {
  Summarizer all;
  Measurement m;
  m.outcome.code = FailureCode::tor_down;
  all.add(m);
  EXPECT_EQ(all.summary().ttfb_us, std::nullopt);
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
