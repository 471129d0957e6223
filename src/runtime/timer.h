// Waiting: for a moment, or for an event that another task sets.
// Thread: the loop's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include "base/units.h"
#include "runtime/clock.h"

namespace perfd::runtime {

using Executor = boost::asio::io_context::executor_type;
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

// Asio's timers on perfd's clock. Under virtual time they never really wait: the
// loop looks again at once, and the driver moves the clock.
struct LoopClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = MonoTime;
  static constexpr bool is_steady = true;
  static time_point now() { return mono_now(); }
};
struct LoopWait {
  static Nanos to_wait_duration(Nanos span) { return time_source() != nullptr ? Nanos{0} : span; }
  static Nanos to_wait_duration(MonoTime until) {
    // The far future must not overflow in the subtraction.
    if (until == MonoTime::max()) return to_wait_duration(Nanos{std::chrono::hours{24 * 365}});
    return to_wait_duration(until - mono_now());
  }
};
using Timer = boost::asio::basic_waitable_timer<LoopClock, LoopWait, Executor>;

Task<> sleep_until(MonoTime until);
Task<> sleep_for(Nanos span);

// A flag that tasks can wait for. Set stays set until reset.
class Event {
 public:
  explicit Event(boost::asio::io_context& context);
  void set();
  void reset();
  [[nodiscard]] bool is_set() const { return set_; }
  Task<> wait();                          // returns at once when set
  Task<bool> wait_until(MonoTime until);  // false when the moment came first

 private:
  Timer timer_;  // a wait that never ends by itself; cancelled to wake everybody
  bool set_ = false;
};

}  // namespace perfd::runtime
