// The one helper for "this, but no longer than until then".
// Thread: the loop's.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/result.h"
#include "runtime/timer.h"

namespace perfd::runtime {

[[nodiscard]] inline Error deadline_passed(std::string operation) {
  return error_from(make_error_code(boost::system::errc::timed_out), std::move(operation));
}
[[nodiscard]] inline bool is_timeout(Error const& error) {
  return error.code == boost::system::errc::timed_out;
}

// Runs `task`; when `deadline` comes first, cancels it, awaits its end and returns an
// error for which is_timeout() holds. Cancelling the awaiting task cancels both.
// An exception of `task` passes through.
template <class T>
Task<Result<T>> with_deadline(MonoTime deadline, Task<Result<T>> task) {
  namespace asio = boost::asio;
  auto const executor = co_await asio::this_coro::executor;
  auto [order, task_failure, value, timer_failure] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, std::move(task), asio::deferred),
          asio::co_spawn(executor, sleep_until(deadline), asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable_t<Executor>{});
  if (order[0] == 1 && !timer_failure) co_return deadline_passed("deadline");
  if (task_failure) std::rethrow_exception(task_failure);
  co_return std::move(value);
}

}  // namespace perfd::runtime
