// One result over HTTP, by its id:
//
//   /api/v1/measurements/ID       all of it, as one JSON object (docs/formats.md)
//   /api/v1/measurements/ID.har   of a page load: a HAR document
//   /api/v1/measurements/ID.svg   a drawing of it on an axis of time
//
// These addresses stay. A result never changes, but it may be deleted one day, and a newer perfd
// may write better documents of it: so a client asks each time, and gets 304 where it has what
// there is. Thread: the serving loop's. Ownership: refers to the query port.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/task.h"
#include "web/http.h"
#include "web/query.h"

namespace perfd::web {

class Record {
 public:
  explicit Record(ResultQuery& query) : query_(query) {}

  // nullopt: no path of its own.
  runtime::Task<std::optional<Response>> answer(Request const& request);

 private:
  ResultQuery& query_;
};

}  // namespace perfd::web
