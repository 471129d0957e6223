// A connection's end is seen before anybody can tell that the process behind it ended.
//
// Internal to experiments. Thread: the measuring loop's.
#pragma once

#include "experiments/stream_join.h"
#include "runtime/clock.h"
#include "runtime/task.h"

namespace perfd::experiments {

// How long the news of a process's end may come behind its connection's.
inline constexpr Nanos kEndNotice = std::chrono::milliseconds{500};

// Until `lives()` is false, or for kEndNotice.
template <class Lives>
runtime::Task<> await_end_of(Lives lives) {
  constexpr Nanos kPoll = std::chrono::milliseconds{20};
  auto const until = runtime::mono_now() + kEndNotice;
  while (lives() && runtime::mono_now() < until) co_await runtime::sleep_for(kPoll);
}

inline runtime::Task<> await_end(StreamJoin const& tor) {
  return await_end_of([&tor] { return tor.state() == StreamJoin::State::up; });
}

}  // namespace perfd::experiments
