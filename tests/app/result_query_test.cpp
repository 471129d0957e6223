// The web room's questions to a real store, and what it answers with.
#include "app/result_query.h"

#include <gmock/gmock.h>

#include <fstream>

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
  web::Results results_{query_, "here"};
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

}  // namespace
}  // namespace perfd::app
