#include "runtime/signals.h"

#include <signal.h>

#include "runtime/loop.h"

namespace perfd::runtime {

void ignore_until_awaited(int number) { ::signal(number, SIG_IGN); }

void ignore_broken_pipes() { ::signal(SIGPIPE, SIG_IGN); }

Signals::Signals(Loop& loop, std::initializer_list<int> numbers) : set_(loop.executor()) {
  for (int const number : numbers) set_.add(number);
}

Task<int> Signals::next() {
  co_return co_await set_.async_wait(boost::asio::use_awaitable_t<Executor>{});
}

}  // namespace perfd::runtime
