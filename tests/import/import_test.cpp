// Files as they lie about, through the whole import.
#include "import/import.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "formats/carrier.h"
#include "formats/jsonl.h"
#include "formats/tpf.h"
#include "import/support/packed.h"
#include "runtime/files.h"

namespace perfd::import {
namespace {

using perfd::testing::compressed;
using perfd::testing::sample;
using perfd::testing::write_compressed;
using perfd::testing::write_file;
using perfd::testing::write_tarball;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Kept final : public Sink {
 public:
  Result<void> measurement(model::Measurement measurement) override {
    measurements.push_back(std::move(measurement));
    if (measurements.size() >= most) return Error{"full"};
    return {};
  }
  Result<void> circuit(model::Circuit circuit) override {
    circuits.push_back(std::move(circuit));
    return {};
  }
  void problem(std::string const& place, std::string const& reason) override {
    problems.push_back(place + ": " + reason);
  }
  void progress(std::int64_t done, std::int64_t all) override {
    EXPECT_GE(done, last_done);
    last_done = done;
    whole = all;
  }

  std::vector<model::Measurement> measurements;
  std::vector<model::Circuit> circuits;
  std::vector<std::string> problems;
  std::size_t most = 1'000'000;
  std::int64_t last_done = 0;
  std::int64_t whole = 0;
};

class ImportTest : public ::testing::Test {
 protected:
  ~ImportTest() override { std::filesystem::remove_all(folder_); }

  Kept read(std::vector<std::filesystem::path> paths = {}, std::string source = {}) {
    Kept kept;
    if (paths.empty()) paths.push_back(folder_);
    auto const counts = import_files(paths, {std::move(source)}, kept);
    EXPECT_TRUE(counts) << counts.error().message;
    if (counts) counts_ = *counts;
    EXPECT_EQ(counts_.measurements, kept.measurements.size());
    EXPECT_EQ(counts_.circuits, kept.circuits.size());
    EXPECT_EQ(counts_.broken, kept.problems.size());
    EXPECT_EQ(kept.last_done, kept.whole);
    return kept;
  }
  static std::vector<std::string> ids(Kept const& kept) {
    std::vector<std::string> out;
    for (auto const& m : kept.measurements) out.push_back(m.id);
    std::sort(out.begin(), out.end());
    return out;
  }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-test").value();
  Counts counts_;
};

TEST_F(ImportTest, ADayOfTorperfIsTheSamePlainCompressedAndInTarballs) {
  auto const text = sample("torperf-51200-2016-10-02.tpf");
  write_file(folder_ / "plain/a.tpf", text);
  auto const plain = ids(read());
  EXPECT_THAT(plain, SizeIs(287));
  EXPECT_EQ(counts_.broken, 0U);

  write_compressed(folder_ / "xz/a.tpf.xz", text, "xz");
  write_compressed(folder_ / "gz/a.tpf.gz", text, "gzip");
  write_tarball(folder_ / "tar/torperf-2016-10.tar.xz", {{"torperf-2016-10/02/a.tpf", text}}, "xz");
  write_tarball(folder_ / "nested/a.tar", {{"a.tpf.xz", compressed(text, "xz")}}, "none");
  for (auto const* where : {"xz", "gz", "tar", "nested"}) {
    EXPECT_EQ(ids(read({folder_ / where})), plain) << where;
    EXPECT_EQ(counts_.files, 1U) << where;
  }
}

TEST_F(ImportTest, TheRecordsAreThoseOfTheFile) {
  auto const text = sample("torperf-51200-2016-10-02.tpf");
  write_file(folder_ / "a.tpf", text);
  auto const kept = read();
  auto const& first = kept.measurements.front();
  EXPECT_EQ(first.source, "torperf");
  EXPECT_EQ(first.experiment, "download-50k");
  auto const records = formats::read_tpf(text).value();
  for (std::size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(kept.measurements[i], [&] {
      auto m = formats::from_tpf(records[i]).value();
      m.experiment = "download-50k";
      return m;
    }());
}

// OnionPerf made phlox' .tpf of these two logs.
TEST_F(ImportTest, LogsGiveWhatOnionPerfMadeOfThem) {
  write_file(folder_ / "tgen-client/onionperf.tgen.log", sample("onionperf-0.tgen.log"));
  write_compressed(folder_ / "tor-client/log_archive/onionperf_2019-01-31.torctl.log.xz",
                   sample("onionperf.torctl.log"), "xz");
  auto const kept = read();
  EXPECT_THAT(kept.problems, IsEmpty());
  ASSERT_THAT(kept.measurements, SizeIs(8));
  std::map<std::string, formats::TpfRecord> wanted;
  for (auto& record : formats::read_tpf(sample("phlox-5242880.tpf")).value())
    wanted[*record.find("ENDPOINTLOCAL")] = record;
  ASSERT_EQ(wanted.size(), 8U);

  int with_circuit = 0;
  for (auto const& m : kept.measurements) {
    auto const made = formats::to_tpf(m).value();
    auto const& theirs = wanted.at(*made.find("ENDPOINTLOCAL"));
    for (auto const* key : {"SOURCE", "FILESIZE", "READBYTES", "WRITEBYTES", "ENDPOINTREMOTE",
                            "ENDPOINTPROXY", "SOURCEADDRESS"})
      EXPECT_EQ(*made.find(key), *theirs.find(key)) << key;
    // Cut off here, rounded there.
    for (auto const* key : {"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "DATAREQUEST",
                            "DATARESPONSE", "DATACOMPLETE"})
      EXPECT_NEAR(std::stod(*made.find(key)), std::stod(*theirs.find(key)), 0.0101) << key;
    auto const* path = theirs.find("PATH");
    if (path == nullptr) continue;
    ++with_circuit;
    EXPECT_EQ(std::stod(*made.find("USED_AT")), std::stod(*theirs.find("USED_AT")));
    for (auto const* key : {"PATH", "CIRC_ID", "USED_BY"})
      EXPECT_EQ(*made.find(key), *theirs.find(key)) << key;
    // OnionPerf counts from the event LAUNCHED, tor tells the moment itself.
    EXPECT_NEAR(std::stod(*made.find("LAUNCH")), std::stod(*theirs.find("LAUNCH")), 0.05);
  }
  EXPECT_EQ(with_circuit, 5);
  // Of one more OnionPerf's log ends before the circuit does.
  EXPECT_EQ(std::ranges::count_if(kept.measurements,
                                  [](auto const& m) { return formats::carrier(m) != nullptr; }),
            6);
  EXPECT_EQ(counts_.circuits, 33U);
}

TEST_F(ImportTest, LogsThatWereRotatedAreReadAsOne) {
  // Cut in the middle of a transfer, and of its stream.
  auto const cut = [](std::string const& text) {
    auto const at = text.find('\n', text.size() / 2) + 1;
    return std::pair(text.substr(0, at), text.substr(at));
  };
  auto const [tgen1, tgen2] = cut(sample("onionperf-0.tgen.log"));
  auto const [tor1, tor2] = cut(sample("onionperf.torctl.log"));
  write_file(folder_ / "whole/x.tgen.log", sample("onionperf-0.tgen.log"));
  write_file(folder_ / "whole/x.torctl.log", sample("onionperf.torctl.log"));
  // The names tell the wrong order.
  write_file(folder_ / "cut/tgen-client/a.tgen.log", tgen2);
  write_compressed(folder_ / "cut/tgen-client/log_archive/b.tgen.log.gz", tgen1, "gzip");
  write_file(folder_ / "cut/tor-client/a.torctl.log", tor2);
  write_file(folder_ / "cut/tor-client/b.torctl.log", tor1);
  auto const whole = read({folder_ / "whole"});
  auto const cut_up = read({folder_ / "cut"});
  EXPECT_EQ(cut_up.measurements, whole.measurements);
  EXPECT_EQ(cut_up.circuits, whole.circuits);
}

TEST_F(ImportTest, LogsInATarballAreReadSideBySide) {
  write_tarball(
      folder_ / "onionperf.tar.xz",
      {{"op/tor-client/x.torctl.log.xz", compressed(sample("onionperf.torctl.log"), "xz")},
       {"op/README", "hello\n"},
       {"op/tgen-client/x.tgen.log", sample("onionperf-0.tgen.log")}},
      "xz");
  auto const kept = read();
  EXPECT_THAT(kept.measurements, SizeIs(8));
  EXPECT_EQ(counts_.circuits, 33U);
  EXPECT_EQ(counts_.files, 2U);
  EXPECT_EQ(counts_.passed_by, 1U);
}

TEST_F(ImportTest, LogsOfTwoHostsAreKeptApart) {
  for (auto const* host : {"a", "b"}) {
    write_file(folder_ / host / "x.torctl.log", sample("onionperf.torctl.log"));
    write_file(folder_ / host / "x.tgen.log", sample("onionperf-0.tgen.log"));
  }
  write_file(folder_ / "c/x.tgen.log", sample("onionperf-0.tgen.log"));
  auto const kept = read();
  EXPECT_THAT(kept.measurements, SizeIs(24));
  EXPECT_EQ(std::ranges::count_if(kept.measurements,
                                  [](auto const& m) { return m.tor.stream.has_value(); }),
            12);
}

TEST_F(ImportTest, TorperfsOwnFilesBecomeTheSameAsTheirMergedFile) {
  write_file(folder_ / "siv-50kb.data",
             "1338357901 42336 1338357901 42519 1338357901 42592 1338357901 42673 1338357901 42725 "
             "1338357901 334544 1338357901 334600 1338357902 255119 1338357903 50000 75 51416 0 "
             "1338357902 300000 1338357902 400000 1338357902 500000 1338357902 600000 "
             "1338357902 700000 1338357902 800000 1338357902 900000 1338357902 950000 "
             "1338357902 990000\n"
             "1338358201 42336 1338358201 42519 1338358201 42592 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1\n"
             "1338358501 1 2 3\n");
  write_file(folder_ / "siv-50kb.extradata",
             "BUILDTIMEOUT_SET COMPUTED TOTAL_TIMES=1000 TIMEOUT_MS=1500\n"
             "CIRC_ID=10 LAUNCH=1338357000.10 PATH=$" +
                 std::string(40, 'A') + ",$" + std::string(40, 'B') +
                 " BUILDTIMES=0.30,0.70 USED_AT=1338357903.60 USED_BY=3 "
                 "TIMEOUT=1500 QUANTILE=0.800000\n"
                 "CIRC_ID=11 LAUNCH=1338357001.10 USED_AT=1338357903.15 USED_BY=4\n"
                 "CIRC_ID=12 LAUNCH=1338357001.10 USED_AT=1338357902.00 USED_BY=5\n"
                 "CIRC_ID=13 LAUNCH=13383\n");
  auto const kept = read();
  ASSERT_THAT(kept.measurements, SizeIs(2));
  auto const& m = kept.measurements.front();
  EXPECT_EQ(m.source, "siv");
  EXPECT_EQ(m.filesize, 51200);
  EXPECT_TRUE(m.outcome.ok()) << m.outcome.detail;
  EXPECT_EQ(to_us(*m.marks.at("DATACOMPLETE")), 1'338'357'903'050'000);
  EXPECT_EQ(to_us(*m.marks.at("DATAPERC90")), 1'338'357'902'990'000);
  EXPECT_EQ(m.marks.find("START")->error_bound, Micros{0});
  // Of those that ended within a second of it, the nearest.
  ASSERT_TRUE(m.tor.stream);
  EXPECT_EQ(m.tor.stream->id, 4U);
  EXPECT_EQ(m.tor.circuits.front().id, 11U);
  auto const& failed = kept.measurements.back();
  EXPECT_EQ(failed.outcome.code, model::FailureCode::net_timeout);
  EXPECT_EQ(failed.marks.find("NEGOTIATE"), nullptr);
  EXPECT_THAT(kept.problems, ElementsAre(EndsWith(
                                 "siv-50kb.data:3: a line of .data has 20, 21 or 39 numbers, this "
                                 "one 4")));

  auto const record = formats::to_tpf(m).value();
  std::string merged;
  for (auto const& [key, value] : record.pairs)
    if (key != "SOURCE" && key != "FILESIZE")
      merged += (merged.empty() ? "" : " ") + key + "=" + value;
  write_file(folder_ / "merged/siv-50kb.mergedata", merged + "\nSTART=x\nSTART=1.0 START=2.0\n");
  auto const again = read({folder_ / "merged"});
  ASSERT_THAT(again.measurements, SizeIs(1));
  EXPECT_EQ(formats::to_tpf(again.measurements.front()), record);
  EXPECT_THAT(again.problems, SizeIs(2));
}

TEST_F(ImportTest, WhatIsBrokenIsToldWithItsPlaceAndTheRestIsImported) {
  auto text = sample("torperf-51200-2016-10-02.tpf");
  auto const lines = std::count(text.begin(), text.end(), '\n');
  text.insert(0, "@type torperf 1.0\nSOURCE=x START=never\n");
  write_file(folder_ / "a.tpf", text);
  write_file(folder_ / "b.tpf", "@type torperf 1.0\n" + std::string(200'000, 'x') + "\n");
  auto packed = compressed(sample("torperf-51200-2016-10-02.tpf"), "xz");
  write_file(folder_ / "c.tpf.xz", packed.substr(0, packed.size() / 2));
  write_file(folder_ / "d.txt", "nothing of ours\n");
  write_file(folder_ / "e.tpf", "");
  auto const kept = read();
  EXPECT_EQ(lines, 2 * 287);
  EXPECT_GE(kept.measurements.size(), 287U);
  EXPECT_LT(kept.measurements.size(), 2U * 287);
  ASSERT_GE(kept.problems.size(), 3U);
  EXPECT_THAT(kept.problems.front(), HasSubstr("a.tpf:2: START"));
  EXPECT_THAT(kept.problems[1], HasSubstr("b.tpf:2: a line of more than 65536 bytes"));
  EXPECT_THAT(kept.problems, ::testing::Contains(HasSubstr("c.tpf.xz")));
  EXPECT_EQ(counts_.passed_by, 1U);

  // Named by the user, it is no file to pass by.
  EXPECT_THAT(read({folder_ / "d.txt"}).problems,
              ElementsAre(HasSubstr("d.txt: no file of results that is known")));
}

TEST_F(ImportTest, APathThatIsNotThereAndASinkThatFailsEndIt) {
  Kept kept;
  auto const missing = import_files({folder_ / "nowhere"}, {}, kept);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("nowhere"));

  write_file(folder_ / "a.tpf", sample("torperf-51200-2016-10-02.tpf"));
  kept.most = 3;
  auto const full = import_files({folder_}, {}, kept);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().message, "full");
  EXPECT_THAT(kept.measurements, SizeIs(3));
}

TEST_F(ImportTest, AnAnalysisOfOnionPerf) {
  auto const text = sample("onionperf-3.0.json");
  write_compressed(folder_ / "a/2021-01-01.op-hk5.onionperf.analysis.json.xz", text, "xz");
  auto const kept = read();
  EXPECT_THAT(kept.problems, IsEmpty());
  std::map<std::string, int> experiments;
  for (auto const& m : kept.measurements) {
    EXPECT_EQ(m.source, "op-hk5");
    EXPECT_TRUE(m.outcome.ok());
    EXPECT_TRUE(m.tor.stream);
    ++experiments[m.experiment];
  }
  EXPECT_EQ(experiments, (std::map<std::string, int>{{"download-5m", 3}, {"onion-5m", 2}}));
  // OnionPerf's file lacks two of the circuits: they were open when it was made.
  EXPECT_EQ(std::ranges::count_if(kept.measurements,
                                  [](auto const& m) { return formats::carrier(m) != nullptr; }),
            3);
  // Named by instance, run and id, in the store.
  std::set<std::pair<std::uint64_t, std::uint64_t>> keys;
  for (auto const& circuit : kept.circuits) {
    EXPECT_EQ(circuit.instance, "op-hk5");
    keys.emplace(circuit.tor_run, circuit.id);
  }
  EXPECT_EQ(keys.size(), kept.circuits.size());
  EXPECT_GT(kept.circuits.size(), 5U);

  // Half of a document gives nothing of it.
  write_file(folder_ / "b/half.json", text.substr(0, text.size() / 2));
  auto const half = read({folder_ / "b"});
  EXPECT_THAT(half.measurements, IsEmpty());
  EXPECT_THAT(half.problems, ElementsAre(HasSubstr("half.json")));
}

TEST_F(ImportTest, PerfdsOwnLinesAreWhatTheyWere) {
  auto const line = sample("page-load.jsonl");
  write_file(folder_ / "a.jsonl", line + "{\"schema\":1}\n");
  auto const kept = read();
  ASSERT_THAT(kept.measurements, SizeIs(1));
  EXPECT_EQ(kept.measurements.front(), formats::from_json_line(line).value());
  EXPECT_THAT(kept.problems, ElementsAre(HasSubstr("a.jsonl:2: ")));
}

TEST_F(ImportTest, TheSourceCanBeNamed) {
  write_file(folder_ / "x.torctl.log", sample("onionperf.torctl.log"));
  write_file(folder_ / "x.tgen.log", sample("onionperf-0.tgen.log"));
  auto const kept = read({}, "op-xy1");
  for (auto const& m : kept.measurements) EXPECT_EQ(m.source, "op-xy1");
  for (auto const& c : kept.circuits) EXPECT_EQ(c.instance, "op-xy1");
}

}  // namespace
}  // namespace perfd::import
