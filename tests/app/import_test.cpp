// `perfd import` on real files, and what the other commands then say of them.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "app/perfd_process.h"
#include "places.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Import : public PerfdProcessTest {
 protected:
  [[nodiscard]] static std::string sample(std::string const& name) {
    return perfd::test::data(name);
  }
  [[nodiscard]] std::string data() const { return (folder_ / "data").string(); }
};

TEST_F(Import, TwiceAddsNothing) {
  auto const tpf = sample("torperf-51200-2016-10-02.tpf");
  auto const first = run({"import", "--data", data(), tpf});
  EXPECT_EQ(first.status.code, 0) << first.text();
  EXPECT_THAT(first.text(), HasSubstr("287 results of 1 file: 287 new, 0 there already"));
  auto const again = run({"import", "--data", data(), tpf, "--json"});
  EXPECT_EQ(again.status.code, 0) << again.text();
  EXPECT_THAT(again.text(), HasSubstr(R"({"files":1,"measurements":287,"new":0,"circuits":0,)"
                                      R"("broken":0,"passed_by":0})"));
  auto const exported = run({"export", "--data", data(), "--format", "tpf"});
  auto const& lines = exported.lines;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "@type torperf 1.1"), 287);
}

TEST_F(Import, LogsAndTheirReport) {
  auto const imported = run(
      {"import", "--data", data(), sample("onionperf-0.tgen.log"), sample("onionperf.torctl.log")});
  EXPECT_EQ(imported.status.code, 0) << imported.text();
  EXPECT_THAT(imported.text(),
              HasSubstr("8 results of 2 files: 8 new, 0 there already; 33 circuits"));
  auto const report = run({"report", "--data", data()});
  EXPECT_THAT(report.text(), AllOf(HasSubstr("onion-5m"), HasSubstr("2 x NET_TIMEOUT")));
}

TEST_F(Import, OnionPerfsAnalysisGoesOutAsItCame) {
  ASSERT_EQ(run({"import", "--data", data(), sample("onionperf-3.0.json")}).status.code, 0);
  auto const file = (folder_ / "2021-01-01.op-hk5.onionperf.analysis.json.xz").string();
  auto const exported = run({"export", "--data", data(), "--format", "onionperf", "-o", file});
  EXPECT_EQ(exported.status.code, 0) << exported.text();
  EXPECT_THAT(exported.text(), HasSubstr("5 results written"));

  auto const checked = run({"check", "--results", file});
  EXPECT_EQ(checked.status.code, 0) << checked.text();
  EXPECT_THAT(checked.text(), HasSubstr(": 5 results, 0 errors"));

  // Here nothing is new, elsewhere it is the same.
  EXPECT_THAT(run({"import", "--data", data(), file}).text(),
              HasSubstr(": 0 new, 5 there already"));
  auto const other = (folder_ / "other").string();
  ASSERT_EQ(run({"import", "--data", other, file}).status.code, 0);
  EXPECT_EQ(run({"export", "--data", other}).lines, run({"export", "--data", data()}).lines);
  EXPECT_EQ(run({"export", "--data", other, "--format", "onionperf"}).lines,
            run({"export", "--data", data(), "--format", "onionperf"}).lines);

  // A document is of one source.
  ASSERT_EQ(run({"import", "--data", data(), sample("phlox-5242880.tpf")}).status.code, 0);
  auto const two = run({"export", "--data", data(), "--format", "onionperf"});
  EXPECT_EQ(two.status.code, 3);
  EXPECT_THAT(two.text(), HasSubstr("op-hk5, phlox"));
  EXPECT_EQ(
      run({"export", "--data", data(), "--format", "onionperf", "--source", "phlox"}).status.code,
      0);
}

TEST_F(Import, AReportOnFilesIsThatOfTheirStore) {
  auto const document = sample("onionperf-3.0.json");
  auto const tpf = sample("torperf-51200-2016-10-02.tpf");
  ASSERT_EQ(run({"import", "--data", data(), document, tpf}).status.code, 0);
  auto const page = [&](std::vector<std::string> where, std::vector<std::string> const& what) {
    where.insert(where.begin(), "report");
    where.insert(where.end(), what.begin(), what.end());
    auto const out = run(where);
    EXPECT_EQ(out.status.code, 0) << out.text();
    return out.lines;
  };
  std::vector<std::vector<std::string>> const forms = {
      {}, {"--json"}, {"--csv", "-"}, {"--html", "-"}, {"--compare", "onion-5m", "download-5m"}};
  auto const all = [&](std::vector<std::string> const& where) {
    std::vector<std::vector<std::string>> out;
    for (auto const& form : forms) out.push_back(page(where, form));
    return out;
  };
  auto const stored = all({"--data", data()});
  EXPECT_EQ(all({document, tpf}), stored);
  // A file that is named twice counts once.
  EXPECT_EQ(all({document, tpf, document}), stored);
  // What was stored before there were figures beside the records is told the same.
  SQLite::Database((folder_ / "data" / "perfd.db").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE measurements SET figures = NULL");
  EXPECT_EQ(all({"--data", data()}), stored);

  std::vector<std::string> const half = {"--since", "2016-10-02T12:00", "--until",
                                         "2016-10-03T00:00"};
  EXPECT_EQ(page({tpf, document}, half), page({"--data", data()}, half));
  EXPECT_NE(page({tpf, document}, half), page({tpf, document}, {}));
  EXPECT_EQ(run({"report", document, "--data", data()}).status.code, 2);
  EXPECT_EQ(run({"report", "nowhere.tpf"}).status.code, 2);
  auto const broken = run({"report", write("broken.tpf", "@type torperf 1.0\nX\n").string(), tpf});
  EXPECT_EQ(broken.status.code, 1);
  EXPECT_THAT(broken.text(), AllOf(HasSubstr("broken.tpf:2"), HasSubstr("download-50k")));
}

TEST_F(Import, LogsBecomeTheDocumentThatExportWouldWrite) {
  auto const tgen = sample("onionperf-0.tgen.log");
  auto const torctl = sample("onionperf.torctl.log");
  auto const out = (folder_ / "out").string();
  auto const analyzed = run({"analyze", "-t", tgen, "-c", torctl, "-p", out, "-a", "192.0.2.7"});
  EXPECT_EQ(analyzed.status.code, 0) << analyzed.text();
  EXPECT_THAT(analyzed.text(), HasSubstr("onionperf.analysis.json.xz: 8 transfers, 33 circuits"));
  auto const file = out + "/onionperf.analysis.json.xz";
  EXPECT_THAT(run({"check", "--results", file}).text(), HasSubstr(": 8 results, 0 errors"));

  ASSERT_EQ(run({"import", "--data", data(), tgen, torctl}).status.code, 0);
  auto const direct = run({"export", "--data", data()}).lines;
  auto const other = (folder_ / "other").string();
  ASSERT_EQ(run({"import", "--data", other, file}).status.code, 0);
  auto const times = [](std::vector<std::string> const& lines) {
    std::vector<std::string> marks;
    for (auto const& line : lines) {
      auto const from = line.find("\"marks\"");
      marks.push_back(line.substr(from, line.find('}', from) - from));
    }
    return marks;
  };
  EXPECT_EQ(times(run({"export", "--data", other}).lines), times(direct));
  EXPECT_THAT(run({"export", "--data", other, "--format", "onionperf"}).text(),
              HasSubstr("\"circuits\""));
}

TEST_F(Import, AFolderOfLogsBecomesADocumentForEachDay) {
  auto const logs = folder_ / "logs";
  std::filesystem::create_directories(logs);
  std::filesystem::copy_file(sample("onionperf-0.tgen.log"), logs / "a.tgen.log");
  std::filesystem::copy_file(sample("onionperf.torctl.log"), logs / "a.torctl.log");
  auto const out = folder_ / "out";
  auto const analyzed = run({"analyze", logs.string(), "--prefix", out.string()});
  EXPECT_EQ(analyzed.status.code, 0) << analyzed.text();
  // The sample's log ends with some lines of another day.
  EXPECT_THAT(analyzed.text(),
              AllOf(HasSubstr("2019-01-31.onionperf.analysis.json.xz: 8 transfers, 25 circuits"),
                    HasSubstr("2019-02-11.onionperf.analysis.json.xz: 0 transfers, 8 circuits")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out), {}), 2);

  auto const none = run({"analyze", logs.string(), "-p", out.string(), "-d", "2019-02-01"});
  EXPECT_EQ(none.status.code, 1);
  EXPECT_THAT(none.text(), HasSubstr("no transfers and no circuits"));
  EXPECT_EQ(run({"analyze", logs.string(), "-d", "yesterday"}).status.code, 2);
  EXPECT_EQ(run({"analyze", logs.string(), "-o", "one.json"}).status.code, 2);
  EXPECT_EQ(run({"analyze"}).status.code, 2);
  EXPECT_EQ(run({"analyze", "nowhere.log"}).status.code, 2);
}

TEST_F(Import, TablesForOthers) {
  ASSERT_EQ(run({"import", "--data", data(), sample("torperf-51200-2016-10-02.tpf")}).status.code,
            0);
  auto const csv = run({"export", "--data", data(), "--format", "csv"});
  EXPECT_EQ(csv.lines.size(), 288U);

  EXPECT_EQ(run({"export", "--data", data(), "--format", "tor-metrics"}).status.code, 2);
  auto const folder = folder_ / "tables";
  auto const tables =
      run({"export", "--data", data(), "--format", "tor-metrics", "-o", folder.string()});
  EXPECT_EQ(tables.status.code, 0) << tables.text();
  std::ifstream torperf(folder / "torperf.csv");
  std::string head;
  std::string line;
  std::getline(torperf, head);
  std::getline(torperf, line);
  EXPECT_EQ(line, "2016-10-02,51200,torperf,public,940,1150,1770");
  for (auto const* name :
       {"torperf-failures", "onionperf-buildtimes", "onionperf-latencies", "onionperf-throughput"})
    EXPECT_TRUE(std::filesystem::exists(folder / (std::string(name) + ".csv"))) << name;
}

TEST_F(Import, EveryKindIsChecked) {
  for (auto const& [name, results] :
       {std::pair{"onionperf-0.tgen.log", "8"}, std::pair{"onionperf-2.0.json", "3"},
        std::pair{"phlox-5242880.tpf", "8"}, std::pair{"page-load.jsonl", "1"}}) {
    auto const checked = run({"check", "--results", sample(name)});
    EXPECT_EQ(checked.status.code, 0) << checked.text();
    EXPECT_THAT(checked.text(), HasSubstr(": " + std::string(results) + " result")) << name;
  }
}

TEST_F(Import, WhatIsWrongIsToldWithPlaceAndExitCode) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "a.tpf") << "@type torperf 1.0\nSOURCE=x\n";
  auto const broken = run({"import", "--data", data(), (folder_ / "a.tpf").string()});
  EXPECT_EQ(broken.status.code, 1);
  EXPECT_THAT(broken.text(), AllOf(HasSubstr("a.tpf:2: "), HasSubstr("1 broken line or file")));

  auto const missing = run({"import", "--data", data(), "/nowhere.tpf"});
  EXPECT_EQ(missing.status.code, 2);
  EXPECT_THAT(missing.text(), HasSubstr("/nowhere.tpf: no such file"));
  EXPECT_EQ(run({"import", "--data", data()}).status.code, 2);

  auto const unwritable = run({"import", "--data", "/proc/nowhere", sample("phlox-5242880.tpf")});
  EXPECT_EQ(unwritable.status.code, 3) << unwritable.text();
}

}  // namespace
}  // namespace perfd::app
