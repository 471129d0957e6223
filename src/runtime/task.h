// Coroutines as perfd uses them.
//
// A Task is a lazy coroutine of one loop. It runs when it is awaited, or when a
// TaskGroup spawns it; nothing is ever detached. Cancellation arrives as an
// exception (boost::system::system_error with operation_aborted) at the next await.
// Parameters of a coroutine are taken by value or outlive it; lambdas that capture
// are not coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <string>

#include "base/result.h"
#include "runtime/timer.h"

namespace perfd::runtime {

class Loop;

// A set of running tasks with one owner. The owner ends with `co_await stop()`.
// Thread: the loop's.
class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop);
  ~TaskGroup();  // REQUIRES: empty, or a loop that will not run again
  TaskGroup(TaskGroup const&) = delete;
  TaskGroup& operator=(TaskGroup const&) = delete;

  // Starts `task` at the loop's next turn. An exception that is not a cancellation
  // goes to the loop's failure handler under `name`.
  void spawn(std::string name, Task<> task);

  // Asks every task to end. Only while the loop runs: the request is carried out by the loop,
  // and a task that ends before that is gone.
  void cancel();
  Task<> join();  // until every task has ended
  Task<> stop();  // cancel, then join
  [[nodiscard]] std::size_t size() const { return running_.size(); }

 private:
  struct Running {
    std::string name;
    boost::asio::cancellation_signal signal;
  };
  void ended(std::list<Running>::iterator entry, std::exception_ptr failure);

  Loop& loop_;
  std::list<Running> running_;
  Event idle_;
  bool cancelling_ = false;
};

// Whether an exception is the cancellation of a task, as opposed to a failure.
[[nodiscard]] bool is_cancellation(std::exception_ptr const& failure);

}  // namespace perfd::runtime
