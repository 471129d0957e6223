#include "experiments/race.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace perfd::experiments {
namespace {

runtime::Task<> wait_for(runtime::Event* stop) {
  if (stop != nullptr)
    co_await stop->wait();
  else
    co_await runtime::sleep_until(MonoTime::max());
}

}  // namespace

runtime::Task<Raced> race(MonoTime deadline, runtime::Event* stop, runtime::Task<Result<>> work) {
  namespace asio = boost::asio;
  auto const executor = co_await asio::this_coro::executor;
  auto [order, failure, result, timer_failure, stop_failure] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, std::move(work), asio::deferred),
          asio::co_spawn(executor, runtime::sleep_until(deadline), asio::deferred),
          asio::co_spawn(executor, wait_for(stop), asio::deferred))
          .async_wait(asio::experimental::wait_for_one(),
                      asio::use_awaitable_t<runtime::Executor>{});
  // Work that had its end counts, even where the other two came in the same turn.
  if (failure && !runtime::is_cancellation(failure)) std::rethrow_exception(failure);
  if (!failure) co_return result ? Raced{} : Raced{Ending::finished, result.error()};
  bool const timed_out = order[0] == 1 && !timer_failure;
  co_return Raced{timed_out ? Ending::deadline : Ending::stopped, {}};
}

}  // namespace perfd::experiments
