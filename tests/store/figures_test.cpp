// What reports look at survives in a few bytes, and whatever is wrong with these is noticed.
#include "store/figures.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "formats/jsonl.h"
#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

namespace mark = model::mark;
using ::testing::HasSubstr;

constexpr std::int64_t kStart = 1'700'000'000'000'000;

// A 5 MiB download over a circuit that had been built for something else.
model::Measurement rich() {
  model::Measurement m;
  m.id = id_of(1);
  m.source = "op-test";
  m.experiment = "download-5m";
  m.arm = "early";
  m.arm_turn = model::ArmTurn{~std::uint64_t{0}, 17, 2};
  m.perfd_version = "1.2.3";
  m.started_at = m.scheduled_at = wall_from_us(kStart);
  m.filesize = 5 << 20;
  m.payload_bytes = (5 << 20) - 1;
  auto const set = [&](std::string_view name, std::int64_t after_us) {
    m.marks.set(name, {wall_from_us(kStart + after_us), model::MarkSource::kernel, Micros{9}});
  };
  set(mark::kStart, 0);
  set(mark::kDataRequest, 200'000);
  set(mark::kDataResponse, 350'001);
  for (int tenth = 1; tenth <= 10; ++tenth)
    set(model::dataperc_name(10 * tenth), 350'001 + tenth * 100'000);
  set(model::partial_name(512'000), 361'000);
  set(model::partial_name(1'048'576), 372'000);
  set(mark::kDataComplete, 1'350'001);
  m.server.set(mark::kServerAccept, {wall_from_us(kStart - 5)});
  m.server.set(mark::kServerLast, {wall_from_us(kStart + 77)});
  m.tor.guard = std::string(38, 'A') + "0F";
  auto& circuit = m.tor.circuits.emplace_back();
  circuit.launched_at = wall_from_us(kStart - 60'000'000);
  for (int hop = 1; hop <= 3; ++hop)
    circuit.path.push_back({hop == 1 ? m.tor.guard : std::string(40, 'B'), hop == 1 ? "fast" : "",
                            circuit.launched_at + Micros{hop * 111}});
  circuit.states.push_back({circuit.launched_at + Micros{222}, "CANNIBALIZED", "HS"});
  return m;
}

// What figures don't hold is in other columns.
model::Measurement again(std::string_view figures, bool* good = nullptr) {
  model::Measurement m;
  m.started_at = wall_from_us(kStart);
  m.filesize = 5 << 20;
  bool const read = read_figures(figures, m);
  if (good != nullptr) *good = read;
  return m;
}

TEST(Figures, HoldWhatReportsLookAt) {
  auto const m = rich();
  bool good = false;
  auto const read = again(figures_of(m), &good);
  ASSERT_TRUE(good);
  EXPECT_EQ(read.payload_bytes, m.payload_bytes);
  EXPECT_EQ(read.perfd_version, "1.2.3");
  EXPECT_EQ(read.arm_turn, m.arm_turn);
  for (auto const name :
       {mark::kStart, mark::kDataRequest, mark::kDataResponse, mark::kDataComplete,
        std::string_view("DATAPERC10"), std::string_view("DATAPERC20"),
        std::string_view("DATAPERC80"), std::string_view("DATAPERC100"),
        std::string_view("PARTIAL512000"), std::string_view("PARTIAL1048576")}) {
    EXPECT_EQ(read.marks.at(name), m.marks.at(name)) << name;
    EXPECT_TRUE(read.marks.at(name)) << name;
  }
  // Between these no throughput is taken.
  EXPECT_FALSE(read.marks.at("DATAPERC30"));
  EXPECT_EQ(read.server.between(mark::kServerAccept, mark::kServerLast), Micros{82});
  EXPECT_EQ(read.tor.guard, m.tor.guard);
  ASSERT_EQ(read.tor.circuits.size(), 2U);
  auto const& circuit = read.tor.circuits[0];
  EXPECT_EQ(circuit.launched_at, m.tor.circuits[0].launched_at);
  ASSERT_EQ(circuit.path.size(), 3U);
  EXPECT_EQ(circuit.path[2].extended_at, m.tor.circuits[0].path[2].extended_at);
  EXPECT_EQ(circuit.states[0].at, m.tor.circuits[0].states[0].at);
  EXPECT_EQ(read.tor.circuits[1].path[0].fingerprint, m.tor.guard);
  EXPECT_EQ(read.tor.circuits[1].path[0].nickname, "fast");
  EXPECT_LT(figures_of(m).size(), 120U);
}

TEST(Figures, AMeasurementWithoutAnythingHasFew) {
  model::Measurement m;
  bool good = false;
  auto const read = again(figures_of(m), &good);
  EXPECT_TRUE(good);
  EXPECT_TRUE(read.marks.empty());
  EXPECT_TRUE(read.tor.circuits.empty());
  EXPECT_LT(figures_of(m).size(), 16U);
}

TEST(Figures, WhatIsNoFingerprintComesBackAsItIs) {
  auto m = rich();
  m.tor.guard = "not hex";
  m.tor.circuits.clear();
  EXPECT_EQ(again(figures_of(m)).tor.guard, "not hex");
}

TEST(Figures, CutOrOfAnotherLayoutTheyAreRefused) {
  auto const figures = figures_of(rich());
  for (std::size_t size = 0; size < figures.size(); ++size) {
    bool good = true;
    (void)again(std::string_view(figures).substr(0, size), &good);
    // What stands in front of the circuit is whole without one.
    auto const before_circuit = figures.find("fast") + 4;
    EXPECT_EQ(good, size == before_circuit) << size;
  }
  bool good = true;
  (void)again(figures + "x", &good);
  EXPECT_FALSE(good);
  (void)again("\x02" + figures.substr(1), &good);
  EXPECT_FALSE(good);
}

class FiguresTest : public StoreTest {
 protected:
  struct Seen {
    std::vector<model::Measurement> measurements;
    std::vector<std::string> broken;
  };
  Seen seen(Filter const& filter = {}) {
    Seen out;
    auto const count = reader().for_each_figures(
        filter,
        [&](model::Measurement const& m) {
          out.measurements.push_back(m);
          return true;
        },
        [&](std::int64_t seq, Error const& why) {
          out.broken.push_back(std::to_string(seq) + ": " + why.message);
        });
    EXPECT_EQ(count.value(), out.measurements.size());
    return out;
  }
  void change(std::string const& sql) {
    SQLite::Database(path_.string(), SQLite::OPEN_READWRITE).exec(sql);
  }
};

TEST_F(FiguresTest, RowsOfBeforeThereWereAnyAreReadFromTheirRecords) {
  for (int n = 1; n <= 3; ++n) {
    auto m = rich();
    m.id = id_of(n);
    auto store = open();
    ASSERT_TRUE(done(*store, m));
  }
  change("UPDATE measurements SET figures = NULL WHERE seq = 2");
  change("UPDATE measurements SET figures = x'7f' WHERE seq = 3");
  auto const all = seen();
  ASSERT_EQ(all.measurements.size(), 3U);
  for (auto const& m : all.measurements) {
    EXPECT_EQ(m.experiment, "download-5m");
    EXPECT_EQ(m.marks.between(mark::kStart, mark::kDataComplete), Micros{1'350'001});
    EXPECT_EQ(m.tor.circuits.front().path.size(), 3U);
  }
  EXPECT_FALSE(all.measurements[0].marks.find("DATAPERC30"));
  EXPECT_TRUE(all.measurements[1].marks.find("DATAPERC30"));
  EXPECT_TRUE(all.measurements[2].marks.find("DATAPERC30"));

  change("UPDATE records SET record = '{}' WHERE seq = 3");
  auto const some = seen();
  EXPECT_EQ(some.measurements.size(), 2U);
  ASSERT_EQ(some.broken.size(), 1U);
  EXPECT_THAT(some.broken[0], HasSubstr("3: id: this field is missing"));
}

TEST_F(FiguresTest, ALineIsChosenAsByTheOtherWays) {
  {
    auto store = open();
    for (int n = 0; n < 2500; ++n) store->done(measurement(n, n % 2 == 0 ? "a" : "b"));
    ASSERT_TRUE(flush(*store));
  }
  EXPECT_EQ(seen().measurements.size(), 2500U);
  Filter filter;
  filter.experiments = {"b"};
  filter.since = at(1000);
  filter.until = at(2000);
  auto const some = seen(filter);
  ASSERT_EQ(some.measurements.size(), 500U);
  EXPECT_EQ(some.measurements.front().id, id_of(1001));
  EXPECT_EQ(some.measurements.back().id, id_of(1999));
  filter.limit = 3;
  EXPECT_EQ(seen(filter).measurements.size(), 3U);
}

}  // namespace
}  // namespace perfd::store
