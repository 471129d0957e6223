// A few threads for work that blocks: database queries, statistics, compression.
// Thread: run() on a loop; the function runs on a thread of the pool.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/loop.h"

namespace perfd::runtime {

class Pool {
 public:
  explicit Pool(std::size_t threads) : pool_(threads) {}
  // REQUIRES: the loops that use it still exist; waits for running functions.
  ~Pool() { pool_.join(); }

  // Runs `function` on a thread of the pool and resumes on `loop` with its value or its
  // exception. A task that is cancelled meanwhile goes on at once; the function, which
  // must therefore own what it uses, runs to its end.
  template <class Function>
  Task<std::invoke_result_t<Function>> run(Loop& loop, Function function) {
    using Value = std::invoke_result_t<Function>;
    struct Call {
      Call(Loop& l, Function f) : done(l.context()), function(std::move(f)) {}
      Event done;
      Function function;
      std::optional<Value> value;
      std::exception_ptr failure;
    };
    auto const call = std::make_shared<Call>(loop, std::move(function));
    boost::asio::post(pool_, [call, &loop] {
      try {
        call->value.emplace(call->function());
      } catch (...) {
        call->failure = std::current_exception();
      }
      loop.post([call] { call->done.set(); });
    });
    co_await call->done.wait();
    if (call->failure) std::rethrow_exception(call->failure);
    co_return std::move(*call->value);
  }

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace perfd::runtime
