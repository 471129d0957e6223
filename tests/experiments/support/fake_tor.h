// A tor as the experiments see it, whose state and answers a test sets.
// Thread: the loop's.
#pragma once

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
    co_return answer;
  }

  // Ends, as tor does, a while from now.
  runtime::Task<> end_after(Nanos span, std::string why) {
    co_await runtime::sleep_for(span);
    now = State::down;
    detail = std::move(why);
  }
};

}  // namespace perfd::experiments::test
