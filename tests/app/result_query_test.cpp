// The web room's questions to a real store, and what it answers with.
#include "app/result_query.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/id.h"
#include "base/text.h"
#include "formats/har.h"
#include "formats/jsonl.h"
#include "places.h"
#include "runtime/files.h"
#include "store/store.h"
#include "web/results.h"

namespace perfd::app {
namespace {

constexpr WallTime kNow = wall_from_us(1'795'600'000'000'000);

// A store that has the page load of tests/data.
class StoredPage : public testing::Test {
 protected:
  StoredPage() {
    std::ifstream in(perfd::test::data("page-load.jsonl"));
    std::getline(in, line_);
    store::Options options;
    options.path = folder_ / "perfd.db";
    options.now = [] { return kNow; };
    auto store = store::Store::open(options).value();
    store->done(formats::from_json_line(line_).value());
  }
  ~StoredPage() override { std::filesystem::remove_all(folder_); }

  web::Response get(std::string const& form) {
    web::Request request;
    request.path = "/api/v1/measurements/" + record().id + form;
    return loop_.run_until_done(results_.answer(request)).value();
  }
  [[nodiscard]] model::Measurement record() const { return formats::from_json_line(line_).value(); }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-query-test").value();
  std::string line_;
  runtime::Loop loop_;
  runtime::Pool pool_{1};
  StoreQuery query_{loop_, pool_, folder_ / "perfd.db"};
  web::Results results_{query_};
};

TEST_F(StoredPage, IsGivenAsRecordAndAsHar) {
  auto const json = get("");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(std::get<std::string>(json.body), line_ + "\n");
  auto const har = get(".har");
  EXPECT_EQ(har.status, 200);
  EXPECT_EQ(std::get<std::string>(har.body), formats::to_har(record()));
  auto const recorded = web::http_date(kNow);
  EXPECT_THAT(har.fields, testing::Contains(testing::Pair("Last-Modified", recorded)));
}

TEST_F(StoredPage, AnotherIdIsNone) {
  auto render = [](std::string const& text) { return success(text); };
  auto other = record().id;
  other.back() = other.back() == '0' ? '1' : '0';
  auto const found = loop_.run_until_done(query_.record(other, render));
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_FALSE(found->has_value());
}

TEST_F(StoredPage, WhatCanNotBeRenderedIsAnErrorAndTheNextOneIsNot) {
  auto spoil = [](std::string const&) -> Result<std::string> { return Error{"of no use"}; };
  auto const failed = loop_.run_until_done(query_.record(record().id, spoil));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message, "of no use");
  EXPECT_EQ(get("").status, 200);
}

// 450 results, of which every hundredth, from the first one on, went through one relay.
class StoredResults : public testing::Test {
 protected:
  StoredResults() {
    store::Options options;
    options.path = folder_ / "perfd.db";
    options.now = [] { return kNow; };
    auto store = store::Store::open(options).value();
    for (int i = 0; i < 450; ++i) {
      model::Measurement m;
      IdEntropy entropy{};
      entropy[0] = static_cast<std::byte>(i & 0xFF);
      m.started_at = m.scheduled_at = kNow + std::chrono::seconds{i};
      m.id = make_id(m.started_at, entropy);
      m.source = "here";
      m.experiment = "small";
      m.tor.guard = std::string(40, i % 100 == 0 ? 'A' : 'B');
      store->done(std::move(m));
    }
  }
  ~StoredResults() override { std::filesystem::remove_all(folder_); }

  // The seconds after kNow at which those began that the query gives.
  std::vector<int> seconds(std::string query) {
    web::Request request;
    request.path = "/results.jsonl";
    request.query = std::move(query);
    auto response = loop_.run_until_done(results_.answer(request)).value();
    EXPECT_EQ(response.status, 200);
    std::string text;
    auto& body = std::get<std::unique_ptr<web::Body>>(response.body);
    for (;;) {
      auto const piece = loop_.run_until_done(body->next()).value();
      if (piece.empty()) break;
      text += piece;
    }
    std::vector<int> out;
    for (auto const line : split(text, '\n'))
      if (!line.empty())
        out.push_back(static_cast<int>(
            (formats::from_json_line(line).value().started_at - kNow).count() / 1'000'000));
    return out;
  }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-query-test").value();
  runtime::Loop loop_;
  runtime::Pool pool_{1};
  StoreQuery query_{loop_, pool_, folder_ / "perfd.db"};
  web::Results results_{query_};
};

TEST_F(StoredResults, AreChosenByWhatOnlyTheirRecordsTell) {
  auto const relay = "relay=" + std::string(40, 'a');
  EXPECT_THAT(seconds(relay), testing::ElementsAre(0, 100, 200, 300, 400));
  EXPECT_THAT(seconds(relay + "&limit=2"), testing::ElementsAre(300, 400));
  EXPECT_THAT(seconds(relay + "&limit=5"), testing::ElementsAre(0, 100, 200, 300, 400));
  EXPECT_THAT(seconds(relay + "&limit=9"), testing::ElementsAre(0, 100, 200, 300, 400));
  EXPECT_THAT(seconds("relay=" + std::string(40, 'c') + "&limit=1"), testing::IsEmpty());
  EXPECT_THAT(seconds("without-relay=" + std::string(40, 'b') + "&since=2026-11-25"),
              testing::SizeIs(5));
  EXPECT_EQ(seconds("limit=3").front(), 447);
}

}  // namespace
}  // namespace perfd::app
