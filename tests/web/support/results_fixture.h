// The web room over results in memory, without a server.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "formats/jsonl.h"
#include "runtime/virtual_time.h"
#include "web/results.h"

namespace perfd::web {

// Results in memory, with the store's rules.
class FakeQuery final : public ResultQuery {
 public:
  std::vector<model::Measurement> all;
  bool broken = false;
  bool spoiled = false;  // its lines can't be read
  int asked_for_records = 0;

  runtime::Task<Result<ResultVersion>> version() override {
    if (broken) co_return Error{"the store is gone"};
    co_return ResultVersion{"v" + std::to_string(all.size()), kRecordedAt};
  }
  runtime::Task<Result<ResultPage>> page(ResultFilter filter, std::int64_t after_seq,
                                         std::size_t max_rows) override {
    ResultPage page;
    page.last_seq = after_seq;
    auto const end = static_cast<std::int64_t>(all.size());
    page.ended = after_seq >= end;
    for (; page.last_seq < std::min(end, after_seq + static_cast<std::int64_t>(max_rows));) {
      auto const& m = all[static_cast<std::size_t>(page.last_seq++)];
      if (passes(filter, m)) page.rows.push_back({page.last_seq, formats::to_json_line(m)});
    }
    co_return page;
  }
  runtime::Task<Result<std::int64_t>> newest_from(ResultFilter filter, std::size_t count) override {
    for (std::size_t i = all.size(); i-- > 0;)
      if (passes(filter, all[i]) && --count == 0) co_return static_cast<std::int64_t>(i) + 1;
    co_return 0;
  }
  runtime::Task<Result<std::optional<RenderedResult>>> record(std::string id,
                                                              Rendering render) override {
    ++asked_for_records;
    if (broken) co_return Error{"the store is gone"};
    for (auto const& m : all) {
      if (m.id != id) continue;
      auto text = render(spoiled ? "{}" : formats::to_json_line(m));
      if (!text) co_return text.error();
      co_return RenderedResult{std::move(*text), kRecordedAt};
    }
    co_return std::optional<RenderedResult>();
  }

  static constexpr WallTime kRecordedAt = wall_from_us(1'700'000'000'000'000);

 private:
  static bool passes(ResultFilter const& filter, model::Measurement const& m) {
    return model::selects(filter.which, m);
  }
};

class ResultsTest : public testing::Test {
 protected:
  Response get(std::string path, std::string query = "") {
    Request request;
    request.path = std::move(path);
    request.query = std::move(query);
    return answer(request);
  }
  Response answer(Request request) { return time_.run(loop_, results_.answer(request)).value(); }
  std::string body_of(Response& response) {
    if (auto const* text = std::get_if<std::string>(&response.body)) return *text;
    std::string all;
    for (;;) {
      auto piece = time_.run(loop_, std::get<std::unique_ptr<Body>>(response.body)->next());
      if (piece.value().empty()) return all;
      all += *piece;
    }
  }
  static std::string field(Response const& response, std::string_view name) {
    for (auto const& [key, value] : response.fields)
      if (key == name) return value;
    return "";
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeQuery query_;
  Results results_{query_};
};

}  // namespace perfd::web
