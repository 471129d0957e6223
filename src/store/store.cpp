#include "store/store.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "store/backlog.h"
#include "store/database.h"
#include "store/lock.h"
#include "store/writer.h"

namespace perfd::store {
namespace {

constexpr std::size_t kUrgentAtOnce = 200;  // bounds the JSON text of one transaction
constexpr std::size_t kEventsAtOnce = 2000;
constexpr int kPruneRows = 500;
// Readers count so many one by one; to roll up each alone would write much more than it is.
constexpr std::int64_t kRollUpFrom = 256;
constexpr std::size_t kRollUpRows = 2000;  // some ms, in which measurements wait

void add(Pruned& sum, Pruned const& step) {
  sum.measurements += step.measurements;
  sum.circuits += step.circuits;
  sum.streams += step.streams;
  sum.raw_events += step.raw_events;
  sum.guards += step.guards;
}

}  // namespace

struct Store::Impl {
  Impl(Options given, FileLock file_lock, SQLite::Database database)
      : options(std::move(given)),
        lock(std::move(file_lock)),
        writer(std::in_place, std::move(database), options.path, options.numbers),
        backlog(options) {}

  struct PruneJob {
    Retention retention;
    std::function<void(Result<Pruned>)> pruned;
    Pruned sum;
    bool deleting = true;  // then giving space back
  };
  struct Flush {
    Callback flushed;
  };
  using Call = std::function<void()>;

  void run();
  void wait(std::unique_lock<std::mutex>& guard);
  bool write_urgent(std::unique_lock<std::mutex>& guard);
  bool write_events(std::unique_lock<std::mutex>& guard);
  void prune(std::unique_lock<std::mutex>& guard);
  void roll_up(std::unique_lock<std::mutex>& guard);
  void finish_flushes(std::unique_lock<std::mutex>& guard, std::size_t count,
                      std::optional<Error> const& error);
  void give_up(std::unique_lock<std::mutex>& guard);
  void note_failure(Error const& error);
  void call(std::unique_lock<std::mutex>& guard, std::vector<Call> const& calls);
  void accept(UrgentItem item);
  void accept(Event event);
  void submit(std::unique_lock<std::mutex>& guard, Call what);

  Options const options;
  std::optional<FileLock> lock;
  std::optional<Writer> writer;  // of the thread while it runs
  std::size_t aborted = 0;
  bool behind = true;  // of the thread: rows wait to be rolled up
  bool roll_up_failed = false;

  std::mutex mutable mutex;  // guards what follows
  std::condition_variable changed;
  Backlog backlog;
  std::vector<Call> calls;     // that only wait for the thread
  std::vector<Flush> flushes;  // that wait until the backlog is empty
  std::optional<PruneJob> job;
  Health health;
  bool fresh = false;  // something that can't wait came since the last attempt
  bool stopping = false;
  bool stopped = false;
  Result<void> outcome;  // of close()

  std::thread thread;
};

void Store::Impl::note_failure(Error const& error) {
  health.failing = true;
  ++health.write_errors;
  health.last_error = error.message;
}

// The lock is open while callbacks run, so that they may call the Store.
void Store::Impl::call(std::unique_lock<std::mutex>& guard, std::vector<Call> const& what) {
  if (what.empty()) return;
  guard.unlock();
  for (auto const& each : what) each();
  guard.lock();
}

void Store::Impl::wait(std::unique_lock<std::mutex>& guard) {
  auto const pressing = [this] { return stopping || fresh || !flushes.empty() || !calls.empty(); };
  if (health.failing && !job) {
    changed.wait_for(guard, options.retry_delay, pressing);
    return;
  }
  if (backlog.has_urgent() || job || behind) return;
  if (backlog.waiting_events() == 0)
    changed.wait(guard, [&] { return pressing() || job || backlog.waiting_events() > 0; });
  if (pressing() || job) return;
  changed.wait_for(guard, options.batch_delay, [&] {
    return pressing() || job || backlog.waiting_events() >= options.batch_rows;
  });
}

bool Store::Impl::write_urgent(std::unique_lock<std::mutex>& guard) {
  auto items = backlog.take_urgent(kUrgentAtOnce);
  guard.unlock();
  std::vector<Urgent const*> pointers;
  for (auto const& item : items) pointers.push_back(&item.what);
  auto refusals = writer->commit(pointers, options.now());
  guard.lock();
  std::vector<Call> report;
  std::deque<UrgentItem> settled;
  std::deque<UrgentItem> again;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto& item = items[i];
    auto const error = refusals ? (*refusals)[i] : std::optional(refusals.error());
    if (refusals && error) {
      ++health.lost_measurements;
      health.last_error = error->message;
    }
    if (auto committed = std::exchange(item.committed, {}))
      report.push_back([committed = std::move(committed), error] {
        committed(error ? Result<void>(*error) : Result<void>());
      });
    (refusals ? settled : again).push_back(std::move(item));
  }
  backlog.settled(settled);
  backlog.put_back(std::move(again));
  if (refusals)
    health.failing = false;
  else
    note_failure(refusals.error());
  call(guard, report);
  return refusals.has_value();
}

bool Store::Impl::write_events(std::unique_lock<std::mutex>& guard) {
  auto events = backlog.take_events(kEventsAtOnce);
  guard.unlock();
  auto const refused = writer->commit(events);
  guard.lock();
  if (refused) {
    backlog.settled(events);
    health.lost_events += *refused;
    health.failing = false;
    return true;
  }
  backlog.put_back(std::move(events));
  note_failure(refused.error());
  return false;
}

void Store::Impl::prune(std::unique_lock<std::mutex>& guard) {
  // Taken out of `job`, where a newer one may come meanwhile.
  auto current = *std::exchange(job, std::nullopt);
  guard.unlock();
  std::optional<Error> error;
  bool more = true;
  if (current.deleting) {
    auto const deleted = writer->prune_step(current.retention, kPruneRows, options.now());
    if (deleted) {
      add(current.sum, *deleted);
      current.deleting = !(*deleted == Pruned{});
    } else {
      error = deleted.error();
    }
  } else {
    auto const vacuumed = writer->vacuum_step();
    if (vacuumed)
      more = *vacuumed;
    else
      error = vacuumed.error();
  }
  guard.lock();
  if (error) note_failure(*error);
  bool const superseded = job.has_value();
  if (!error && more && !superseded && !stopping) {
    job = std::move(current);
    return;
  }
  if (!current.pruned) return;
  call(guard,
       {[&] { current.pruned(error ? Result<Pruned>(*error) : Result<Pruned>(current.sum)); }});
}

// In between, one step at a time.
void Store::Impl::roll_up(std::unique_lock<std::mutex>& guard) {
  guard.unlock();
  auto const more = writer->roll_up(kRollUpFrom, kRollUpRows);
  guard.lock();
  behind = more && *more;
  if (!more)
    note_failure(more.error());
  else if (roll_up_failed)
    health.failing = false;
  roll_up_failed = !more;
}

void Store::Impl::finish_flushes(std::unique_lock<std::mutex>& guard, std::size_t count,
                                 std::optional<Error> const& error) {
  std::vector<Call> report;
  auto const end = flushes.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto flush = flushes.begin(); flush != end; ++flush)
    report.push_back([flushed = std::move(flush->flushed), error] {
      if (flushed) flushed(error ? Result<void>(*error) : Result<void>());
    });
  flushes.erase(flushes.begin(), end);
  call(guard, report);
}

// The last attempt failed: what waits is lost, and everyone who waits for it is told.
void Store::Impl::give_up(std::unique_lock<std::mutex>& guard) {
  if (!backlog.has_urgent() && backlog.waiting_events() == 0) return;
  Error const error{"lost when perfd ended: " + std::to_string(backlog.measurements()) +
                    " measurements and " + std::to_string(backlog.events()) +
                    " events that could not be written. " + health.last_error};
  health.lost_measurements += backlog.measurements();
  health.lost_events += backlog.events();
  std::vector<Call> report;
  for (auto& item : backlog.take_urgent(SIZE_MAX)) {
    if (item.committed)
      report.push_back([committed = std::move(item.committed), error] { committed(error); });
  }
  outcome = error;
  call(guard, report);
  finish_flushes(guard, flushes.size(), error);
}

void Store::Impl::run() {
  std::unique_lock guard(mutex);
  for (;;) {
    wait(guard);
    call(guard, std::exchange(calls, {}));
    fresh = false;
    // A failure answers those that asked before the attempt; later ones wait for the next.
    auto const asked = flushes.size();
    // Deleting first: it may make the room that writing lacks.
    if (job && !stopping) prune(guard);
    bool good = true;
    if (backlog.has_urgent()) good = write_urgent(guard);
    if (good && backlog.waiting_events() > 0) good = write_events(guard);
    bool const empty = !backlog.has_urgent() && backlog.waiting_events() == 0;
    if (empty)
      finish_flushes(guard, flushes.size(), std::nullopt);
    else if (!good)
      finish_flushes(guard, asked, Error{health.last_error});
    if (stopping && calls.empty() && (empty || !good)) break;
    if (good && !stopping) roll_up(guard);
  }
  stopped = true;
  give_up(guard);
  auto const unfinished = std::exchange(job, std::nullopt);
  if (unfinished && unfinished->pruned) call(guard, {[&] { unfinished->pruned(unfinished->sum); }});
}

void Store::Impl::accept(UrgentItem item) {
  std::unique_lock guard(mutex);
  fresh = true;
  changed.notify_one();
  if (!stopped && backlog.add(item)) return;
  Error const error{stopped ? "the store is closed"
                            : "too many measurements wait to be written; this one is lost. " +
                                  health.last_error};
  ++health.lost_measurements;
  submit(guard, [item = std::move(item), error] {
    if (item.committed) item.committed(error);
  });
}

// To the thread; after its end there is only the caller's.
void Store::Impl::submit(std::unique_lock<std::mutex>& guard, Call what) {
  if (stopped) {
    call(guard, {std::move(what)});
    return;
  }
  calls.push_back(std::move(what));
  changed.notify_one();
}

void Store::Impl::accept(Event event) {
  std::lock_guard const guard(mutex);
  if (stopped || !backlog.add(std::move(event))) ++health.lost_events;
  auto const waiting = backlog.waiting_events();
  // The thread sleeps until the first event, and from then on until the batch is full.
  if (waiting == 1 || waiting == options.batch_rows) changed.notify_one();
}

Result<std::unique_ptr<Store>> Store::open(Options options) {
  if (auto const folder = options.path.parent_path(); !folder.empty()) {
    std::error_code cause;
    std::filesystem::create_directories(folder, cause);
    if (cause)
      return Error{"cannot make the folder " + folder.string() + ": " + cause.message(), cause};
  }
  auto lock = FileLock::take(options.path);
  if (!lock) return lock.error();
  auto const path = options.path;
  auto database = open_for_writing(path, options.max_file_bytes);
  if (!database) return database.error();
  try {
    auto impl = std::make_unique<Impl>(std::move(options), std::move(*lock), std::move(*database));
    auto const aborted = impl->writer->recover(impl->options.now());
    if (!aborted) return aborted.error();
    impl->aborted = *aborted;
    sync_folder(path.parent_path());
    impl->thread = std::thread([raw = impl.get()] { raw->run(); });
    return std::unique_ptr<Store>(new Store(std::move(impl)));
  } catch (SQLite::Exception const& failure) {
    return explain(path, failure);
  }
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() { (void)close(); }

std::size_t Store::aborted_at_open() const { return impl_->aborted; }

void Store::started(model::Measurement measurement, Callback committed) {
  impl_->accept(UrgentItem{Started{std::move(measurement)}, std::move(committed)});
}

void Store::done(model::Measurement measurement, Callback committed) {
  impl_->accept(UrgentItem{Done{std::move(measurement)}, std::move(committed)});
}

void Store::circuit(model::Circuit circuit) { impl_->accept(Event{std::move(circuit)}); }
void Store::stream(model::Stream stream) { impl_->accept(Event{std::move(stream)}); }
void Store::raw_event(RawEvent event) { impl_->accept(Event{std::move(event)}); }
void Store::guard_choice(model::GuardChoice choice) { impl_->accept(Event{std::move(choice)}); }
void Store::guard_ranking(model::GuardRanking ranking) { impl_->accept(Event{std::move(ranking)}); }

void Store::prune(Retention retention, std::function<void(Result<Pruned>)> pruned) {
  std::unique_lock guard(impl_->mutex);
  auto job = Impl::PruneJob{retention, std::move(pruned), {}};
  if (!impl_->stopped) {
    std::optional<Impl::PruneJob> superseded(std::move(job));
    impl_->job.swap(superseded);
    impl_->fresh = true;
    if (!superseded) {
      impl_->changed.notify_one();
      return;
    }
    job = std::move(*superseded);
  }
  if (job.pruned) impl_->submit(guard, [job = std::move(job)] { job.pruned(job.sum); });
}

void Store::flush(Callback flushed) {
  std::unique_lock guard(impl_->mutex);
  if (impl_->stopped) {
    impl_->submit(guard, [flushed = std::move(flushed), outcome = impl_->outcome] {
      if (flushed) flushed(outcome);
    });
    return;
  }
  impl_->flushes.push_back({std::move(flushed)});
  impl_->changed.notify_one();
}

Health Store::health() const {
  std::lock_guard const guard(impl_->mutex);
  auto health = impl_->health;
  health.pending_measurements = impl_->backlog.measurements();
  health.pending_events = impl_->backlog.events();
  return health;
}

Result<void> Store::close() {
  if (!impl_->thread.joinable()) return impl_->outcome;
  {
    std::lock_guard const guard(impl_->mutex);
    impl_->stopping = true;
    impl_->changed.notify_one();
  }
  impl_->thread.join();
  impl_->writer.reset();  // writes the log back into the file
  impl_->lock.reset();
  return impl_->outcome;
}

Result<void> check_integrity(std::filesystem::path const& path) {
  auto database = open_for_reading(path);
  if (!database) return database.error();
  try {
    SQLite::Statement check(*database, "PRAGMA integrity_check(20)");
    std::string found;
    while (check.executeStep()) {
      auto const line = check.getColumn(0).getString();
      if (line != "ok") found += (found.empty() ? "" : "; ") + line;
    }
    if (found.empty()) return {};
    return Error{path.string() + " is damaged: " + found,
                 make_error_code(boost::system::errc::bad_message)};
  } catch (SQLite::Exception const& failure) {
    return explain(path, failure);
  }
}

}  // namespace perfd::store
