// /api/v1/events: every result as it is recorded, as server-sent events (the HTML standard, 9.2).
//
//   event: result
//   id: 4711                the number of the result; Last-Event-ID goes on from there
//   data: {"seq":4711,"id":"01…","at":…,"source":…,"experiment":…,…}
//
// One task asks the store for what is new, when it is told that there is something, and all
// listeners share what it found: the latest 500. Whoever is further behind gets those. Bounded: so
// many listeners, each for so long; a slow one holds up nobody, it skips.
// Thread: the serving loop's. Ownership: refers to the port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "runtime/loop.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "web/http.h"

namespace perfd::web::api {

struct NewResult {
  std::int64_t seq = 0;
  std::string data;  // the JSON object, without a line end
};

// What is asked of whoever keeps the results. Does not block.
class NewResults {
 public:
  virtual ~NewResults() = default;
  // The number of the newest result; 0 where there is none.
  virtual runtime::Task<Result<std::int64_t>> newest() = 0;
  // The first so many behind that number.
  virtual runtime::Task<Result<std::vector<NewResult>>> behind(std::int64_t seq,
                                                               std::size_t most) = 0;
};

struct EventStreamOptions {
  std::size_t max_listeners = 64;
  std::size_t max_behind = 500;
  Nanos heartbeat = std::chrono::seconds{15};
  Nanos longest = std::chrono::minutes{30};
  // For what was recorded without telling, or before the store had it.
  Nanos look_every = std::chrono::seconds{5};
};

class EventStream final : public Part {
 public:
  EventStream(runtime::Loop& loop, NewResults& results, EventStreamOptions options = {});
  ~EventStream() override;  // REQUIRES: stop() was awaited, or the loop runs no more

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

  // Something may have been recorded.
  void look() { changed_.set(); }
  // Ends every stream, in order, and waits until they are gone, for a second at most.
  runtime::Task<> stop();
  [[nodiscard]] std::size_t listeners() const { return waiting_.size(); }

 private:
  class Stream;
  runtime::Task<> follow();
  runtime::Task<Result<>> take_new();
  [[nodiscard]] std::string events_behind(std::int64_t& seq) const;

  NewResults& results_;
  EventStreamOptions options_;
  boost::asio::io_context& context_;
  std::deque<NewResult> latest_;
  std::int64_t last_seq_ = -1;  // not known yet
  runtime::Event changed_;
  runtime::Event ready_;  // last_seq_ is known
  bool following_ = false;
  bool stopping_ = false;
  std::list<runtime::Event*> waiting_;  // of each listener, which it waits for
  runtime::TaskGroup tasks_;
};

}  // namespace perfd::web::api
