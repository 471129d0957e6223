// A tor as the experiments see it, whose state and answers a test sets.
// Thread: the loop's.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "experiments/stream_join.h"
#include "runtime/timer.h"

namespace perfd::experiments::test {

class FakeTor final : public StreamJoin {
 public:
  State now = State::up;
  std::string detail;
  model::TorView seen;
  Joined answer;
  std::deque<Joined> in_turn;  // the first answers, before `answer`
  Nanos answers_after{0};
  std::vector<Key> keys;  // that were asked for
  MonoTime until{};       // of the last question

  [[nodiscard]] State state() const override { return now; }
  [[nodiscard]] std::string state_detail() const override { return detail; }
  [[nodiscard]] model::TorView view() const override { return seen; }
  runtime::Task<Joined> join(Key key, MonoTime limit) override {
    keys.push_back(std::move(key));
    until = limit;
    co_await runtime::sleep_until(std::min(limit, runtime::mono_now() + answers_after));
    if (in_turn.empty()) co_return answer;
    auto next = std::move(in_turn.front());
    in_turn.pop_front();
    co_return next;
  }

  // Ends, as tor does, a while from now.
  runtime::Task<> end_after(Nanos span, std::string why) {
    co_await runtime::sleep_for(span);
    now = State::down;
    detail = std::move(why);
  }
};

}  // namespace perfd::experiments::test
