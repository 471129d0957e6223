// The results on disk: one SQLite file, one writing process, one writing thread.
//
// Two promises. A measurement whose `started` was confirmed is there after any end
// of perfd, as done or as PERFD_ABORTED. A measurement whose `done` was confirmed
// survives kill -9 and power loss: those commits are synced (WAL, synchronous=FULL).
// Circuits, streams and raw events come in batches and are synced with the next
// checkpoint; a power loss may take the last seconds of them, never the file.
//
// What can't be written (disk full, an I/O error) stays in memory and is tried again
// until it is saved; health() tells while that lasts. Nothing is dropped before the
// bounds in Options are reached, and what is dropped then is counted.
//
// Thread: open and close from one thread; everything else from any. Callbacks run on
// the writer's thread (after close() on the caller's), exactly once each, without a lock
// held; they must be short and must not throw, and may call the Store but not destroy it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "model/guards.h"
#include "model/measurement.h"
#include "store/numbers.h"

namespace perfd::store {

struct Options {
  std::filesystem::path path;  // the file; its folder is created
  // Where the time comes from that a record was written at. Called on the writer's thread.
  std::function<WallTime()> now;
  Micros batch_delay{200'000};              // how long events wait for company
  std::size_t batch_rows = 500;             // or until so many wait
  Micros retry_delay{1'000'000};            // after a failed write
  std::size_t max_measurements = 10'000;    // that wait in memory
  std::size_t max_events = 200'000;         // circuits, streams and raw events that wait
  std::int64_t max_event_bytes = 64 << 20;  // and their size
  std::int64_t max_file_bytes = 0;          // a bound on the file, as a full disk; 0: none
  Numbers numbers{};                        // of roll-ups; without them none are kept
};

// What the operator must see, in `status` and in the log.
struct Health {
  std::size_t pending_measurements = 0;  // handed in and not yet on disk
  std::size_t pending_events = 0;
  std::uint64_t lost_measurements = 0;  // dropped at a bound, or refused by the database
  std::uint64_t lost_events = 0;
  std::uint64_t write_errors = 0;  // failed attempts since the start
  bool failing = false;            // the latest attempt failed
  std::string last_error;          // with its remedy; stays after recovery

  [[nodiscard]] bool good() const { return !failing && lost_measurements == 0 && lost_events == 0; }
};

struct RawEvent {
  std::string instance;
  std::uint64_t tor_run = 0;
  WallTime at{};
  std::string line;  // as tor sent it, without the line end

  friend bool operator==(RawEvent const&, RawEvent const&) = default;
};

// What is older than these moments is deleted; absent means kept.
struct Retention {
  std::optional<WallTime> measurements_before{};
  // Circuits by launch, streams by creation, guards by the time of choice and of ranking.
  std::optional<WallTime> circuits_before{};
  std::optional<WallTime> raw_events_before{};
};

struct Pruned {
  std::uint64_t measurements = 0;
  std::uint64_t circuits = 0;
  std::uint64_t streams = 0;
  std::uint64_t raw_events = 0;
  std::uint64_t guards = 0;  // choices and rankings

  friend bool operator==(Pruned const&, Pruned const&) = default;
};

class Store {
 public:
  using Callback = std::function<void(Result<void>)>;

  // Creates or migrates the file, takes its lock, and turns every measurement that
  // was started and not finished into a PERFD_ABORTED record. The error says what is
  // wrong with the file and what to do: damaged, not perfd's, newer than this
  // program, in use by another perfd (with its pid), no permission, disk full.
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(Options options);
  ~Store();  // close()
  Store(Store const&) = delete;
  Store& operator=(Store const&) = delete;

  [[nodiscard]] std::size_t aborted_at_open() const;

  // To be confirmed before the measurement runs: id, source, experiment, kind, target,
  // arm, guards, scheduled_at and started_at are known by then. An error means that
  // the record is not on disk yet; it stays in memory and is tried again. Whoever then
  // doesn't run the measurement still ends it with done(), with an outcome that says so.
  void started(model::Measurement measurement, Callback committed = {});
  // The final record, also for a missed slot or a cancelled run, which had no `started`.
  // An id is recorded once: a second, different record of it is refused.
  void done(model::Measurement measurement, Callback committed = {});

  // Circuits and streams when they have ended, or earlier: a later record of the same
  // (instance, tor_run, id) replaces the earlier one.
  void circuit(model::Circuit circuit);
  void stream(model::Stream stream);
  void raw_event(RawEvent event);
  void guard_choice(model::GuardChoice choice);
  // Replaces the instance's earlier one.
  void guard_ranking(model::GuardRanking ranking);

  // Deletes in small steps between which measurements are written, then gives the
  // space back to the file system where more than a tenth of the file is free. A second
  // call ends the first one where it stands.
  void prune(Retention retention, std::function<void(Result<Pruned>)> pruned = {});

  // Confirmed when everything that was handed in before is on disk.
  void flush(Callback flushed);

  [[nodiscard]] Health health() const;

  // Writes what waits, with one last attempt, and ends the thread. The error tells how
  // much could not be saved. Idempotent.
  Result<void> close();

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reads the whole file: for `perfd check`, not for a running daemon's loop.
[[nodiscard]] Result<void> check_integrity(std::filesystem::path const& path);

}  // namespace perfd::store
