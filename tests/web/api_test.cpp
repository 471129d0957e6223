// What all addresses of the API have in common, tried on two that are made up.
#include "web/api/api.h"

#include "base/time_text.h"
#include "model/selection_terms.h"
#include "web/api/table.h"
#include "web/support/api_fixture.h"

namespace perfd::web::api {
namespace {

using testing::HasSubstr;

constexpr Column kColumns[] = {{"name", Type::text, "of it"},
                               {"n", Type::integer, "how many", true},
                               {"share", Type::number, "of all", true},
                               {"hops", Type::integers, "one by one"}};

Checked<Answer> things(Call const& call, Sources& /*sources*/) {
  auto const& given = call.arguments;
  if (given.text("instance") == "broken") return Refusal{503, {}, "the store is gone"};
  Table table(call.form, kColumns);
  std::vector<std::int64_t> const hops{1, 2};
  for (std::int64_t i = 0; i < given.number("limit"); ++i)
    table.row({"a \"quoted\", name", i, 0.25, hops});
  table.row({given.text("instance"), Cell(), std::optional<double>(), std::vector<std::int64_t>()});
  if (call.form == Form::csv) return Answer{table.head() + table.lines(), ""};
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  table.write_fields(json);
  json.end_object();
  if (given.number("limit") > 1) out.next = "1-2";
  return out;
}

Checked<Answer> when(Call const& call, Sources& /*sources*/) {
  return Answer{format_iso_seconds(call.arguments.since()) + " " +
                    format_iso_seconds(call.arguments.until()) +
                    (call.privileged ? " privileged" : ""),
                ""};
}

std::vector<Endpoint> made_up() {
  Address of_things;
  of_things.name = "things";
  of_things.about = "Things";
  of_things.parameters = {
      {"limit", Parameter::Type::number, "how many", "1", 0, 100000},
      {"instance", Parameter::Type::text, "of which tor"},
      {"order", Parameter::Type::word, "which first", "newest", 0, 0, {"newest", "oldest"}},
      {"fields", Parameter::Type::words, "which columns", "", 0, 0, {"name", "n"}}};
  of_things.answer = table("", "", kColumns);
  Address of_times;
  of_times.name = "times";
  of_times.about = "Times";
  of_times.filters = Filters::all;
  of_times.period = kWeek;
  of_times.csv = false;
  Address of_now = of_times;
  of_now.name = "now";
  of_now.of_results = false;
  return {
      {of_things, things}, {of_times, when}, {of_now, when}, {Address{"elsewhere", "Not here"}}};
}

class ApiTest : public ApiTestBase {
 protected:
  ApiTest() : ApiTestBase({}, made_up()) {}
  std::string reason(std::string_view address) {
    auto response = get(address);
    EXPECT_EQ(response.status, 400) << address;
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
    auto const error = boost::json::parse(body(response)).at("error").as_object();
    auto const* name = error.if_contains("field");
    return (name != nullptr ? std::string(name->as_string()) + ": " : "") +
           std::string(error.at("reason").as_string());
  }
};

TEST_F(ApiTest, ATableIsColumnsAndRows) {
  EXPECT_EQ(text("things?instance=x"),
            R"({"columns":["name","n","share","hops"],"rows":[["a \"quoted\", name",0,0.25,[1,2]],)"
            R"(["x",null,null,[]]]})");
}

TEST_F(ApiTest, TheSameTableIsCsv) {
  auto response = get("things.csv?instance=x");
  EXPECT_EQ(field(response, "Content-Type"), "text/csv; charset=utf-8; header=present");
  EXPECT_EQ(body(response),
            "name,n,share,hops\r\n\"a \"\"quoted\"\", name\",0,0.25,1 2\r\nx,,,\r\n");
}

TEST_F(ApiTest, ATableOfOneOfManySeriesTellsWhichInEachLine) {
  constexpr Column kLead[] = {{"experiment", Type::text, ""}};
  Table table(Form::csv, std::span(kColumns).first(2), kLead, {"fast, small"});
  table.row({"a", 1});
  EXPECT_EQ(table.head() + table.lines(), "experiment,name,n\r\n\"fast, small\",a,1\r\n");
}

TEST_F(ApiTest, ScriptsOfOtherSitesMayReadEverything) {
  for (auto const* address : {"things", "things?limit=no", "nothing", "openapi.json"}) {
    auto const response = get(address);
    EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "*") << address;
  }
  EXPECT_EQ(field(get("things"), "X-Content-Type-Options"), "nosniff");
}

TEST_F(ApiTest, WrongParametersAreNamedWithWhatTheyTake) {
  EXPECT_EQ(reason("things?limt=1"), "limt: is no parameter of this address; did you mean limit?");
  EXPECT_EQ(reason("things?limit=x"), "limit: takes a number from 0 to 100000");
  EXPECT_EQ(reason("things?limit=100001"), "limit: takes a number from 0 to 100000");
  EXPECT_EQ(reason("things?limit=1&limit=2"), "limit: is given twice");
  EXPECT_EQ(reason("things?instance="), "instance: is empty");
  EXPECT_EQ(reason("things?instance=" + std::string(201, 'x')),
            "instance: is longer than 200 bytes");
  EXPECT_EQ(reason("things?order=newst"),
            "order: 'newst' is none of its words; did you mean newest?");
  EXPECT_EQ(reason("things?fields=name,zzzzzz"),
            "fields: 'zzzzzz' is none of its words; they are name, n");
  EXPECT_EQ(reason("things?since=2026-01-01"),
            "since: is no parameter of this address; it takes limit, instance, order, fields");
  EXPECT_EQ(reason("times?since=yesterday"), "since: takes a time such as 2026-05-01 or 7d");
  EXPECT_EQ(reason("times?since=2026-05-02&until=2026-05-01"), "until: is not after since");
  EXPECT_EQ(reason("times?since=-9223372036854775808"),
            "since: takes a time such as 2026-05-01 or 7d");
  EXPECT_EQ(reason("times?until=1900-01-01"), "until: is not after since");
  EXPECT_THAT(reason("times?outcome=WEIRD"), HasSubstr("outcome: 'WEIRD' is no outcome"));
  EXPECT_THAT(reason("times?relai=A"), HasSubstr("did you mean relay?"));
  EXPECT_THAT(reason("times?since=%"), HasSubstr("broken percent code"));
  // What comes from the network is shown as plain text.
  EXPECT_EQ(reason("things?%0d%0ax=1").find('\r'), std::string::npos);
}

TEST_F(ApiTest, EveryTermOfTheFiltersIsTaken) {
  for (auto const& term : model::selection_terms())
    EXPECT_THAT(reason("times?" + std::string(term.name) + "="),
                HasSubstr(std::string(term.name) + ": "));
}

TEST_F(ApiTest, APeriodEndsNowAndIsAWeek) {
  EXPECT_EQ(text("times"), "2026-11-18T09:46:40Z 2026-11-25T09:46:40Z");
  EXPECT_EQ(text("times?since=1h"), "2026-11-25T08:46:40Z 2026-11-25T09:46:40Z");
  EXPECT_EQ(text("times?until=2026-05-08"), "2026-05-01T00:00:00Z 2026-05-08T00:00:00Z");
  EXPECT_EQ(text("times?since=2d&until=1d"), "2026-11-23T09:46:40Z 2026-11-24T09:46:40Z");
  EXPECT_EQ(text("times?since=100000000h&until=99999999h"),
            "400 {\"error\":{\"field\":\"until\",\"reason\":\"is not after since\"}}\n");
}

TEST_F(ApiTest, AClientThatHasTheNewestGetsNotModified) {
  auto const etag = field(get("things?limit=3"), "ETag");
  auto again = request("things?limit=3");
  again.if_none_match = etag;
  auto const made = answering_.made;
  EXPECT_EQ(answer(again).status, 304);
  EXPECT_EQ(answering_.made, made) << "it was made for nothing";
  EXPECT_NE(field(get("things?limit=4"), "ETag"), etag);
  EXPECT_NE(field(get("things.csv?limit=3"), "ETag"), etag);
  query_.all.emplace_back();
  EXPECT_EQ(answer(again).status, 200);
}

TEST_F(ApiTest, APeriodThatEndsNowGrowsOldWithinAMinute) {
  auto again = request("times?since=1h");
  again.if_none_match = field(get("times?since=1h"), "ETag");
  EXPECT_EQ(answer(again).status, 304);
  now_ += std::chrono::minutes(1);
  EXPECT_EQ(answer(again).status, 200);
  auto fixed = request("times?since=2026-05-01&until=2026-05-02");
  fixed.if_none_match = field(answer(fixed), "ETag");
  now_ += std::chrono::hours(1);
  EXPECT_EQ(answer(fixed).status, 304);
}

TEST_F(ApiTest, WhatIsNotOfResultsIsNotKept) {
  auto const response = get("now");
  EXPECT_EQ(field(response, "Cache-Control"), "no-store");
  EXPECT_EQ(field(response, "ETag"), "");
  EXPECT_EQ(field(response, "Vary"), "Authorization");
}

TEST_F(ApiTest, TheNextPageIsTold) {
  EXPECT_EQ(field(get("things?limit=2&cursor=7&order=oldest"), "Link"), "");  // 400: no cursor here
  EXPECT_EQ(field(get("things?limit=2&order=oldest"), "Link"),
            "</api/v1/things?limit=2&order=oldest&cursor=1-2>; rel=\"next\"");
  EXPECT_EQ(field(get("things?limit=1"), "Link"), "");
}

TEST_F(ApiTest, AnAddressThatIsNotThereIsNamedWithTheNearest) {
  EXPECT_EQ(text("thing"),
            "404 {\"error\":{\"reason\":\"there is no /api/v1/thing; did you mean "
            "/api/v1/things?\"}}\n");
  EXPECT_THAT(text("times.csv"), HasSubstr("404"));
  EXPECT_THAT(text("things.ndjson"), HasSubstr("404"));
  EXPECT_THAT(text("thingsx"), HasSubstr("404"));
  Request other;
  other.path = "/api/v2/things";
  EXPECT_EQ(answer(other).status, 404);
  other.path = "/metrics";
  EXPECT_FALSE(time_.run(loop_, api_.answer(other)).has_value());
  other.path = "/api/v1/elsewhere";
  EXPECT_FALSE(time_.run(loop_, api_.answer(other)).has_value());
}

TEST_F(ApiTest, AStoreThatFailsIsToldAndNotKept) {
  auto response = get("things?instance=broken");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(field(response, "Retry-After"), "1");
  EXPECT_EQ(body(response), "{\"error\":{\"reason\":\"the store is gone\"}}\n");
  query_.broken = true;
  EXPECT_EQ(get("things").status, 503);
}

TEST_F(ApiTest, BytesThatNobodyTakesAreBounded) {
  std::vector<Response> untaken;
  int status = 200;
  for (int i = 0; i < 100 && status == 200; ++i) {
    untaken.push_back(get("things?limit=20000"));
    status = untaken.back().status;
  }
  EXPECT_EQ(status, 503);
  EXPECT_GT(untaken.size(), 5U);
  EXPECT_EQ(untaken[0].length, body(untaken[0]).size());
  untaken.clear();
  EXPECT_EQ(get("things").status, 200);
}

TEST_F(ApiTest, TheTokenIsAPrivilege) {
  EXPECT_THAT(text("now"), testing::Not(HasSubstr("privileged")));
  auto asked = request("now");
  asked.fields.add("Authorization", "Bearer " + token());
  auto response = answer(asked);
  EXPECT_THAT(body(response), HasSubstr("privileged"));
}

}  // namespace
}  // namespace perfd::web::api
