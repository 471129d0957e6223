// An event loop: one thread, one io_context. perfd has one for measuring and one
// for serving, so that a busy server can't delay a mark.
// Thread: run() makes the calling thread the loop's; post() and stop() from any.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/task.h"

namespace perfd::runtime {

class Loop {
 public:
  // Called with a task's name and what it threw; the default writes to standard error.
  using FailureHandler = std::function<void(std::string_view task, std::string_view what)>;

  Loop();
  ~Loop();
  Loop(Loop const&) = delete;
  Loop& operator=(Loop const&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] Executor executor() { return context_.get_executor(); }

  // Runs until stop(), or until no task is left.
  void run();
  void stop();
  template <class Function>
  void post(Function&& function) {
    boost::asio::post(context_, std::forward<Function>(function));
  }

  // Runs one task to its end on this thread, other tasks of the loop beside it, and
  // returns its value or throws what it threw. For commands and tests.
  template <class T>
  T run_until_done(Task<T> task);

  void on_task_failure(FailureHandler handler) { failure_handler_ = std::move(handler); }
  void report_failure(std::string_view task, std::exception_ptr const& failure);

 private:
  boost::asio::io_context context_;
  FailureHandler failure_handler_;
};

namespace detail {
template <class T>
Task<> keep_value(Task<T> task, std::optional<T>& slot) {
  slot.emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
T Loop::run_until_done(Task<T> task) {
  std::optional<T> value;
  run_until_done(detail::keep_value(std::move(task), value));
  return std::move(*value);
}
template <>
void Loop::run_until_done<void>(Task<> task);

}  // namespace perfd::runtime
