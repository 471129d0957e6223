// Waiting on a loop for the store's writer thread.
// Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
#include "runtime/loop.h"

namespace perfd::app {

// Calls `begin` with a callback that any thread may call once, and gives what it was
// called with. A task that is cancelled goes on without the answer.
template <class T>
runtime::Task<Result<T>> answered(runtime::Loop& loop,
                                  std::function<void(std::function<void(Result<T>)>)> begin) {
  struct Call {
    explicit Call(runtime::Loop& l) : done(l.context()) {}
    runtime::Event done;
    std::optional<Result<T>> result;
  };
  auto const call = std::make_shared<Call>(loop);
  begin([call, &loop](Result<T> result) {
    loop.post([call, result = std::move(result)] {
      call->result.emplace(result);
      call->done.set();
    });
  });
  co_await call->done.wait();
  co_return std::move(*call->result);
}

}  // namespace perfd::app
