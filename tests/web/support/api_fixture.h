// The API over sources in memory, without a server and without a pool.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "web/api/api.h"
#include "web/api/sources.h"
#include "web/support/results_fixture.h"
#include "web/support/schema_check.h"

namespace perfd::web::api {

// Makes answers at once.
class FakeAnswering final : public Answering {
 public:
  explicit FakeAnswering(Sources sources) : sources_(sources) {}
  runtime::Task<Checked<Answer>> run(Make make) override {
    ++made;
    co_return make(sources_);
  }
  Sources& sources() { return sources_; }
  int made = 0;

 private:
  Sources sources_;
};

class ApiTestBase : public testing::Test {
 protected:
  static constexpr WallTime kNow = wall_from_us(1'795'600'000'000'000);  // 2026-11-25T09:46:40Z

  explicit ApiTestBase(Sources sources = {}, std::vector<Endpoint> endpoints = api::endpoints())
      : answering_(sources), api_(answering_, query_, options(std::move(endpoints))) {}

  static std::string token() { return "a-token-that-nobody-knows"; }
  ApiOptions options(std::vector<Endpoint> endpoints) {
    ApiOptions out;
    out.endpoints = std::move(endpoints);
    out.privilege = Privilege(token());
    out.now = [this] { return now_; };
    out.version = "0.1.0";
    out.max_held_bytes = 8 << 20;  // enough to have several, and soon full
    return out;
  }

  // `address` with its query.
  static Request request(std::string_view address) {
    Request out;
    auto const question = address.find('?');
    out.path = "/api/v1/" + std::string(address.substr(0, question));
    if (question != address.npos) out.query = address.substr(question + 1);
    return out;
  }
  Response answer(Request const& request) { return time_.run(loop_, api_.answer(request)).value(); }
  Response get(std::string_view address) { return answer(request(address)); }
  std::string body(Response& response) {
    if (auto const* text = std::get_if<std::string>(&response.body)) return *text;
    auto& source = *std::get<std::unique_ptr<Body>>(response.body);
    std::string all;
    for (;;) {
      auto piece = time_.run(loop_, source.next());
      if (piece.value().empty()) return all;
      all += *piece;
    }
  }
  // The status is part of the answer: a test that expects 200 sees at once what was refused.
  std::string text(std::string_view address) {
    auto response = get(address);
    auto out = body(response);
    return response.status == 200 ? out : std::to_string(response.status) + " " + out;
  }
  // As the OpenAPI document says that it is.
  boost::json::object json(std::string_view address) { return json(request(address)); }
  boost::json::object json(Request const& asked) {
    auto response = answer(asked);
    auto const status = std::to_string(response.status);
    auto const out = boost::json::parse(body(response));
    auto const document = boost::json::parse(text("openapi.json"));
    auto const* schema = test::schema_of(document, asked.path, status);
    auto const wrong =
        schema != nullptr ? test::complaints(out, *schema) : std::vector{status + ": no schema"};
    EXPECT_THAT(wrong, testing::IsEmpty()) << asked.path;
    return out.as_object();
  }
  static std::string field(Response const& response, std::string_view name) {
    for (auto const& [key, value] : response.fields)
      if (key == name) return value;
    return "";
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeQuery query_;
  WallTime now_ = kNow;
  FakeAnswering answering_;
  Api api_;
};

}  // namespace perfd::web::api
