#include "web/results.h"

#include "formats/tpf.h"
#include "model/selection_terms.h"
#include "web/support/results_fixture.h"

namespace perfd::web {
namespace {

using testing::HasSubstr;

constexpr WallTime kStart = FakeQuery::kRecordedAt;

model::Measurement measurement(int n, bool missed = false) {
  model::Measurement m;
  m.id = make_id(kStart + std::chrono::seconds{n}, IdEntropy{});
  m.source = "here";
  m.experiment = n % 2 == 0 ? "even" : "odd";
  m.filesize = 51200;
  m.scheduled_at = m.started_at = kStart + std::chrono::seconds{n};
  if (missed)
    m.outcome = {model::FailureCode::perfd_missed_slot, "schedule", "the last one still ran"};
  else
    m.marks.set(model::mark::kStart, {m.started_at, model::MarkSource::clock, Micros{0}});
  return m;
}

TEST_F(ResultsTest, StreamsEveryResultOnceOverManyPages) {
  for (int i = 0; i < 257; ++i) query_.all.push_back(measurement(i));
  auto response = get("/results.jsonl");
  EXPECT_EQ(response.status, 200);
  std::string expected;
  for (auto const& m : query_.all) expected += formats::to_json_line(m) + "\n";
  EXPECT_EQ(body_of(response), expected);
}

TEST_F(ResultsTest, TpfGoesOnBehindPagesThatItCannotSay) {
  for (int i = 0; i < 150; ++i) query_.all.push_back(measurement(i, true));
  query_.all.push_back(measurement(150));
  auto response = get("/results.tpf");
  auto const records = formats::read_tpf(body_of(response));
  ASSERT_TRUE(records.has_value());
  EXPECT_EQ(records->size(), 1U);
}

TEST_F(ResultsTest, LimitGivesTheNewestInOrder) {
  for (int i = 0; i < 10; ++i) query_.all.push_back(measurement(i));
  auto response = get("/results.jsonl", "experiment=odd&limit=2");
  EXPECT_EQ(body_of(response), formats::to_json_line(query_.all[7]) + "\n" +
                                   formats::to_json_line(query_.all[9]) + "\n");
}

TEST_F(ResultsTest, ManyThatDoNotMatchAreNoEnd) {
  for (int i = 0; i < 250; ++i) query_.all.push_back(measurement(i));
  query_.all.back().source = "there";
  auto response = get("/results.jsonl", "source=there");
  EXPECT_EQ(body_of(response), formats::to_json_line(query_.all.back()) + "\n");
}

TEST_F(ResultsTest, TermsAreThoseOfTheTable) {
  for (auto const& term : model::selection_terms())
    EXPECT_THAT(parse_result_filter(std::string(term.name) + "=").error().message,
                HasSubstr("parameter " + std::string(term.name) + ": "));
  auto const filter = parse_result_filter("relay=%24" + std::string(40, 'a') + "&limit=3").value();
  EXPECT_THAT(filter.which.relays, testing::ElementsAre(std::string(40, 'A')));
  EXPECT_EQ(filter.limit, 3U);
}

TEST_F(ResultsTest, AClientThatHasTheNewestGetsNotModified) {
  query_.all.push_back(measurement(0));
  auto const first = get("/results.jsonl");
  Request again;
  again.path = "/results.jsonl";
  again.if_none_match = "\"other\", W/" + field(first, "ETag");
  EXPECT_EQ(answer(again).status, 304);
  query_.all.push_back(measurement(1));
  EXPECT_EQ(answer(again).status, 200);

  Request by_date;
  by_date.path = "/results.tpf";
  by_date.if_modified_since = field(first, "Last-Modified");
  EXPECT_EQ(answer(by_date).status, 304);
  by_date.if_modified_since = http_date(kStart - std::chrono::seconds{1});
  EXPECT_EQ(answer(by_date).status, 200);
}

TEST_F(ResultsTest, BadParametersAreNamedWithWhatTheyTake) {
  auto const expect = [&](std::string query, std::string_view words) {
    auto response = get("/results.jsonl", std::move(query));
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(body_of(response), HasSubstr(std::string(words)));
  };
  expect("sinc=2026-01-01", "did you mean 'since'?");
  expect("since=yesterday", "parameter since: 'yesterday' is not a time");
  expect("limit=0", "parameter limit: takes a number from 1 up");
  expect("outcome=WEIRD", "'WEIRD' is no outcome");
  expect("experiment=a,,b", "parameter experiment: has an empty name");
  expect("relay=guard1", "parameter relay: 'guard1' is no fingerprint of a relay");
  expect("frobnicate=1", "there are since, until, experiment, source, arm, kind, target");
}

TEST_F(ResultsTest, AStoreThatFailsIsNotAnEmptyResult) {
  query_.broken = true;
  EXPECT_EQ(get("/results.jsonl").status, 503);
}

TEST_F(ResultsTest, OtherPathsAreNotItsOwn) {
  Request request;
  request.path = "/urandom/5";
  EXPECT_FALSE(time_.run(loop_, results_.answer(request)).has_value());
}

TEST(HttpDate, GoesBothWays) {
  EXPECT_EQ(http_date(wall_from_us(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), wall_from_us(784'111'777'000'000));
  for (auto const* wrong :
       {"", "yesterday", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"})
    EXPECT_FALSE(parse_http_date(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace perfd::web
