// One result by its id: its record, and a page load's HAR.
#include "web/record.h"

#include "base/text.h"
#include "formats/har.h"
#include "report/waterfall.h"
#include "web/support/results_fixture.h"

namespace perfd::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class RecordTest : public ResultsTest {
 protected:
  RecordTest() {
    model::Measurement download;
    download.id = kDownload;
    download.experiment = "small";
    query_.all.push_back(download);
    model::Measurement load;
    load.id = kPage;
    load.experiment = "page";
    load.kind = model::Kind::page;
    load.perfd_version = "0.1.0";
    auto& page = load.page.emplace();
    page.url = "http://perfd.test/";
    page.resources.emplace_back().url = page.url;
    query_.all.push_back(load);
  }
  static std::string path(std::string const& id) { return "/api/v1/measurements/" + id; }

  std::string const kDownload = make_id(FakeQuery::kRecordedAt, IdEntropy{});
  std::string const kPage = make_id(FakeQuery::kRecordedAt + Micros{1'000}, IdEntropy{});
};

TEST_F(RecordTest, IsTheLineThatResultsHaveOfIt) {
  auto response = get(path(kDownload));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(body_of(response), formats::to_json_line(query_.all[0]) + "\n");
  EXPECT_EQ(field(response, "Content-Type"), "application/json");
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(field(response, "Last-Modified"), http_date(FakeQuery::kRecordedAt));
}

TEST_F(RecordTest, OfAPageLoadThereIsAHar) {
  auto response = get(path(kPage) + ".har");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(body_of(response), formats::to_har(query_.all[1]));
  EXPECT_EQ(field(response, "Content-Type"), "application/json");
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "*");
}

TEST_F(RecordTest, OfNoOtherKindThereIsAHar) {
  auto response = get(path(kDownload) + ".har");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(body_of(response), HasSubstr(kDownload + " has no page load"));
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "*") << "or no script can read why";
  EXPECT_EQ(field(response, "Cache-Control"), "no-store");
}

TEST_F(RecordTest, OfEveryKindThereIsADrawing) {
  for (std::size_t i = 0; i < query_.all.size(); ++i) {
    auto response = get(path(query_.all[i].id) + ".svg");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(body_of(response), report::waterfall_svg(query_.all[i]));
    EXPECT_EQ(field(response, "Content-Type"), "image/svg+xml");
    EXPECT_EQ(field(response, "Content-Security-Policy"),
              "default-src 'none'; style-src 'unsafe-inline'");
    EXPECT_NE(field(response, "ETag"), field(get(path(query_.all[i].id)), "ETag"));
  }
  query_.spoiled = true;
  EXPECT_EQ(get(path(kPage) + ".svg").status, 503);
}

TEST_F(RecordTest, AnIdThatNoResultHasIsNotFound) {
  auto const other = make_id(FakeQuery::kRecordedAt + Micros{9'000'000}, IdEntropy{});
  for (auto const* const form : {"", ".har", ".svg"}) {
    auto response = get(path(other) + form);
    EXPECT_EQ(response.status, 404);
    EXPECT_THAT(body_of(response), HasSubstr("no result has the id " + other));
  }
}

TEST_F(RecordTest, WhatIsNoIdNeverComesToTheStore) {
  for (std::string const& id :
       {std::string(), std::string(".har"), to_lower(kPage), kPage + "/", kPage + ".har.har",
        kPage + ".svg.har", kPage + ".SVG", kPage + ".HAR", kPage + "x", kPage.substr(1),
        std::string("../../etc/passwd"), std::string("' OR 1=1 --             "),
        std::string(26, '\xFF'), std::string(8000, 'A')}) {
    auto response = get(path(id));
    EXPECT_EQ(response.status, 404) << id;
    EXPECT_THAT(body_of(response), HasSubstr("is no id of a measurement"));
    EXPECT_LT(body_of(response).size(), 300U) << "what a client sends is told cut off";
  }
  EXPECT_EQ(query_.asked_for_records, 0);
}

TEST_F(RecordTest, TakesNoParameters) {
  Request request;
  request.path = path(kPage);
  request.query = "fields=all";
  auto response = answer(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(body_of(response), HasSubstr("no parameters"));
}

TEST_F(RecordTest, AClientThatHasItGetsNotModified) {
  auto const record = get(path(kPage));
  auto const har = get(path(kPage) + ".har");
  EXPECT_THAT(field(record, "ETag"), AllOf(StartsWith("\""), testing::EndsWith("\"")));
  EXPECT_NE(field(record, "ETag"), field(har, "ETag"));
  Request again;
  again.path = path(kPage) + ".har";
  again.if_none_match = "\"other\", W/" + field(har, "ETag");
  auto unchanged = answer(again);
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_THAT(body_of(unchanged), IsEmpty());
  EXPECT_EQ(field(unchanged, "ETag"), field(har, "ETag"));
  again.if_none_match = field(record, "ETag");
  EXPECT_EQ(answer(again).status, 200);
  // The same result, of the same moment, but in other words: by time alone that doesn't show.
  query_.all[1].perfd_version = "0.2.0";
  again.if_none_match = field(har, "ETag");
  EXPECT_EQ(answer(again).status, 200);
  again.if_none_match.reset();
  again.if_modified_since = field(har, "Last-Modified");
  EXPECT_EQ(answer(again).status, 200);
}

TEST_F(RecordTest, AStoreThatFailsIsNotAMissingResult) {
  query_.spoiled = true;
  EXPECT_EQ(get(path(kPage)).status, 200) << "what is there is given as it is";
  EXPECT_EQ(get(path(kPage) + ".har").status, 503);
  query_.broken = true;
  EXPECT_EQ(get(path(kPage)).status, 503);
}

TEST_F(RecordTest, OtherPathsAreNotItsOwn) {
  for (auto const* const other :
       {"/api", "/api/v1/", "/api/v1/measurements", "/api/v2/measurements/x"}) {
    Request request;
    request.path = other;
    EXPECT_FALSE(time_.run(loop_, results_.answer(request)).has_value()) << other;
  }
}

}  // namespace
}  // namespace perfd::web
