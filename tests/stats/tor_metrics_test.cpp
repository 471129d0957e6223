#include "stats/tor_metrics.h"

#include <gmock/gmock.h>

namespace perfd::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A download whose tenths come 100 ms apart, the first byte after 200 ms.
model::Measurement tenths(std::int64_t filesize) {
  model::Measurement m;
  m.filesize = m.payload_bytes = filesize;
  auto const at = [](std::int64_t ms) { return model::Mark{wall_from_us(1'000'000 + ms * 1000)}; };
  m.marks.set("START", at(0));
  m.marks.set("DATAREQUEST", at(50));
  m.marks.set("DATARESPONSE", at(200));
  for (int tenth = 0; tenth <= 10; ++tenth)
    m.marks.set(model::dataperc_name(10 * tenth), at(200 + 100 * tenth));
  return m;
}

TEST(TorMetrics, LatencyIsFromTheRequestToTheFirstByte) {
  auto m = tenths(50'000);
  EXPECT_EQ(latency_us(m), 150'000);
  m.kind = model::Kind::page;  // its marks are of many requests
  EXPECT_EQ(latency_us(m), std::nullopt);
  m = tenths(50'000);
  m.outcome.code = model::FailureCode::net_reset;
  EXPECT_EQ(latency_us(m), std::nullopt);
  EXPECT_EQ(latency_us(model::Measurement{}), std::nullopt);
}

TEST(TorMetrics, EarlyThroughputIsOfTheSecondHalfMebibyte) {
  // 0.5 MiB are a tenth of 5 MiB: 4,194,304 bits in 100 ms; in 1 MiB in five tenths.
  EXPECT_DOUBLE_EQ(early_throughput_bps(tenths(5'242'880)).value(), 41'943'040.0);
  EXPECT_DOUBLE_EQ(early_throughput_bps(tenths(1'048'576)).value(), 8'388'608.0);
  EXPECT_EQ(early_throughput_bps(tenths(51'200)), std::nullopt);
  // No tenth of 2 MiB lies at 0.5 MiB; the marks of sizes do, nearly.
  auto other = tenths(2'097'152);
  EXPECT_EQ(early_throughput_bps(other), std::nullopt);
  other.marks.set("PARTIAL512000", {wall_from_us(2'000'000)});
  other.marks.set("PARTIAL1048576", {wall_from_us(3'000'000)});
  EXPECT_DOUBLE_EQ(early_throughput_bps(other).value(), 8.0 * (1'048'576 - 512'000));
}

TEST(TorMetrics, LateThroughputIsOfTheFifthMebibyte) {
  // OnionPerf: mbps = 8.388608 / (t1.0 - t0.8)
  EXPECT_DOUBLE_EQ(late_throughput_bps(tenths(5'242'880)).value(), 8.388608e6 / 0.2);
  EXPECT_EQ(late_throughput_bps(tenths(1'048'576)), std::nullopt);
}

TEST(TorMetrics, OnlyAWholeDownloadHasAThroughput) {
  auto failed = tenths(5'242'880);
  failed.outcome.code = model::FailureCode::net_timeout;
  EXPECT_EQ(late_throughput_bps(failed), std::nullopt);
  auto upload = tenths(5'242'880);
  upload.kind = model::Kind::upload;
  EXPECT_EQ(early_throughput_bps(upload), std::nullopt);
  auto part = tenths(5'242'880);
  part.payload_bytes = 5'000'000;
  EXPECT_EQ(late_throughput_bps(part), std::nullopt);
  auto burst = tenths(0);
  EXPECT_EQ(early_throughput_bps(burst), std::nullopt);
}

TEST(TorMetrics, NoTimeBetweenTwoMarksIsNoThroughput) {
  auto m = tenths(2'097'152);
  m.marks.set("PARTIAL512000", {wall_from_us(3'000'000)});
  m.marks.set("PARTIAL1048576", {wall_from_us(3'000'000)});
  EXPECT_EQ(early_throughput_bps(m), std::nullopt);
}

model::Circuit circuit(std::vector<std::int64_t> const& extended_ms) {
  model::Circuit out;
  out.launched_at = wall_from_us(10'000'000);
  for (auto const ms : extended_ms)
    out.path.push_back({"F", "n", ms < 0 ? WallTime{} : out.launched_at + Micros{ms * 1000}});
  return out;
}

TEST(TorMetrics, HopsAreCountedFromTheLaunch) {
  auto const hops = hops_since_launch(circuit({60, 140, 250}));
  EXPECT_THAT(hops, ElementsAre(Micros{60'000}, Micros{140'000}, Micros{250'000}));
  EXPECT_THAT(hop_by_hop(hops), ElementsAre(Micros{60'000}, Micros{80'000}, Micros{110'000}));
  EXPECT_THAT(hop_by_hop({}), IsEmpty());
}

TEST(TorMetrics, HopsEndWhereOneWasNotSeen) {
  EXPECT_THAT(hops_since_launch(circuit({60, -1, 250})), ElementsAre(Micros{60'000}));
  EXPECT_THAT(hops_since_launch(circuit({60, 50})), ElementsAre(Micros{60'000}));
  auto unknown = circuit({60});
  unknown.launched_at = {};
  EXPECT_THAT(hops_since_launch(unknown), IsEmpty());
}

TEST(TorMetrics, AHopOfACannibalizedCircuitIsNotOfItsBuilding) {
  auto reused = circuit({60, 140, 250, 90'000});
  reused.states.push_back({reused.launched_at + Micros{80'000'000}, "CANNIBALIZED", ""});
  EXPECT_EQ(hops_since_launch(reused).size(), 3U);
}

}  // namespace
}  // namespace perfd::stats
