// /api/v1/status and /api/v1/openapi.json.
#include "web/api/openapi.h"
#include "web/support/api_fixture.h"
#include "web/support/api_sources.h"

namespace perfd::web::api {
namespace {

class StatusTest : public ApiTestBase {
 protected:
  StatusTest() : ApiTestBase(Sources{}), answering2_({.results = &results_, .live = live()}) {}
  // The fixture's own answering has no sources.
  boost::json::object status(bool privileged = false) {
    Api api(answering2_, query_, options(endpoints()));
    auto asked = request("status");
    if (privileged) asked.fields.add("Authorization", "Bearer " + token());
    auto response = time_.run(loop_, api.answer(asked)).value();
    auto const out = boost::json::parse(body(response));
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
    auto const document = boost::json::parse(text("openapi.json"));
    EXPECT_THAT(test::complaints(out, *test::schema_of(document, "/api/v1/status")),
                testing::IsEmpty());
    return out.as_object();
  }
  static std::shared_ptr<Live> live() {
    auto out = std::make_shared<Live>();
    out->vantage = "here";
    out->version = "0.1.0";
    out->started_at = kNow - std::chrono::hours(1);
    out->pid = 4711;
    out->store_path = "/var/lib/perfd/perfd.db";
    LiveExperiment small;
    small.name = "small";
    small.kind = "download";
    small.targets = {"direct"};
    small.metrics = {"ttfb", "ttlb"};
    small.interval = std::chrono::minutes(5);
    small.last_at = kNow - std::chrono::minutes(1);
    small.last_outcome = "NET_TIMEOUT";
    small.last_ok_at = kNow - std::chrono::minutes(16);
    small.next_at = kNow + std::chrono::minutes(4);
    small.running = true;
    auto fresh = small;
    fresh.name = "fresh";
    fresh.last_ok_at = kNow - std::chrono::minutes(15);
    LiveExperiment never;
    never.name = "never";
    never.interval = std::chrono::minutes(30);
    auto since_start = never;
    since_start.name = "since-start";
    since_start.interval = std::chrono::minutes(19);
    out->experiments = {small, fresh, never, since_start};
    LiveTor tor;
    tor.name = "default";
    tor.up = tor.ready = true;
    tor.bootstrap = 100;
    tor.guards = {{std::string(40, 'A'), "guard0"}};
    tor.last_warning = "[warn] something";
    out->tors = {tor};
    out->queues.events_to_store = 3;
    return out;
  }

  FakeResults results_;
  FakeAnswering answering2_;
};

TEST_F(StatusTest, TellsExperimentsTorsAndTheStore) {
  results_.all.resize(2);
  results_.all[0].started_at = kNow - std::chrono::hours(2);
  results_.all[1].started_at = kNow;
  auto const answer = status();
  EXPECT_EQ(answer.at("now"), to_us(kNow));
  EXPECT_EQ(answer.at("vantage"), "here");
  EXPECT_EQ(answer.at("store").at("measurements"), 2);
  EXPECT_EQ(answer.at("store").at("newest_at"), to_us(kNow));
  auto const& small = answer.at("experiments").at(0).as_object();
  EXPECT_EQ(small.at("interval_us"), 300'000'000);
  EXPECT_EQ(small.at("last_outcome"), "NET_TIMEOUT");
  EXPECT_EQ(small.at("running"), true);
  EXPECT_TRUE(answer.at("experiments").at(2).at("last_at").is_null());
  EXPECT_EQ(answer.at("tors").at(0).at("bootstrap"), 100);
  EXPECT_TRUE(answer.at("alerts").as_array().empty());
}

TEST_F(StatusTest, StaleIsWhatHasNotSucceededForThreeIntervals) {
  auto const answer = status();
  std::map<std::string, bool> stale;
  for (auto const& one : answer.at("experiments").as_array())
    stale[std::string(one.at("name").as_string())] = one.at("stale").as_bool();
  EXPECT_THAT(stale, testing::ElementsAre(
                         testing::Pair("fresh", false), testing::Pair("never", false),
                         testing::Pair("since-start", true), testing::Pair("small", true)));
}

TEST_F(StatusTest, DetailIsForWhoMaySeeIt) {
  EXPECT_TRUE(status().at("detail").is_null());
  auto const whole = status(true);
  auto const& detail = whole.at("detail").as_object();
  EXPECT_EQ(detail.at("pid"), 4711);
  EXPECT_EQ(detail.at("store_path"), "/var/lib/perfd/perfd.db");
  EXPECT_EQ(detail.at("tors").at(0).at("guards").at(0).at("nickname"), "guard0");
  EXPECT_EQ(detail.at("queues").at("events_to_store"), 3);
}

TEST_F(StatusTest, WithoutADaemonItsFieldsAreEmpty) {
  answering2_ = FakeAnswering({.results = &results_});
  auto const answer = status(true);
  EXPECT_TRUE(answer.at("started_at").is_null());
  EXPECT_TRUE(answer.at("detail").is_null());
  EXPECT_TRUE(answer.at("experiments").as_array().empty());
}

TEST_F(StatusTest, TheOpenApiDocumentTellsEveryAddress) {
  auto const document = boost::json::parse(text("openapi.json"));
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  auto const& paths = document.at("paths").as_object();
  for (auto const& endpoint : endpoints()) {
    auto const path = "/api/v1/" + std::string(endpoint.address.name);
    ASSERT_TRUE(paths.contains(path)) << path;
    EXPECT_EQ(paths.contains(path + ".csv"), endpoint.address.csv) << path;
    EXPECT_FALSE(endpoint.address.about.empty()) << path;
    for (auto const& parameter : endpoint.address.parameters)
      EXPECT_FALSE(parameter.about.empty()) << path << " " << parameter.name;
  }
  auto const& measurements = paths.at("/api/v1/measurements").at("get").as_object();
  EXPECT_EQ(measurements.at("parameters").at(0).at("name"), "since");
  auto again = request("openapi.json");
  again.if_none_match = field(get("openapi.json"), "ETag");
  EXPECT_EQ(answer(again).status, 304);
}

TEST_F(StatusTest, DefaultsKeepTheirOwnRules) {
  for (auto const& endpoint : endpoints())
    for (auto const& parameter : endpoint.address.parameters) {
      if (parameter.default_value.empty()) continue;
      auto const given = std::string(parameter.name) + "=" + parameter.default_value;
      EXPECT_TRUE(Arguments::parse(endpoint.address, given, kNow).has_value())
          << endpoint.address.name << " " << given;
    }
}

// The checker that the others rely on.
TEST(SchemaCheck, FindsWhatIsWrong) {
  auto const schema = boost::json::parse(
      R"({"type":"object","required":["a","rows"],"properties":{"a":{"type":["integer","null"]},)"
      R"("rows":{"type":"array","items":{"type":"array","minItems":2,"maxItems":2,)"
      R"("prefixItems":[{"type":"string"},{"type":"number"}]}}}})");
  auto const wrong = [&](char const* answer) {
    return test::complaints(boost::json::parse(answer), schema);
  };
  EXPECT_THAT(wrong(R"({"a":null,"rows":[["x",1],["y",1.5]]})"), testing::IsEmpty());
  EXPECT_THAT(wrong(R"({"a":"1","rows":[]})"), testing::ElementsAre(testing::HasSubstr("$.a")));
  EXPECT_THAT(wrong(R"({"rows":[]})"), testing::ElementsAre("$: has no a"));
  EXPECT_THAT(wrong(R"({"a":1,"b":2,"rows":[]})"), testing::ElementsAre("$.b: nobody told of it"));
  EXPECT_THAT(wrong(R"({"a":1,"rows":[["x"]]})"), testing::ElementsAre("$.rows[0]: has 1 items"));
  EXPECT_THAT(wrong(R"({"a":1,"rows":[["x","y"]]})"),
              testing::ElementsAre(testing::HasSubstr("$.rows[0][1]: is string")));
}

}  // namespace
}  // namespace perfd::web::api
