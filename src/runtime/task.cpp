#include "runtime/task.h"

#include <utility>

#include "runtime/loop.h"

namespace perfd::runtime {

bool is_cancellation(std::exception_ptr const& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (boost::system::system_error const& e) {
    return e.code() == boost::asio::error::operation_aborted;
  } catch (...) {
  }
  return false;
}

TaskGroup::TaskGroup(Loop& loop) : loop_(loop), idle_(loop.context()) { idle_.set(); }

TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(std::string name, Task<> task) {
  auto const entry = running_.emplace(running_.end());
  entry->name = std::move(name);
  idle_.reset();
  boost::asio::co_spawn(loop_.executor(), std::move(task),
                        boost::asio::bind_cancellation_slot(
                            entry->signal.slot(),
                            [this, entry](std::exception_ptr failure) { ended(entry, failure); }));
  // A group that is being stopped takes no work that outlives the stop.
  if (cancelling_) entry->signal.emit(boost::asio::cancellation_type::terminal);
}

void TaskGroup::ended(std::list<Running>::iterator entry, std::exception_ptr failure) {
  if (failure && !is_cancellation(failure)) loop_.report_failure(entry->name, failure);
  running_.erase(entry);
  if (running_.empty()) idle_.set();
}

void TaskGroup::cancel() {
  // A task may end, and leave the list, while its signal is being emitted.
  for (auto entry = running_.begin(); entry != running_.end();)
    (entry++)->signal.emit(boost::asio::cancellation_type::terminal);
}

Task<> TaskGroup::join() { co_await idle_.wait(); }

Task<> TaskGroup::stop() {
  cancelling_ = true;
  cancel();
  co_await join();
  cancelling_ = false;
}

}  // namespace perfd::runtime
