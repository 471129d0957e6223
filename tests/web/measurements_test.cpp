// /api/v1/measurements.
#include "web/support/api_fixture.h"
#include "web/support/api_sources.h"

namespace perfd::web::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MeasurementsTest : public ApiTestBase {
 protected:
  MeasurementsTest() : ApiTestBase(Sources{.results = &results_}) {
    for (int n = 0; n < 5; ++n) results_.all.push_back(measurement(n));
  }
  static model::Measurement measurement(int n) {
    model::Measurement m;
    m.started_at = m.scheduled_at = kNow - std::chrono::minutes(10 - n);
    m.id = make_id(m.started_at, IdEntropy{});
    m.source = "here";
    m.experiment = n % 2 == 0 ? "even" : "odd";
    m.filesize = 51200;
    m.payload_bytes = 51200;
    m.tor.instance = "default";
    m.marks.set(model::mark::kStart, {m.started_at, model::MarkSource::clock, Micros{0}});
    m.marks.set(model::mark::kDataResponse,
                {m.started_at + Micros{100 + n}, model::MarkSource::clock, Micros{0}});
    m.marks.set(model::mark::kDataComplete,
                {m.started_at + Micros{1000 + n}, model::MarkSource::clock, Micros{0}});
    return m;
  }
  std::vector<std::string> column(boost::json::object const& answer, std::string_view name) {
    auto const& columns = answer.at("columns").as_array();
    auto const place = static_cast<std::size_t>(
        std::find(columns.begin(), columns.end(), boost::json::value(name)) - columns.begin());
    std::vector<std::string> out;
    for (auto const& row : answer.at("rows").as_array()) {
      auto const& cell = row.as_array().at(place);
      out.push_back(cell.is_string() ? std::string(cell.as_string())
                                     : boost::json::serialize(cell));
    }
    return out;
  }
  std::vector<std::string> ids(std::initializer_list<int> numbers) const {
    std::vector<std::string> out;
    for (auto const n : numbers) out.push_back(results_.all[static_cast<std::size_t>(n)].id);
    return out;
  }

  FakeResults results_;
};

TEST_F(MeasurementsTest, AreATableNewestFirst) {
  auto const answer = json("measurements");
  EXPECT_EQ(column(answer, "id"), ids({4, 3, 2, 1, 0}));
  EXPECT_EQ(column(answer, "ttfb").front(), "104");
  EXPECT_EQ(column(answer, "outcome").front(), "ok");
  EXPECT_TRUE(answer.at("next").is_null());
  EXPECT_FALSE(boost::json::serialize(answer.at("columns")).find("value") != std::string::npos);
}

TEST_F(MeasurementsTest, PagesJoinWithoutGapOrRepetition) {
  // Two that began at the same µs are on different pages.
  results_.all[2].started_at = results_.all[3].started_at;
  for (std::string const order : {"newest", "oldest"}) {
    std::vector<std::string> all;
    std::string cursor;
    for (int page = 0; page < 10; ++page) {
      auto const answer = json("measurements?limit=2&order=" + order + cursor);
      for (auto const& id : column(answer, "id")) all.push_back(id);
      if (answer.at("next").is_null()) break;
      cursor = "&cursor=" + std::string(answer.at("next").as_string());
    }
    auto expected = order == "newest" ? ids({4, 3, 2, 1, 0}) : ids({0, 1, 2, 3, 4});
    EXPECT_EQ(all, expected) << order;
  }
}

TEST_F(MeasurementsTest, FiltersAreThoseOfTheResults) {
  EXPECT_EQ(column(json("measurements?experiment=odd"), "id"), ids({3, 1}));
  EXPECT_EQ(column(json("measurements?since=8m"), "id"), ids({4, 3, 2}));
  EXPECT_THAT(json("measurements?outcome=failed").at("rows").as_array(), testing::IsEmpty());
}

TEST_F(MeasurementsTest, AMetricIsAColumn) {
  results_.all[4].outcome.code = model::FailureCode::net_reset;
  auto const answer = json("measurements?metric=ttlb&fields=id,value");
  EXPECT_THAT(answer.at("columns").as_array(), ElementsAre("id", "value"));
  EXPECT_THAT(column(answer, "value"), ElementsAre("null", "1003", "1002", "1001", "1000"));
}

TEST_F(MeasurementsTest, ManyRowsAreForPointsAlone) {
  EXPECT_EQ(get("measurements?limit=100000&fields=at,value,outcome,id&metric=ttfb").status, 200);
  EXPECT_EQ(get("measurements?limit=1000").status, 200);
  auto const refused = json("measurements?limit=1001");
  EXPECT_EQ(refused.at("error").at("field"), "limit");
  EXPECT_EQ(get("measurements?limit=1001&fields=at,target").status, 400);
}

TEST_F(MeasurementsTest, CsvHasTheSameColumns) {
  auto const& m = results_.all[4];
  EXPECT_EQ(text("measurements.csv?limit=1&fields=id,ttfb,arm"),
            "id,ttfb,arm\r\n" + m.id + ",104,\r\n");
}

TEST_F(MeasurementsTest, NdjsonIsWholeRecords) {
  auto response = get("measurements.ndjson?experiment=odd&order=oldest&limit=1");
  EXPECT_EQ(field(response, "Content-Type"), "application/x-ndjson");
  EXPECT_EQ(body(response), formats::to_json_line(results_.all[1]) + "\n");
  EXPECT_THAT(field(response, "Link"), HasSubstr("order=oldest&limit=1&cursor="));
}

TEST_F(MeasurementsTest, LongRecordsMakeShortPages) {
  for (auto& m : results_.all) m.outcome.detail = std::string(3 << 20, 'x');
  auto response = get("measurements.ndjson");
  auto const text = body(response);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_NE(field(response, "Link"), "");
}

TEST_F(MeasurementsTest, ACursorThatIsNoneIsRefused) {
  for (auto const* cursor : {"x", "12", "-", "1-", "1-2-3"})
    EXPECT_EQ(json("measurements?cursor=" + std::string(cursor)).at("error").at("field"), "cursor");
}

TEST_F(MeasurementsTest, AStoreThatFailsIsNotAnEmptyTable) {
  results_.broken = true;
  EXPECT_EQ(get("measurements").status, 503);
  EXPECT_EQ(get("measurements.ndjson").status, 503);
}

}  // namespace
}  // namespace perfd::web::api
