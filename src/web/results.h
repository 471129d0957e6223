// Results over HTTP, while they are kept: /results.jsonl, /results.tpf, and one by its id
// (web/record.h).
//
//   ?since=TIME&experiment=NAME[,NAME…]&relay=FP&…&limit=N      (model/selection_terms.h)
//
// Streams page by page, so neither side ever holds all results. ETag and Last-Modified
// change with every result; a request that has the newest gets 304.
// Thread: the serving loop's. Ownership: refers to the query port.
#pragma once

#include <optional>
#include <string>

#include "runtime/task.h"
#include "web/http.h"
#include "web/query.h"
#include "web/record.h"

namespace perfd::web {

class Results final : public Part {
 public:
  explicit Results(ResultQuery& query) : query_(query), record_(query) {}

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  runtime::Task<Response> stream(Request const& request, bool tpf);

  ResultQuery& query_;
  Record record_;
};

// The filter that a query string asks for. The error names the parameter and what it takes.
[[nodiscard]] Result<ResultFilter> parse_result_filter(std::string const& query);

// An HTTP date (RFC 9110, 5.6.7), and the reverse for If-Modified-Since; seconds.
[[nodiscard]] std::string http_date(WallTime time);
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace perfd::web
