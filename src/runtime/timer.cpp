#include "runtime/timer.h"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/deadline.h"

namespace perfd::runtime {
namespace {

// Tells virtual time which moment is waited for, as long as it is.
class Sleeping {
 public:
  explicit Sleeping(MonoTime until) : source_(time_source()), until_(until) {
    if (source_ != nullptr) source_->sleeping(until_);
  }
  ~Sleeping() {
    if (source_ != nullptr) source_->woken(until_);
  }
  Sleeping(Sleeping const&) = delete;
  Sleeping& operator=(Sleeping const&) = delete;

 private:
  TimeSource* source_;
  MonoTime until_;
};

}  // namespace

Task<> sleep_until(MonoTime until) {
  Timer timer(co_await boost::asio::this_coro::executor);
  Sleeping const sleeping(until);
  timer.expires_at(until);
  co_await timer.async_wait(boost::asio::use_awaitable_t<Executor>{});
}

Task<> sleep_for(Nanos span) { co_await sleep_until(mono_now() + span); }

Event::Event(boost::asio::io_context& context) : timer_(context) {
  timer_.expires_at(MonoTime::max());
}

void Event::set() {
  if (set_) return;
  set_ = true;
  timer_.cancel();
}

void Event::reset() { set_ = false; }

Task<> Event::wait() {
  while (!set_) {
    boost::system::error_code error;
    co_await timer_.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable_t<Executor>{}, error));
    // The timer's own cancellation is the wake-up; the task's throws at its next await.
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none)
      throw boost::system::system_error(boost::asio::error::operation_aborted);
  }
}

namespace {
Task<Result<>> waited(Event& event) {
  co_await event.wait();
  co_return Result<>{};
}
}  // namespace

Task<bool> Event::wait_until(MonoTime until) {
  if (set_) co_return true;
  auto const result = co_await with_deadline(until, waited(*this));
  co_return result.has_value();
}

}  // namespace perfd::runtime
