// Several tasks at once, awaited together.
// Thread: the loop's.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"

namespace perfd::testnet {

// Runs all tasks to their end and gives the first Error. Cancelling the awaiting task
// cancels them all.
inline runtime::Task<Result<>> together(std::vector<runtime::Task<Result<>>> tasks) {
  namespace asio = boost::asio;
  if (tasks.empty()) co_return Result<>{};
  auto const executor = co_await asio::this_coro::executor;
  using Operation = decltype(asio::co_spawn(executor, std::move(tasks[0]), asio::deferred));
  std::vector<Operation> operations;
  operations.reserve(tasks.size());
  for (auto& task : tasks)
    operations.push_back(asio::co_spawn(executor, std::move(task), asio::deferred));
  auto [order, failures, results] =
      co_await asio::experimental::make_parallel_group(std::move(operations))
          .async_wait(asio::experimental::wait_for_all(),
                      asio::use_awaitable_t<runtime::Executor>{});
  for (auto const& failure : failures)
    if (failure) std::rethrow_exception(failure);
  for (auto const& result : results)
    if (!result) co_return result.error();
  co_return Result<>{};
}

}  // namespace perfd::testnet
