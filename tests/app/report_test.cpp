// `perfd report` on stores that hold made-up results.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/perfd_process.h"
#include "base/id.h"
#include "schedule/arms.h"
#include "store/bulk.h"
#include "store/store.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kFirst = 1'764'000'000'000'000;  // 2025-11-24T16:00:00Z
constexpr std::uint64_t kSeed = 7;

class Report : public PerfdProcessTest {
 protected:
  // A download that took this long to its first byte, and twice as long to its last.
  model::Measurement download(std::string experiment, std::string arm, int slot,
                              std::int64_t ttfb_us) {
    model::Measurement m;
    IdEntropy entropy{};
    for (std::size_t i = 0; i < 4; ++i)
      entropy[i] = static_cast<std::byte>(records_ >> (8 * i) & 0xFF);
    auto const at = wall_from_us(kFirst + std::int64_t{slot} * 60'000'000);
    m.id = make_id(at, entropy);
    m.source = "op-test";
    m.experiment = std::move(experiment);
    m.arm = std::move(arm);
    m.started_at = m.scheduled_at = at;
    m.filesize = m.payload_bytes = 50'000;
    m.marks.set("START", {at});
    m.marks.set("DATARESPONSE", {at + Micros{ttfb_us}});
    m.marks.set("DATACOMPLETE", {at + Micros{2 * ttfb_us}});
    ++records_;
    return m;
  }
  // A load of a page whose first byte took so long; everything else came so much later.
  model::Measurement page(std::string experiment, std::string arm, int slot, std::int64_t ttfb_us) {
    auto m = download(std::move(experiment), std::move(arm), slot, ttfb_us);
    m.kind = model::Kind::page;
    for (auto const& [name, later_us] : {std::pair{"FIRSTCONTENTFULPAINT", 300'000},
                                         {"LARGESTCONTENTFULPAINT", 800'000},
                                         {"LOAD", 1'200'000},
                                         {"FULLYLOADED", 60'000'000}})
      m.marks.set(name, {m.started_at + Micros{ttfb_us + later_us}});
    m.page.emplace().url = "http://perfd.test/page/plain";
    return m;
  }
  void record(model::Measurement m) { store().done(std::move(m)); }
  void record_failure(model::Measurement m, model::FailureCode code) {
    m.outcome.code = code;
    m.marks = {};
    record(std::move(m));
  }
  // A/B: every slot one arm, as the schedule has it. The times of an arm go up and down by 20 %.
  void record_ab(std::string const& experiment, int slots, std::int64_t plain_us,
                 std::int64_t early_us) {
    for (int slot = 0; slot < slots; ++slot) {
      bool const early = schedule::arm_of_turn(kSeed, slot, 2) == 1;
      auto m = download(experiment, early ? "early" : "plain", slot,
                        (early ? early_us : plain_us) * (80 + 7 * slot % 41) / 100);
      m.arm_turn = model::ArmTurn{kSeed, slot};
      record(std::move(m));
    }
  }
  // So many downloads of which the one in slot i took i µs to its first byte, a few failed.
  void record_many(int count) {
    auto bulk =
        store::Bulk::open(folder_ / "perfd.db", [] { return wall_from_us(kFirst); }).value();
    for (int i = 1; i <= count; ++i) {
      auto m = download("many", "", i, i);
      if (i % 1000 == 0) m.outcome.code = model::FailureCode::net_timeout;
      ASSERT_TRUE(bulk->add(std::move(m)));
    }
    ASSERT_EQ(bulk->finish().value(), static_cast<std::size_t>(count));
  }
  Finished report(std::vector<std::string> more = {}) {
    store_.reset();
    std::vector<std::string> arguments = {"report", "--data", folder_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

 private:
  store::Store& store() {
    if (!store_) {
      store::Options options;
      options.path = folder_ / "perfd.db";
      options.now = [] { return wall_from_us(kFirst); };
      store_ = store::Store::open(std::move(options)).value();
    }
    return *store_;
  }
  std::unique_ptr<store::Store> store_;
  std::uint32_t records_ = 0;
};

// So many that several threads share them.
TEST_F(Report, OfManyResultsEachCountsOnce) {
  record_many(120'000);
  auto const done = report();
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(done.text(), AllOf(testing::ContainsRegex("many +120000 +120 +12 ms +60 ms +108 ms"),
                                 HasSubstr("many: 120 x NET_TIMEOUT (0.1 %)")));
  auto const csv = report({"--csv", "-"}).text();
  // Of 1 to 120,000 without every thousandth.
  EXPECT_THAT(csv, HasSubstr("many,,direct,50000,ttfb,119880,12000.8"));
  auto const later = report({"--since", "2025-12-31"}).text();
  EXPECT_THAT(later, testing::ContainsRegex("many +67681 "));
}

TEST_F(Report, SummarizesEachExperimentAndArm) {
  record(download("small", "", 0, 100'000));
  record(download("small", "", 1, 200'000));
  record(download("small", "", 2, 300'000));
  record_failure(download("small", "", 3, 1), model::FailureCode::net_timeout);
  record(download("ab", "plain", 4, 50'000));
  auto resolve = download("dns", "", 5, 1);
  resolve.kind = model::Kind::resolve;
  resolve.marks = {};
  resolve.marks.set("START", {resolve.started_at});
  resolve.marks.set("RESPONSE", {resolve.started_at + Micros{12'000}});
  record(resolve);
  auto const done = report();
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(
      done.text(),
      AllOf(testing::ContainsRegex("small +4 +1 +120 ms +200 ms +280 ms +240 ms +400 ms"),
            testing::ContainsRegex("ab/plain +1 +0 +50 ms"), HasSubstr("small: 1 x NET_TIMEOUT"),
            HasSubstr("dns: time to the answer 12 ms")));
}

// The longest line, in characters.
std::size_t columns(std::string const& text) {
  std::size_t longest = 0;
  std::size_t line = 0;
  for (char const c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++line;  // no continuation of UTF-8
    if (c == '\n') line = 0;
    longest = std::max(longest, line);
  }
  return longest;
}

TEST_F(Report, PageLoadsHaveATableOfTheirOwn) {
  record(download("small", "", 0, 100'000));
  for (int i = 0; i < 3; ++i) record(page("page", "plain", 1 + i, 100'000 + 100'000 * i));
  record(page("page", "early", 4, 50'000));
  record_failure(page("page", "plain", 5, 1), model::FailureCode::browser_hung);
  auto const text = report().text();
  EXPECT_THAT(
      text,
      AllOf(testing::ContainsRegex("experiment +n +failed[^\n]*\nsmall +1 +0 +100 ms[^\n]*\n\n"
                                   "page loads +n failed +first byte +first paint +largest paint "
                                   "+load +fully loaded\n"),
            // 100, 200 and 300 ms, and what came later than that.
            testing::ContainsRegex("\npage/plain +4 +1 +200 \\(120–280\\) ms "
                                   "+500 \\(420–580\\) ms +1.00 \\(0.92–1.08\\) s "
                                   "+1.40 \\(1.32–1.48\\) s +60.2 \\(60.1–60.3\\) s\n"),
            testing::ContainsRegex("\npage/early +1 +0 +50 \\(50–50\\) ms "),
            HasSubstr("page/plain: 1 x BROWSER_HUNG")));
  EXPECT_LE(columns(text), 120U) << text;
  // Neither is told of the other's table.
  EXPECT_THAT(report({"--experiment", "page"}).text(),
              AllOf(testing::StartsWith("filters: experiment page\n\npage loads "),
                    Not(HasSubstr("Mbit/s"))));
  EXPECT_THAT(report({"--experiment", "small"}).text(), Not(HasSubstr("paint")));
}

TEST_F(Report, SideBySidePageLoadsAreComparedInWhatAPersonSees) {
  for (int slot = 0; slot < 200; ++slot) {
    record(page("page", "plain", slot, 350'000 + 1'000 * (slot % 17)));
    record(page("page", "early", slot, 200'000 + 1'000 * (slot % 17)));
  }
  auto const text = report({"--compare"}).text();
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("early is faster than plain: its median time to first byte is 150 ms shorter "
                      "(95 % interval "),
            HasSubstr("early is faster than plain: its median time to first contentful paint is "
                      "150 ms shorter"),
            HasSubstr("median time to largest contentful paint is 150 ms shorter"),
            HasSubstr("median time to the load event is 150 ms shorter"),
            HasSubstr("median time to fully loaded is 0.15 s shorter"),
            HasSubstr("90th percentile of the time to largest contentful paint"),
            HasSubstr("of these 11, ")));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("throughput")), Not(HasSubstr("last byte"))));
  EXPECT_THAT(
      report({"--compare", "--json"}).text(),
      AllOf(HasSubstr(R"("metric":"fcp","unit":"us","base_n":200)"), HasSubstr(R"("metric":"lcp")"),
            HasSubstr(R"("metric":"load")"), HasSubstr(R"("metric":"fully_loaded")")));
  EXPECT_THAT(report({"--json"}).text(),
              AllOf(HasSubstr(R"("throughput_bps":null)"), HasSubstr(R"("ttlb_us":null)"),
                    testing::ContainsRegex(R"("fcp_us":\{"n":200,"p10":[0-9.]+,"median":658000)")));
}

TEST_F(Report, FiltersByExperimentAndTime) {
  record(download("small", "", 0, 100'000));
  record(download("small", "", 60, 200'000));
  record(download("large", "", 60, 300'000));
  auto const done = report({"--experiment", "small", "--since", "2025-11-24T16:30"});
  EXPECT_THAT(done.text(),
              AllOf(testing::ContainsRegex("small +1 +0 +200 ms"), Not(HasSubstr("large"))));
  auto const none = report({"--until", "2025-11-24"});
  EXPECT_EQ(none.status.code, 0);
  EXPECT_THAT(none.text(), HasSubstr("no results that match"));
}

TEST_F(Report, TellsThatAnArmIsFasterAndByHowMuch) {
  record_ab("ab", 400, 350'000, 200'000);
  auto const done = report({"--compare"});
  EXPECT_EQ(done.status.code, 0) << done.text();
  // plain is the first of the configuration, which only the turns tell.
  EXPECT_THAT(
      done.text(),
      AllOf(HasSubstr("early against plain in ab, 2025-11-24T16:00:00Z to 2025-11-24T22:39:00Z"),
            HasSubstr("plain: 200 measured, 0 failed"),
            testing::ContainsRegex("early is faster than plain: its median time to first byte is "
                                   "1[45][0-9] ms shorter \\(95 % interval 1[34][0-9] to "
                                   "1[56][0-9] ms\\): 20[0-9] ms instead of 3[45][0-9] ms"),
            HasSubstr("early is faster than plain: its 90th percentile of the time to last byte"),
            HasSubstr("early is faster than plain: its median throughput is"),
            HasSubstr("No difference can be told in the failure rate"), HasSubstr("seed 1"),
            HasSubstr("one comparison in 20")));
}

TEST_F(Report, TellsNoDifferenceWhereThereIsNone) {
  record_ab("ab", 400, 300'000, 300'000);
  auto const done = report({"--compare", "early", "plain"});
  EXPECT_EQ(done.status.code, 0);
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("plain against early in ab"),
                    HasSubstr("No difference can be told in the median time to first byte: "
                              "plain's may be"),
                    Not(HasSubstr("faster")), Not(HasSubstr("slower"))));
}

TEST_F(Report, SaysHowManyItTakesWhereThereAreTooFew) {
  record_ab("ab", 30, 350'000, 200'000);
  auto const done = report({"--compare"});
  EXPECT_EQ(done.status.code, 0);
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("Too few measurements to compare the two: plain has 15, early 15; "
                              "it takes at least 20"),
                    Not(HasSubstr("faster"))));
}

TEST_F(Report, CountsFailuresAndWhatPerfdItselfEnded) {
  record_ab("ab", 400, 300'000, 300'000);
  for (int i = 0; i < 60; ++i)
    record_failure(download("ab", "early", 6 * i, 1), model::FailureCode::net_timeout);
  record_failure(download("ab", "early", 7, 1), model::FailureCode::perfd_cancelled);
  auto const done = report({"--compare"});
  EXPECT_THAT(
      done.text(),
      AllOf(HasSubstr("early: 260 measured, 60 failed; 1 left out"), HasSubstr("60 x NET_TIMEOUT"),
            HasSubstr("early fails more often than plain: its failure rate is 23.1 "
                      "percentage points higher")));
}

TEST_F(Report, ComparesTwoExperiments) {
  for (int i = 0; i < 100; ++i) {
    record(download("old-tor", "", i, 300'000 + i % 17 * 1000));
    record(download("new-tor", "", i, 200'000 + i % 19 * 1000));
  }
  auto const done = report({"--compare", "old-tor", "new-tor"});
  EXPECT_THAT(done.text(), HasSubstr("new-tor is faster than old-tor"));
  // Without arms there is no first one.
  auto const unnamed = report({"--compare"});
  EXPECT_EQ(unnamed.status.code, 2);
  EXPECT_THAT(unnamed.text(), HasSubstr("name two of: new-tor, old-tor"));
}

TEST_F(Report, AsksWhichOneWhereANameIsSeveral) {
  record_ab("one", 60, 300'000, 300'000);
  record_ab("two", 60, 300'000, 300'000);
  auto const several = report({"--compare", "plain", "early"});
  EXPECT_EQ(several.status.code, 2);
  EXPECT_THAT(several.text(), AllOf(HasSubstr("one/plain"), HasSubstr("two/plain")));
  EXPECT_EQ(report({"--compare", "plain", "early", "--experiment", "two"}).status.code, 0);
  EXPECT_EQ(report({"--compare", "one/plain", "two/plain"}).status.code, 0);
  // All of each experiment, without names.
  EXPECT_THAT(report({"--compare"}).text(), AllOf(HasSubstr("early against plain in one"),
                                                  HasSubstr("early against plain in two")));
}

TEST_F(Report, MissedSlotsAreOfNoArm) {
  record_ab("ab", 60, 300'000, 300'000);
  record_failure(download("ab", "", 60, 1), model::FailureCode::perfd_missed_slot);
  EXPECT_THAT(report().text(), testing::ContainsRegex("\nab +1 +1 "));
  EXPECT_THAT(report({"--compare"}).text(),
              AllOf(HasSubstr("early against plain in ab"), Not(HasSubstr("MISSED"))));
  auto const all_of_it = report({"--compare", "ab", "ab/plain"});
  EXPECT_EQ(all_of_it.status.code, 2);
  EXPECT_THAT(all_of_it.text(), HasSubstr("'ab' is several: ab/plain, ab/early"));
}

TEST_F(Report, WrongUsageIsTold) {
  record_ab("ab", 60, 300'000, 300'000);
  auto const unknown = report({"--compare", "plain", "erly"});
  EXPECT_EQ(unknown.status.code, 2);
  EXPECT_THAT(unknown.text(), AllOf(HasSubstr("'erly'"), HasSubstr("ab/early")));
  EXPECT_EQ(report({"--compare", "plain"}).status.code, 2);
  EXPECT_EQ(report({"--compare", "plain", "plain"}).status.code, 2);
  EXPECT_EQ(report({"--compare", "--block", "often"}).status.code, 2);
  EXPECT_EQ(report({"--compare", "--block", "0s"}).status.code, 2);
  EXPECT_EQ(report({"--since", "yesterday"}).status.code, 2);
  EXPECT_EQ(run({"report", "--data", folder_ / "nowhere"}).status.code, 3);
}

TEST_F(Report, IsTheSameWithTheSameSeedAndAlsoJson) {
  record_ab("ab", 200, 310'000, 300'000);
  auto const once = report({"--compare", "--json"}).text();
  EXPECT_EQ(once, report({"--compare", "--json"}).text());
  EXPECT_NE(once, report({"--compare", "--json", "--seed", "2"}).text());
  EXPECT_THAT(once, AllOf(HasSubstr(R"("seed":1)"), HasSubstr(R"("experiment":"ab","arm":"plain")"),
                          HasSubstr(R"("metric":"ttfb")"), HasSubstr(R"("left_out":0)"),
                          HasSubstr(R"("sentences":[)")));
  EXPECT_THAT(report({"--compare", "--json", "--block", "10m"}).text(),
              HasSubstr(R"("block":600000000)"));
  EXPECT_THAT(report({"--json"}).text(), HasSubstr(R"("summaries":[{"experiment":"ab")"));
}

std::string content_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(Report, WritesAPageAndTheNumbers) {
  record_ab("ab", 120, 350'000, 200'000);
  record(download("small", "", 1, 100'000));
  record_failure(download("small", "", 2, 1), model::FailureCode::net_timeout);
  auto const done = report({"--html", folder_ / "report.html", "--csv", folder_ / "report.csv",
                            "--until", "2025-11-25"});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_EQ(done.text(), "");
  EXPECT_THAT(content_of(folder_ / "report.html"),
              AllOf(testing::StartsWith("<!DOCTYPE html>"), HasSubstr("op-test"),
                    HasSubstr("122: 121 succeeded, 1 failed"), HasSubstr("until 2025-11-25"),
                    HasSubstr("<h3>ab/early against ab/plain</h3>"),
                    HasSubstr("early is faster than plain"), testing::EndsWith("</html>\n")));
  // The arms in the order of the configuration.
  EXPECT_THAT(content_of(folder_ / "report.csv"),
              testing::ContainsRegex("\nab,plain,direct,50000,ttfb,60,(.|\n)*"
                                     "\nab,early,direct,50000,ttfb,60,(.|\n)*"
                                     "\nsmall,,direct,50000,ttfb,1,100000,"));
}

TEST_F(Report, APageMayComeWithoutArmsOrWithNamedOnes) {
  for (int i = 0; i < 100; ++i) {
    record(download("old-tor", "", i, 300'000 + i % 17 * 1000));
    record(download("new-tor", "", i, 200'000 + i % 19 * 1000));
  }
  EXPECT_THAT(report({"--html", "-"}).text(),
              AllOf(HasSubstr("Nothing to compare"), HasSubstr("</html>")));
  EXPECT_THAT(report({"--html", "-", "--compare", "old-tor", "new-tor"}).text(),
              HasSubstr("new-tor is faster than old-tor"));
  EXPECT_EQ(report({"--html", "-", "--compare", "old-tor", "nobody"}).status.code, 2);
  EXPECT_THAT(report({"--csv", "-"}).text(),
              testing::StartsWith("experiment,arm,target,filesize,metric,n,"));
}

TEST_F(Report, DrawsOneMeasurement) {
  auto const small = download("small", "", 5, 100'000);
  record(page("page", "", 1, 300'000));
  record(small);
  auto missed = download("page", "", 9, 1);
  missed.started_at = {};
  missed.marks = {};
  missed.outcome.code = model::FailureCode::perfd_missed_slot;
  record(missed);
  auto const drawn = report({"--waterfall", small.id, "--html", folder_ / "one.html"});
  EXPECT_EQ(drawn.status.code, 0) << drawn.text();
  EXPECT_EQ(drawn.text(), "");
  EXPECT_THAT(content_of(folder_ / "one.html"),
              AllOf(testing::StartsWith("<!DOCTYPE html>"), HasSubstr("<h1>small</h1>"),
                    HasSubstr(small.id), HasSubstr("100 ms"), testing::EndsWith("</html>\n")));
  // What never began is not the last one.
  EXPECT_THAT(report({"--waterfall", "last", "--html", "-"}).text(), HasSubstr("<h1>small</h1>"));
  EXPECT_THAT(report({"--waterfall", "last", "--html", "-", "--experiment", "page"}).text(),
              AllOf(HasSubstr("<h1>page</h1>"), HasSubstr("largest contentful paint")));
}

TEST_F(Report, ADrawingThatCantBeIsTold) {
  record(download("small", "", 0, 100'000));
  auto const nowhere = report({"--waterfall", "last"});
  EXPECT_EQ(nowhere.status.code, 2);
  EXPECT_THAT(nowhere.text(), HasSubstr("--html FILE"));
  auto const no_id = report({"--waterfall", "newest", "--html", "-"});
  EXPECT_EQ(no_id.status.code, 2);
  EXPECT_THAT(no_id.text(), AllOf(HasSubstr("'newest'"), HasSubstr("last")));
  for (auto const* other : {"--json", "--compare", "--csv=x.csv"})
    EXPECT_EQ(report({"--waterfall", "last", "--html", "-", other}).status.code, 2) << other;
  std::string const unknown(26, '0');
  auto const none = report({"--waterfall", unknown, "--html", "-"});
  EXPECT_EQ(none.status.code, 1);
  EXPECT_THAT(none.text(), HasSubstr("none has the id " + unknown));
  auto const nothing = report({"--waterfall", "last", "--html", "-", "--until", "2025-11-24"});
  EXPECT_EQ(nothing.status.code, 1);
  EXPECT_THAT(nothing.text(), HasSubstr("none that matches has begun"));
}

TEST_F(Report, FilesThatCantBeAreToldAndNothingIsAPageToo) {
  record(download("small", "", 0, 100'000));
  EXPECT_EQ(report({"--html", "-", "--csv", "-"}).status.code, 2);
  EXPECT_EQ(report({"--html", "-", "--json"}).status.code, 2);
  auto const nowhere = report({"--html", folder_ / "no" / "such" / "folder.html"});
  EXPECT_EQ(nowhere.status.code, 3);
  EXPECT_THAT(nowhere.text(), HasSubstr("folder.html"));
  EXPECT_THAT(report({"--html", "-", "--until", "2025-11-24"}).text(),
              AllOf(HasSubstr("no results that match"), HasSubstr("No results match.")));
}

}  // namespace
}  // namespace perfd::app
