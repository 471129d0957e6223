// Virtual time for tests: years of deadlines and schedules in a second.
//
// While it lives, the thread's clocks stand still and move only when every task of
// the loop waits: then they jump to the next moment that a task sleeps for.
#pragma once

#include <set>

#include "runtime/clock.h"
#include "runtime/loop.h"

namespace perfd::runtime {

class VirtualTime final : public TimeSource {
 public:
  explicit VirtualTime(WallTime start = wall_from_us(1'700'000'000'000'000));
  ~VirtualTime() override;

  // Runs the loop until nothing is left to do before now + span, then stands there.
  void advance(Loop& loop, Nanos span);
  // Runs one task of the loop to its end, as Loop::run_until_done does.
  template <class T>
  T run(Loop& loop, Task<T> task);

  // The wall clock alone steps, as when NTP or a person sets it.
  void step_wall(Nanos by) { wall_ += by; }
  // Both clocks jump with nothing done in between, as when a machine slept.
  void jump(Nanos by);

  ClockPair now() override { return {mono_, wall_}; }
  void sleeping(MonoTime until) override { awaited_.insert(until); }
  void woken(MonoTime until) override { awaited_.erase(awaited_.find(until)); }

 private:
  static void run_ready(Loop& loop);
  // To the next moment that is waited for; false where there is none up to `limit`.
  bool move(MonoTime limit);

  MonoTime mono_{Nanos{1'000'000'000}};
  Nanos wall_;
  std::multiset<MonoTime> awaited_;
  TimeSource* previous_;
};

namespace detail {
template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& slot, bool& done) {
  slot.emplace(co_await std::move(task));
  done = true;
}
inline Task<> keep_done(Task<> task, bool& done) {
  co_await std::move(task);
  done = true;
}
}  // namespace detail

template <class T>
T VirtualTime::run(Loop& loop, Task<T> task) {
  bool done = false;
  std::exception_ptr failure;
  auto const drive = [&](Task<> wrapped) {
    boost::asio::co_spawn(loop.context(), std::move(wrapped),
                          [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    for (;;) {
      run_ready(loop);
      // The clock then stands at the moment of the task's end.
      if (done || failure || !move(MonoTime::max())) break;
    }
    if (failure) std::rethrow_exception(failure);
    if (!done) throw std::logic_error("the task waits for something that never comes");
  };
  if constexpr (std::is_void_v<T>) {
    drive(detail::keep_done(std::move(task), done));
  } else {
    std::optional<T> value;
    drive(detail::keep_result(std::move(task), value, done));
    return std::move(*value);
  }
}

}  // namespace perfd::runtime
