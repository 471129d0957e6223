#include "store/bulk.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/imported_rows.h"
#include "store/lock.h"
#include "store/schema.h"
#include "store/writer.h"

namespace perfd::store {
namespace {

constexpr std::size_t kBatchRows = 2000;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20U;
constexpr std::size_t kWaiting = 2;  // batches
constexpr std::size_t kRollUpRows = 20'000;

struct Batch {
  ImportedRows measurements;
  std::vector<Event> circuits;

  [[nodiscard]] bool full() const {
    return measurements.size() + circuits.size() >= kBatchRows ||
           measurements.bytes() >= kBatchBytes;
  }
  void clear() {
    measurements.clear();
    circuits.clear();
  }
};

}  // namespace

struct Bulk::Impl {
  Impl(FileLock file_lock, SQLite::Database database, std::filesystem::path const& path,
       std::function<WallTime()> clock, Numbers numbers)
      : lock(std::move(file_lock)),
        writer(std::move(database), path, std::move(numbers)),
        now(std::move(clock)) {}

  void run();
  Result<void> write(Batch const& batch);
  Result<void> hand_over();

  FileLock lock;
  Writer writer;  // of the thread while it runs
  std::function<WallTime()> now;
  Batch filling;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<Batch> waiting;
  std::vector<Batch> written;  // whose memory is used again
  std::size_t fresh = 0;
  std::optional<Error> failure;
  bool ending = false;

  std::thread thread;
};

void Bulk::Impl::run() {
  std::unique_lock guard(mutex);
  while (true) {
    changed.wait(guard, [this] { return ending || !waiting.empty(); });
    if (waiting.empty() || failure) break;
    // Its place in the queue stays taken while it is written: that bounds what is in memory.
    auto batch = std::move(waiting.front());
    guard.unlock();
    auto const done = write(batch);
    batch.clear();
    guard.lock();
    waiting.pop_front();
    written.push_back(std::move(batch));
    if (!done) failure = done.error();
    changed.notify_all();
  }
  changed.notify_all();
}

Result<void> Bulk::Impl::write(Batch const& batch) {
  auto const count = writer.commit(batch.measurements, now());
  if (!count) return count.error();
  fresh += *count;
  if (!batch.circuits.empty()) {
    auto const refused = writer.commit(batch.circuits);
    if (!refused) return refused.error();
  }
  auto const rolled = writer.roll_up(kRollUpRows, kRollUpRows);
  return rolled ? Result<void>() : rolled.error();
}

Result<void> Bulk::Impl::hand_over() {
  std::unique_lock guard(mutex);
  changed.wait(guard, [this] { return failure || waiting.size() < kWaiting; });
  if (failure) return *failure;
  waiting.push_back(std::move(filling));
  filling = {};
  if (!written.empty()) {
    filling = std::move(written.back());
    written.pop_back();
  }
  changed.notify_all();
  return {};
}

Result<std::unique_ptr<Bulk>> Bulk::open(std::filesystem::path const& path,
                                         std::function<WallTime()> now, Numbers numbers) {
  std::error_code cause;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), cause);
  if (cause)
    return Error{"cannot make the folder " + path.parent_path().string() + ": " + cause.message(),
                 cause};
  auto lock = FileLock::take(path);
  if (!lock) return lock.error();
  auto database = open_for_writing(path, 0);
  if (!database) return database.error();
  try {
    auto impl = std::make_unique<Impl>(std::move(*lock), std::move(*database), path, std::move(now),
                                       std::move(numbers));
    if (auto const aborted = impl->writer.recover(impl->now()); !aborted) return aborted.error();
    sync_folder(path.parent_path());
    if (auto const eased = impl->writer.sync_at_the_end(); !eased) return eased.error();
    impl->thread = std::thread([raw = impl.get()] { raw->run(); });
    return std::unique_ptr<Bulk>(new Bulk(std::move(impl)));
  } catch (SQLite::Exception const& failure) {
    return explain(path, failure);
  }
}

Bulk::Bulk(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Bulk::~Bulk() {
  {
    std::lock_guard const guard(impl_->mutex);
    impl_->ending = true;
    impl_->changed.notify_all();
  }
  if (impl_->thread.joinable()) impl_->thread.join();
}

Result<void> Bulk::add(model::Measurement measurement) {
  impl_->filling.measurements.add(measurement);
  return impl_->filling.full() ? impl_->hand_over() : Result<void>();
}

Result<void> Bulk::add(model::Circuit circuit) {
  impl_->filling.circuits.emplace_back(std::move(circuit));
  return impl_->filling.full() ? impl_->hand_over() : Result<void>();
}

Result<std::size_t> Bulk::finish() {
  if (auto const handed = impl_->hand_over(); !handed) return handed.error();
  {
    std::lock_guard const guard(impl_->mutex);
    impl_->ending = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
  if (impl_->failure) return *impl_->failure;
  for (Result<bool> more = true; !more || *more;) {
    more = impl_->writer.roll_up(1, kRollUpRows);
    if (!more) return more.error();
  }
  if (auto const synced = impl_->writer.sync(); !synced) return synced.error();
  return impl_->fresh;
}

}  // namespace perfd::store
