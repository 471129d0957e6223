// What must be done however a scope is left: by its end, by a return, by an exception (the
// cancellation of a coroutine is one).
// Thread: the scope's.
#pragma once

#include <utility>

namespace perfd {

template <class Action>
class [[nodiscard]] AtExit {
 public:
  explicit AtExit(Action action) : action_(std::move(action)) {}
  ~AtExit() {
    if (armed_) action_();
  }
  AtExit(AtExit const&) = delete;
  AtExit& operator=(AtExit const&) = delete;
  void dismiss() { armed_ = false; }

 private:
  Action action_;  // must not throw
  bool armed_ = true;
};

}  // namespace perfd
