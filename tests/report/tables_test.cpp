// The tables that others draw from, of real results.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "formats/onionperf_read.h"
#include "formats/tpf.h"
#include "places.h"
#include "report/onionperf_csv.h"
#include "report/tor_metrics_csv.h"

namespace perfd::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string table_sample(std::string const& name) {
  std::ifstream in(perfd::test::data(name), std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> out;
  for (auto const line : split(text, '\n'))
    if (!line.empty()) out.emplace_back(line);
  return out;
}

// A download of 5 MiB: a request at 100 ms, its answer so much later, a tenth each second.
model::Measurement five_mib(std::int64_t start_us, std::int64_t answer_us) {
  model::Measurement m;
  m.source = "op-a";
  m.filesize = m.readbytes = 5'242'880;
  auto const start = wall_from_us(start_us);
  m.started_at = start;
  auto const set = [&](std::string_view name, std::int64_t after) {
    m.marks.set(name, {start + Micros{after}});
  };
  set("START", 0);
  set("DATAREQUEST", 100'000);
  set("DATARESPONSE", 100'000 + answer_us);
  for (int percent = 0; percent <= 100; percent += 10)
    set(model::dataperc_name(percent), 1'000'000 + percent * 100'000);
  set("PARTIAL51200", 1'100'999);
  set("PARTIAL1048576", 3'000'000);
  set("DATACOMPLETE", 11'000'000);
  return m;
}

std::map<std::string, std::vector<std::string>> tables_of(
    std::vector<model::Measurement> const& measurements) {
  TorMetricsTables tables;
  for (auto const& m : measurements) tables.add(m);
  std::map<std::string, std::vector<std::string>> out;
  for (auto const& table : tables.tables()) {
    out[table.name] = lines_of(table.text);
    out[table.name].erase(out[table.name].begin());
  }
  return out;
}

constexpr std::int64_t k2021 = 1'612'137'600'000'000;  // 2021-02-01

TEST(TorMetricsTables, QuartilesWhiskersAndParts) {
  std::vector<model::Measurement> all;
  for (std::int64_t const answer : {100, 200, 300, 400, 5000})
    all.push_back(five_mib(k2021 + answer, answer * 1000));
  auto const tables = tables_of(all);
  EXPECT_THAT(tables.at("torperf"),
              ElementsAre("2021-02-01,51200,op-a,public,1101,1101,1101",
                          "2021-02-01,1048576,op-a,public,3000,3000,3000",
                          "2021-02-01,5242880,op-a,public,11000,11000,11000"));
  // 5000 ms lie outside of the whiskers.
  EXPECT_THAT(tables.at("onionperf-latencies"),
              ElementsAre("2021-02-01,op-a,public,100,200,300,400,400"));
  EXPECT_THAT(tables.at("onionperf-throughput"),
              ElementsAre("2021-02-01,op-a,public,4194,4194,4194,4194,4194"));
}

TEST(TorMetricsTables, ThroughputIsOfTheFifthMiBSinceApril2021) {
  constexpr std::int64_t kApril = 1'617'235'200'000'000;  // 2021-04-01
  EXPECT_THAT(tables_of({five_mib(kApril - 1'000'000, 1000)}).at("onionperf-throughput"),
              ElementsAre("2021-03-31,op-a,public,4194,4194,4194,4194,4194"));
  auto late = five_mib(kApril, 1000);
  EXPECT_THAT(tables_of({late}).at("onionperf-throughput"),
              ElementsAre("2021-04-01,op-a,public,4194,4194,4194,4194,4194"));
  late.filesize = 51'200;
  EXPECT_TRUE(tables_of({late}).at("onionperf-throughput").empty());
}

TEST(TorMetricsTables, TimeoutsAndFailuresAreCountedApart) {
  auto timeout = five_mib(k2021, 1000);
  timeout.outcome.code = model::FailureCode::net_timeout;
  auto cut = five_mib(k2021, 1000);
  cut.readbytes = 100;
  auto onion = five_mib(k2021, 1000);
  onion.remote.host = "abc.onion";
  auto missed = five_mib(k2021, 1000);
  missed.outcome.code = model::FailureCode::perfd_missed_slot;
  EXPECT_THAT(tables_of({timeout, cut, onion, missed, five_mib(k2021, 1)}).at("torperf-failures"),
              ElementsAre("2021-02-01,op-a,onion,0,0,1", "2021-02-01,op-a,public,1,1,3"));
}

TEST(TorMetricsTables, OfADayOfTorperf) {
  std::vector<model::Measurement> all;
  for (auto const& record : formats::read_tpf(table_sample("torperf-51200-2016-10-02.tpf")).value())
    all.push_back(formats::from_tpf(record).value());
  auto const tables = tables_of(all);
  // Worked out by python3's statistics.quantiles(method="inclusive") from the file.
  EXPECT_THAT(tables.at("torperf"), ElementsAre("2016-10-02,51200,torperf,public,940,1150,1770"));
  EXPECT_THAT(tables.at("onionperf-latencies"),
              ElementsAre("2016-10-02,torperf,public,200,260,300,400,610"));
  EXPECT_THAT(tables.at("torperf-failures"), ElementsAre("2016-10-02,torperf,public,0,0,287"));
  EXPECT_THAT(tables.at("onionperf-buildtimes"),
              ElementsAre("2016-10-02,,1,621,667,738", "2016-10-02,,2,118,135,180",
                          "2016-10-02,,3,148,203,280", "2016-10-02,torperf,1,621,667,738",
                          "2016-10-02,torperf,2,118,135,180", "2016-10-02,torperf,3,148,203,280"));
}

TEST(OnionPerfCsv, IsOnionPerfsOwn) {
  std::vector<std::string> lines;
  formats::OnionPerfSinks sinks;
  sinks.measurement = [&](model::Measurement&& m) { lines.push_back(onionperf_csv_line(m)); };
  formats::OnionPerfReader reader(std::move(sinks));
  ASSERT_TRUE(reader.feed(table_sample("onionperf-3.0.json")));
  ASSERT_EQ(reader.finish().value(), 5U);
  EXPECT_EQ(onionperf_csv_head(),
            "id,time_to_first_byte,time_to_last_byte,error_code,mbps,label,filesize_bytes,server,"
            "start,fingerprints\n");
  // Without the id, and with the source in the place of a label: OnionPerf's lines, of which two
  // circuits are unknown here and there.
  std::vector<std::string> shown;
  for (auto const& line : lines) shown.push_back(line.substr(line.find(',')));
  EXPECT_THAT(
      shown,
      ::testing::UnorderedElementsAre(
          StartsWith(",4.134508,34.725328,,1.2165"), StartsWith(",1.129437,11.817973,,3.5393"),
          StartsWith(",11.376374,18.613478,,5.5796"), StartsWith(",4.29965,26.635889,,1.8477"),
          ",1.49145,11.187625,,3.9898140599836576,op-hk5,5242880,public,2021-01-01 "
          "00:21:49.413580,\"['$78B98D12997EDD630F6A674CBF42F20711DEAC11~grobosolforte', "
          "'$E1DE607E31C2C0FB6F8FC959BF7B58CE35D95990~Unnamed', "
          "'$E3DAF067B028450B31CF5CE118F2F9AC53146ABD~Hydra17']\"\n"));
}

TEST(OnionPerfCsv, AFailureHasItsWordAndNoTimes) {
  auto m = five_mib(k2021, 1000);
  m.outcome.code = model::FailureCode::net_timeout;
  EXPECT_THAT(onionperf_csv_line(m),
              HasSubstr(",,,TGEN/TIMEOUT,,op-a,5242880,public,2021-02-01 00:00:00.000000,\n"));
}

}  // namespace
}  // namespace perfd::report
