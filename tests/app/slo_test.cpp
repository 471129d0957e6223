// `perfd check --slo` on stores that hold made-up results of the last hours.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "app/perfd_process.h"
#include "base/id.h"
#include "runtime/clock.h"
#include "store/store.h"

namespace perfd::app {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class CheckSloTest : public PerfdProcessTest {
 protected:
  // Ten downloads in each of the last so many windows of a minute, and now.
  void record(std::string const& experiment, int windows, bool good) {
    store::Options options;
    options.path = folder_ / "perfd.db";
    options.now = runtime::wall_now;
    auto store = store::Store::open(std::move(options)).value();
    auto const minute = std::chrono::floor<std::chrono::minutes>(runtime::wall_now());
    for (int window = 0; window <= windows; ++window)
      for (int i = 0; i < 10; ++i) {
        auto const at = std::min<WallTime>(minute - 1min * window + 1s * i, runtime::wall_now());
        model::Measurement m;
        IdEntropy entropy{};
        entropy[0] = static_cast<std::byte>(++records_);
        entropy[1] = static_cast<std::byte>(records_ >> 8);
        m.id = make_id(at, entropy);
        m.source = "test";
        m.experiment = experiment;
        m.started_at = m.scheduled_at = at;
        m.marks.set("START", {at});
        m.marks.set("DATARESPONSE", {at + 1s});
        m.marks.set("DATACOMPLETE", {at + 3s});
        if (!good) m.outcome = {model::FailureCode::net_timeout, "http response", ""};
        store->done(std::move(m));
      }
  }
  Finished check(std::string const& rules, std::vector<std::string> more = {}) {
    auto const file = write("slo.toml", rules);
    std::vector<std::string> arguments{"check", "--slo", file, "--data", folder_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }
  int records_ = 0;
};

TEST_F(CheckSloTest, ALineForEachThresholdAndACodeForAll) {
  record("good", 5, true);
  record("bad", 5, false);
  auto const rule = [](std::string const& experiment) {
    return "[slo.r]\nexperiment = \"" + experiment +
           "\"\nttlb-p90 = \"10s\"\nfailure-rate = \"5 %\"\nfreshness = \"10m\"\nwindow = \"1m\"\n";
  };
  auto const good = check(rule("good"));
  EXPECT_EQ(good.status.code, 0) << good.text();
  EXPECT_EQ(good.lines.size(), 3U);
  EXPECT_THAT(good.text(), AllOf(HasSubstr("ok       r: good ttlb_p90 3.00 s, at most 10.00 s ("),
                                 HasSubstr("ok       r: good failure_rate 0 %, at most 5 % ("),
                                 HasSubstr("ok       r: good freshness ")));
  auto const bad = check(rule("bad"));
  EXPECT_EQ(bad.status.code, 1) << bad.text();
  EXPECT_THAT(
      bad.text(),
      AllOf(HasSubstr("no data  r: bad ttlb_p90 not known, at most 10.00 s ("),
            HasSubstr("FAILING  r: bad failure_rate 100 %, at most 5 %, since 2"),
            HasSubstr("no data  r: bad freshness not known, at most 10 min 0 s (no success")));
  auto const tolerant = check("[slo.r]\nfailure-rate = \"100 %\"\nwindow = \"1m\"\n");
  EXPECT_EQ(tolerant.status.code, 0) << tolerant.text();
  EXPECT_EQ(tolerant.lines.size(), 2U) << "each experiment by itself";
}

TEST_F(CheckSloTest, TellsTheSameAsJson) {
  record("bad", 5, false);
  auto const done =
      check("[slo.r]\nexperiment = \"bad\"\nfailure-rate = \"5 %\"\nwindow = \"1m\"\n", {"--json"});
  EXPECT_EQ(done.status.code, 1);
  auto const rules = boost::json::parse(done.lines.at(0)).at("rules").as_array();
  ASSERT_EQ(rules.size(), 1U);
  auto const& rule = rules[0].as_object();
  EXPECT_EQ(rule.at("name"), "r");
  EXPECT_EQ(rule.at("experiment"), "bad");
  EXPECT_EQ(rule.at("arm"), "");
  EXPECT_EQ(rule.at("metric"), "failure_rate");
  EXPECT_EQ(rule.at("unit"), "share");
  EXPECT_EQ(rule.at("threshold").as_double(), 0.05);
  EXPECT_EQ(rule.at("value").as_double(), 1);
  EXPECT_EQ(rule.at("state"), "failing");
  EXPECT_GT(rule.at("since").as_int64(), 1'700'000'000'000'000);
}

TEST_F(CheckSloTest, AWrongFileIsToldWithPlaceAndRemedy) {
  record("good", 1, true);
  auto const done = check("[slo.r]\nexperiment = \"good\"\nttlb-p9 = \"1s\"\n");
  EXPECT_EQ(done.status.code, 2);
  EXPECT_THAT(done.text(), HasSubstr("slo.toml:3:1: slo.r.ttlb-p9: unknown key; did you mean "
                                     "\"ttlb-p90\"?"));
  EXPECT_EQ(run({"check", "--slo", folder_ / "none.toml", "--data", folder_}).status.code, 2);
}

TEST_F(CheckSloTest, WithoutAStoreItCantRun) {
  auto const done = check("[slo.r]\nfreshness = \"1m\"\n");
  EXPECT_EQ(done.status.code, 3) << done.text();
  EXPECT_THAT(done.text(), HasSubstr("perfd.db"));
  EXPECT_EQ(run({"check", "--json"}).status.code, 2);
}

}  // namespace
}  // namespace perfd::app
