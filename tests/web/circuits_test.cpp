// /api/v1/circuits, /api/v1/circuit-results and /api/v1/guards.
#include "web/support/api_fixture.h"
#include "web/support/api_sources.h"

namespace perfd::web::api {
namespace {

std::string const kGuard(40, 'A');
std::string const kOther(40, 'B');

class CircuitsTest : public ApiTestBase {
 protected:
  CircuitsTest() : ApiTestBase(Sources{.results = &results_, .tors = &tors_}) {}

  static model::Circuit circuit(std::uint64_t id, bool built) {
    model::Circuit out;
    out.id = id;
    out.instance = "default";
    out.launched_at = kNow - std::chrono::minutes(60 - static_cast<int>(id));
    out.purpose = "GENERAL";
    out.path = {{kGuard, "guard0", out.launched_at + Micros{10}}, {kOther, "", WallTime{}}};
    if (built) {
      out.path[1].extended_at = out.launched_at + Micros{25};
      out.built_at = out.launched_at + Micros{30};
    } else {
      out.failed = true;
      out.reason = "TIMEOUT";
      out.closed_at = out.launched_at + Micros{99};
    }
    return out;
  }
  static model::Measurement through(std::string guard, int n, bool ok = true) {
    model::Measurement m;
    m.source = "here";
    m.experiment = "small";
    m.started_at = kNow - std::chrono::minutes(30 - n);
    m.tor.guard = guard;
    model::Circuit carried;
    carried.path = {{std::move(guard), "guard0", {}}};
    m.tor.circuits = {carried};
    m.marks.set(model::mark::kStart, {m.started_at, model::MarkSource::clock, Micros{0}});
    m.marks.set(model::mark::kDataResponse,
                {m.started_at + Micros{100 * n}, model::MarkSource::clock, Micros{0}});
    if (!ok) m.outcome.code = model::FailureCode::net_timeout;
    return m;
  }

  FakeResults results_;
  FakeTors tors_;
};

TEST_F(CircuitsTest, AreListedLatestFirstWithTheTimesOfTheirHops) {
  tors_.all = {circuit(1, true), circuit(2, false)};
  auto const answer = json("circuits");
  auto const launched = [&](std::size_t n) { return to_us(tors_.all[n].launched_at); };
  EXPECT_EQ(
      answer.at("rows"),
      (boost::json::array{
          {"default", 2, launched(1), nullptr, boost::json::array{10}, "GENERAL", true, "TIMEOUT",
           launched(1) + 99, boost::json::array{"$" + kGuard + "~guard0", "$" + kOther}},
          {"default", 1, launched(0), 30, boost::json::array{10, 25}, "GENERAL", false, nullptr,
           nullptr, boost::json::array{"$" + kGuard + "~guard0", "$" + kOther}}}));
  EXPECT_TRUE(answer.at("next").is_null());
  EXPECT_THAT(text("circuits.csv?limit=1"),
              testing::HasSubstr(",,10,GENERAL,true,TIMEOUT," + std::to_string(launched(1) + 99) +
                                 ",$" + kGuard + "~guard0 $" + kOther + "\r\n"));
}

TEST_F(CircuitsTest, ComeByPageTorAndTime) {
  for (std::uint64_t id = 1; id <= 5; ++id) tors_.all.push_back(circuit(id, true));
  tors_.all[2].instance = "plain";
  EXPECT_EQ(json("circuits?instance=plain").at("rows").as_array().size(), 1U);
  EXPECT_EQ(json("circuits?since=57m").at("rows").as_array().size(), 3U);
  auto const first = json("circuits?limit=3");
  auto const second = json("circuits?limit=3&cursor=" + std::string(first.at("next").as_string()));
  EXPECT_EQ(second.at("rows").as_array().size(), 2U);
  EXPECT_EQ(second.at("rows").at(0).at(1), 2);
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(json("circuits?cursor=no").at("error").at("field"), "cursor");
  EXPECT_EQ(get("circuits?experiment=small").status, 400);
}

TEST_F(CircuitsTest, AreCountedByWhatBecameOfThem) {
  tors_.counts = {{"default", "built", "", 7}, {"default", "failed", "TIMEOUT", 2}};
  EXPECT_EQ(text("circuit-results.csv"),
            "instance,result,reason,n\r\ndefault,built,,7\r\ndefault,failed,TIMEOUT,2\r\n");
  EXPECT_EQ(json("circuit-results").at("rows").as_array().size(), 2U);
}

TEST_F(CircuitsTest, ThoseThatAreOpenCountAsBuiltInTheSpanOfTheirLaunch) {
  tors_.counts = {{"default", "failed", "TIMEOUT", 2}, {"default", "built", "", 7}};
  auto live = std::make_shared<Live>();
  LiveTor old;
  old.name = "default";
  old.built_circuits = {kNow - std::chrono::hours(2), kNow - std::chrono::minutes(1)};
  LiveTor young = old;
  young.name = "young";
  live->tors = {old, young};
  answering_.sources().live = live;
  EXPECT_EQ(text("circuit-results.csv"),
            "instance,result,reason,n\r\ndefault,failed,TIMEOUT,2\r\ndefault,built,,9\r\n"
            "young,built,,2\r\n");
  EXPECT_EQ(text("circuit-results.csv?since=1h"),
            "instance,result,reason,n\r\ndefault,failed,TIMEOUT,2\r\ndefault,built,,8\r\n"
            "young,built,,1\r\n");
}

TEST_F(CircuitsTest, GuardsAreTheFirstHopsOfMeasurements) {
  results_.all = {through(kGuard, 1), through(kGuard, 2, false), through(kGuard, 3),
                  through(kOther, 4), through("", 5)};
  results_.all.back().tor.circuits.clear();
  auto const answer = json("guards");
  auto const at = [&](std::size_t n) { return to_us(results_.all[n].started_at); };
  EXPECT_EQ(
      answer.at("rows"),
      (boost::json::array{{"here", kGuard, "guard0", 3, 1, 0.75, 200, nullptr, at(0), at(2)},
                          {"here", kOther, "guard0", 1, 0, 0.25, 400, nullptr, at(3), at(3)}}));
  EXPECT_EQ(answer.at("sampled"), false);
  auto const one = json("guards?limit=1");
  EXPECT_EQ(one.at("rows").as_array().size(), 1U);
  EXPECT_EQ(one.at("left_out"), 1);
  EXPECT_EQ(json("guards?since=27m").at("rows").at(0).at(3), 1);
  EXPECT_EQ(text("guards.csv?limit=1").substr(0, 31), "source,fingerprint,nickname,n,f");
}

TEST_F(CircuitsTest, ChoicesOfGuardsAreTold) {
  model::GuardChoice choice;
  choice.instance = "fast";
  choice.at = kNow;
  choice.reason = "consensus";
  choice.set = {kGuard, kOther};
  model::GuardChoice dropped = choice;
  dropped.reason = "dropped";
  dropped.set.clear();
  tors_.choices = {choice, dropped};
  tors_.names = {{kGuard, "guard0"}};
  EXPECT_EQ(json("guards").at("choices").at("rows"),
            (boost::json::array{{to_us(kNow), "fast", kGuard, "guard0", "consensus"},
                                {to_us(kNow), "fast", kOther, nullptr, "consensus"},
                                {to_us(kNow), "fast", nullptr, nullptr, "dropped"}}));
}

}  // namespace
}  // namespace perfd::web::api
