// What is in the files of a day, and what CollecTor and other readers find there.
#include "publish/day.h"

#include <fstream>

#include "formats/tpf.h"
#include "import/import.h"
#include "publish/support/publish_fixture.h"
#include "runtime/files.h"

namespace perfd::publish {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DayTest : public PublishTest {};

TEST_F(DayTest, EachSourceAndSizeHasAFileThatCollecTorTakes) {
  auto onion = download("op-a", at(3h), 4s);
  onion.target = "onion";
  onion.remote.host = std::string(56, 'a') + ".onion";
  auto failed = download("op-a", at(5h), 3s);
  failed.outcome = {model::FailureCode::net_timeout, "response", "nothing came"};
  keep({download("op-a", at(1h)), download("op-a", at(2h), 9s, 1048576), onion, failed,
        download("op-b", at(4h))});
  auto const report = publish();
  EXPECT_THAT(
      published(),
      ElementsAre("op-a/2026-11-24.onionperf.analysis.json.xz", "op-a/op-a-1048576-2026-11-24.tpf",
                  "op-a/op-a-51200-2026-11-24.tpf", "op-b/2026-11-24.onionperf.analysis.json.xz",
                  "op-b/op-b-51200-2026-11-24.tpf"));
  EXPECT_EQ(report.files, 5U);
  EXPECT_EQ(report.results, 5U);
  EXPECT_EQ(refusal("op-a", "op-a-51200-2026-11-24.tpf"), "");
  EXPECT_EQ(refusal("op-a", "op-a-1048576-2026-11-24.tpf"), "");
  EXPECT_EQ(refusal("op-b", "op-b-51200-2026-11-24.tpf"), "");
  EXPECT_EQ(formats::read_tpf(bytes("op-a/op-a-51200-2026-11-24.tpf"))->size(), 3U);
  EXPECT_EQ(analysis("op-a/2026-11-24.onionperf.analysis.json.xz").measurements.size(), 4U);
  EXPECT_EQ(analysis("op-b/2026-11-24.onionperf.analysis.json.xz").measurements.size(), 1U);
}

TEST_F(DayTest, OnlyTheChosenSources) {
  keep({download("op-a", at(1h)), download("op-b", at(4h))});
  DayOptions options;
  options.sources = {"op-b"};
  publish(kDay, options);
  EXPECT_THAT(published(), ElementsAre("op-b/2026-11-24.onionperf.analysis.json.xz",
                                       "op-b/op-b-51200-2026-11-24.tpf"));
}

TEST_F(DayTest, AResultIsInTheDayOfItsStart) {
  auto early = download("op-a", at(0h));
  early.started_at = at(-5us);  // noted before START, by another clock
  auto late = download("op-a", at(24h));
  late.started_at = at(24h - 5us);
  keep({early, late, download("op-a", at(24h - 1s), 10s)});
  publish();
  publish(kDay - std::chrono::days(1));
  publish(kDay + std::chrono::days(1));
  EXPECT_EQ(refusal("op-a", "op-a-51200-2026-11-24.tpf"), "");
  EXPECT_EQ(formats::read_tpf(bytes("op-a/op-a-51200-2026-11-24.tpf"))->size(), 2U);
  EXPECT_EQ(refusal("op-a", "op-a-51200-2026-11-25.tpf"), "");
  EXPECT_EQ(formats::read_tpf(bytes("op-a/op-a-51200-2026-11-25.tpf"))->size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(root_ / "op-a/op-a-51200-2026-11-23.tpf"));
}

TEST_F(DayTest, ACircuitThatIsOpenAtMidnightIsInTheDayOfItsEnd) {
  auto const unused = circuit(77, at(23h), at(24h + 10min));
  keep({download("op-a", at(12h)), download("op-a", at(36h))}, {unused});
  publish();
  publish(kDay + std::chrono::days(1));
  auto const has = [&](std::string const& day) {
    auto const read = analysis("op-a/" + day + ".onionperf.analysis.json.xz");
    return std::any_of(read.circuits.begin(), read.circuits.end(),
                       [](auto const& c) { return c.id == 77; });
  };
  EXPECT_FALSE(has("2026-11-24"));
  EXPECT_TRUE(has("2026-11-25"));
}

TEST_F(DayTest, ACircuitThatEndsOnADayWithoutResultsIsNotLost) {
  keep({download("op-a", at(23h))}, {circuit(77, at(23h), at(24h + 10min))});
  publish(kDay + std::chrono::days(1));
  auto const read = analysis("op-a/2026-11-25.onionperf.analysis.json.xz");
  EXPECT_THAT(read.measurements, IsEmpty());
  ASSERT_EQ(read.circuits.size(), 1U);
  EXPECT_EQ(read.circuits[0].id, 77U);
  EXPECT_EQ(published().size(), 1U);
}

TEST_F(DayTest, CircuitsGoToTheSourceThatMeasuresWithTheirTor) {
  auto imported = download("op-b", at(2h));
  imported.tor.instance = "op-b";
  imported.tor.circuits = {circuit(5, at(2h), at(2h + 3s), "op-b")};
  imported.tor.stream.reset();
  keep({download("op-a", at(1h)), imported},
       {circuit(77, at(3h), at(4h)), circuit(78, at(3h), at(4h), "op-b"),
        circuit(79, at(3h), at(4h), "idle")});
  DayOptions options;
  options.own_source = "op-a";
  publish(kDay, options);
  auto const ids = [&](std::string const& source) {
    std::vector<std::uint64_t> out;
    for (auto const& c : analysis(source + "/2026-11-24.onionperf.analysis.json.xz").circuits)
      out.push_back(c.id);
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_THAT(ids("op-a"), ElementsAre(2, 77, 79));
  EXPECT_THAT(ids("op-b"), ElementsAre(5, 78));
}

TEST_F(DayTest, ADayWithoutAnythingHasNoFiles) {
  auto missed = download("op-a", at(1h));
  missed.outcome = {model::FailureCode::perfd_missed_slot, "schedule", "busy"};
  missed.tor = {};
  auto page = download("op-a", at(2h));
  page.kind = model::Kind::page;
  page.tor = {};
  keep({missed, page});
  EXPECT_EQ(publish().files, 0U);
  EXPECT_EQ(publish(kDay + std::chrono::days(1)).files, 0U);
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(DayTest, ASourceThatCanBeNoFileNameIsToldAndLeftOut) {
  keep({download("../op-a", at(1h)), download("op-b", at(4h))});
  auto const report = publish();
  EXPECT_THAT(report.unnameable, ElementsAre("../op-a"));
  EXPECT_EQ(published().size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "op-a"));
}

TEST_F(DayTest, AgainGivesTheSameBytesAndNothingOfBefore) {
  keep({download("op-a", at(1h)), download("op-a", at(2h))});
  publish();
  auto const before = bytes("op-a/2026-11-24.onionperf.analysis.json.xz");
  auto const tpf = bytes("op-a/op-a-51200-2026-11-24.tpf");
  std::ofstream(root_ / "op-a/op-a-777-2026-11-24.tpf") << "of a size that there is no more";
  std::ofstream(root_ / "op-a/op-a-777-2026-11-23.tpf") << "of another day";
  std::ofstream(root_ / "op-a/notes.txt") << "of the owner";
  publish();
  EXPECT_EQ(bytes("op-a/2026-11-24.onionperf.analysis.json.xz"), before);
  EXPECT_EQ(bytes("op-a/op-a-51200-2026-11-24.tpf"), tpf);
  EXPECT_THAT(published(),
              ElementsAre("op-a/2026-11-24.onionperf.analysis.json.xz", "op-a/notes.txt",
                          "op-a/op-a-51200-2026-11-24.tpf", "op-a/op-a-777-2026-11-23.tpf"));
}

TEST_F(DayTest, ACancelledDayLeavesNothingHalf) {
  keep({download("op-a", at(1h)), download("op-a", at(2h), 2s, 1048576)});
  for (int calls = 0; calls < 6; ++calls) {
    int left = calls;
    DayOptions options;
    options.folder = root_;
    options.cancelled = [&] { return left-- <= 0; };
    auto open = reader();
    auto const report = publish_day(open, kDay, options);
    if (report) break;
    EXPECT_EQ(report.error().message, "cancelled");
    EXPECT_THAT(published(), IsEmpty()) << calls;
  }
}

// Keeps what an import finds.
class Kept final : public import::Sink {
 public:
  Result<void> measurement(model::Measurement m) override {
    all.push_back(std::move(m));
    return {};
  }
  Result<void> circuit(model::Circuit) override { return {}; }
  void problem(std::string const& place, std::string const& reason) override {
    ADD_FAILURE() << place << ": " << reason;
  }
  void progress(std::int64_t, std::int64_t) override {}
  std::vector<model::Measurement> all;
};

TEST_F(DayTest, ImportedAgainTheFilesTellTheSameTimes) {
  std::vector<model::Measurement> const measured{
      download("op-a", at(1h), 2500ms), download("op-a", at(2h), 7s), download("op-a", at(23h))};
  keep(measured);
  publish();
  for (auto const* file :
       {"op-a/2026-11-24.onionperf.analysis.json.xz", "op-a/op-a-51200-2026-11-24.tpf"}) {
    Kept kept;
    ASSERT_TRUE(import::import_files({root_ / file}, {}, kept));
    ASSERT_EQ(kept.all.size(), measured.size()) << file;
    for (std::size_t i = 0; i < measured.size(); ++i) {
      auto const& m = kept.all[i];
      for (auto const* mark : {"DATARESPONSE", "DATAPERC50", "DATACOMPLETE"})
        EXPECT_EQ(m.marks.between("START", mark), measured[i].marks.between("START", mark)) << file;
      EXPECT_EQ(m.marks.at("START"), measured[i].marks.at("START")) << file;
      EXPECT_EQ(m.filesize, measured[i].filesize) << file;
      ASSERT_EQ(m.tor.circuits.size(), 1U) << file;
      EXPECT_EQ(m.tor.circuits[0].path.size(), 3U) << file;
    }
  }
}

}  // namespace
}  // namespace perfd::publish
