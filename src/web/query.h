// What the web room wants to know of results, asked of whoever keeps them.
// Implemented by app over the store. Thread: called on the serving loop; does not block it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/selection.h"
#include "runtime/task.h"

namespace perfd::web {

struct ResultFilter {
  model::Selection which;
  std::optional<std::size_t> limit;  // the newest so many, still in the order of completion
};

// A part of the results, in one step of bounded length. What only records tell is judged one by
// one, so a page may be empty where many don't match; it is not the last one for that.
struct ResultPage {
  struct Row {
    std::int64_t seq = 0;
    std::string json_line;  // formats/jsonl.h, without the line end
  };
  std::vector<Row> rows;      // by seq
  std::int64_t last_seq = 0;  // looked at; the next page begins behind it
  bool ended = false;         // there is nothing more
};

// Changes with every new or removed result.
struct ResultVersion {
  std::string token;
  WallTime modified_at{};
};

// What a client wants of a result, made of its JSON line. Pure: it runs on a thread of whoever
// answers, so that a long record holds up nobody.
using Rendering = Result<std::string> (*)(std::string const& json_line);

struct RenderedResult {
  std::string text;
  WallTime recorded_at{};
};

class ResultQuery {
 public:
  virtual ~ResultQuery() = default;
  virtual runtime::Task<Result<ResultVersion>> version() = 0;
  // Results with seq > after_seq, of at most `max_rows` that are looked at. `filter.limit` is not.
  virtual runtime::Task<Result<ResultPage>> page(ResultFilter filter, std::int64_t after_seq,
                                                 std::size_t max_rows) = 0;
  // The seq of the oldest of the newest `count` results that pass; 0 where there are fewer.
  virtual runtime::Task<Result<std::int64_t>> newest_from(ResultFilter filter,
                                                          std::size_t count) = 0;
  // The result of that id; nothing where there is none, or it has not ended.
  virtual runtime::Task<Result<std::optional<RenderedResult>>> record(std::string id,
                                                                      Rendering render) = 0;
};

}  // namespace perfd::web
