// Reading results while they are being written: a connection of its own, read-only.
//
// Results are measurements that are done, numbered by `seq` in the order in which
// they became done. Numbers only grow and are never given twice, so a consumer that
// remembers the last one it saw misses nothing: a long measurement gets its number
// when it ends, not when it starts.
// Thread: one at a time; make as many as there are threads. Works beside the Store of
// this or another process, and without one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/measurement.h"
#include "store/store.h"

namespace perfd::store {

// All conditions hold at once; an empty list is no condition.
struct Filter {
  std::optional<WallTime> since{};  // started_at (or scheduled_at if it never started) >= since
  std::optional<WallTime> until{};  // and < until
  std::vector<std::string> experiments{};
  std::vector<std::string> sources{};
  std::vector<std::string> targets{};
  std::vector<std::string> arms{};
  std::vector<model::Kind> kinds{};
  std::vector<model::FailureCode> outcomes{};  // may hold `ok`
  bool failures_only = false;
  std::int64_t after_seq = 0;   // cursors: only seq > after_seq
  std::int64_t before_seq = 0;  // and < before_seq; 0: no bound
  std::optional<std::size_t> limit{};
  bool newest_first = false;
};

// Both included.
struct SeqRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct Row {
  std::int64_t seq = 0;
  WallTime recorded_at{};
  std::string record;  // the JSON line (formats/jsonl.h), without line end
};

// The columns alone: what a table, a plot or a counter needs, without the record.
struct Brief {
  std::int64_t seq = 0;
  std::string id;
  std::string source;
  std::string experiment;
  model::Kind kind = model::Kind::download;
  std::string target;
  std::string arm;
  std::string instance;
  std::string outcome;
  WallTime at{};  // started_at, or scheduled_at if it never started
  std::int64_t filesize = 0;
  std::optional<Micros> ttfb;  // START to DATARESPONSE
  std::optional<Micros> ttlb;  // START to DATACOMPLETE
};

// Changes whenever the set of results changes; made for ETag and Last-Modified.
struct Version {
  std::int64_t last_seq = 0;
  std::uint64_t deleted = 0;    // results that retention removed so far
  std::int64_t created_us = 0;  // of the file: numbers start anew in another file
  WallTime modified_at{};

  [[nodiscard]] std::string token() const;
  friend bool operator==(Version const&, Version const&) = default;
};

struct Totals {
  std::int64_t measurements = 0;
  std::int64_t circuits = 0;
  std::int64_t streams = 0;
  std::int64_t raw_events = 0;
  std::int64_t running = 0;
};

// Which circuits, streams, events or choices of guards; `instance` empty means all.
struct EventFilter {
  std::string instance{};
  std::optional<std::uint64_t> tor_run{};
  std::optional<WallTime> since{};  // of launched_at, created_at, at
  std::optional<WallTime> until{};
  std::optional<WallTime> closed_since{};  // of circuits and streams: those that ended, at or after
  std::optional<WallTime> closed_until{};
  std::optional<std::size_t> limit{};
};

class Reader {
 public:
  [[nodiscard]] static Result<Reader> open(std::filesystem::path const& path);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // At most `max_rows` rows. The next page begins after the last row's seq; an empty
  // page is the end.
  [[nodiscard]] Result<std::vector<Row>> page(Filter const& filter, std::size_t max_rows = 500);
  // All rows, page by page, so that a slow consumer holds no lock and no memory. Stops
  // when `each` returns false. Gives the number of rows that were handed out.
  Result<std::size_t> for_each(Filter const& filter, std::function<bool(Row const&)> const& each);
  // Between which numbers all rows of this filter are, found by indexes: others may be there too.
  // Nothing where there are none.
  [[nodiscard]] Result<std::optional<SeqRange>> range_of(Filter const& filter);
  Result<std::size_t> for_each_brief(Filter const& filter,
                                     std::function<bool(Brief const&)> const& each);

  // Each measurement as far as reports look at it (figures.h): its id, marks without bounds, and
  // nothing of tor but the guard and the hops of the first circuit. Stops when `each` returns
  // false. `broken` gets the rows that can't be read; the number given is without them. A thousand
  // rows are read at once, so `each` should not wait for anything.
  Result<std::size_t> for_each_figures(
      Filter const& filter, std::function<bool(model::Measurement const&)> const& each,
      std::function<void(std::int64_t seq, Error const&)> const& broken);

  [[nodiscard]] Result<std::optional<Row>> by_id(std::string const& id);
  [[nodiscard]] Result<std::vector<model::Measurement>> running();

  // When the earliest measurement, circuit or stream began; nothing in an empty store.
  [[nodiscard]] Result<std::optional<WallTime>> earliest();

  [[nodiscard]] Result<Version> version();
  [[nodiscard]] Result<Totals> totals();
  [[nodiscard]] Result<std::vector<std::string>> experiments();  // that have results, sorted

  Result<std::size_t> for_each_circuit(EventFilter const& filter,
                                       std::function<bool(model::Circuit const&)> const& each);
  Result<std::size_t> for_each_stream(EventFilter const& filter,
                                      std::function<bool(model::Stream const&)> const& each);
  Result<std::size_t> for_each_raw_event(EventFilter const& filter,
                                         std::function<bool(RawEvent const&)> const& each);
  Result<std::size_t> for_each_guard_choice(
      EventFilter const& filter, std::function<bool(model::GuardChoice const&)> const& each);
  // The latest of each instance, by name.
  [[nodiscard]] Result<std::vector<model::GuardRanking>> guard_rankings();

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::store
