// Joins a measurement to its stream and circuits in a tor instance's tracker.
// Thread: the measuring loop's. Ownership: refers to the instance.
#pragma once

#include "experiments/stream_join.h"
#include "runtime/loop.h"
#include "tor/instance.h"

namespace perfd::app {

class StreamJoiner final : public experiments::StreamJoin {
 public:
  StreamJoiner(runtime::Loop& loop, tor::Instance& instance)
      : instance_(instance), stream_ended_(loop.context()) {}

  [[nodiscard]] State state() const override;
  [[nodiscard]] std::string state_detail() const override;
  [[nodiscard]] model::TorView view() const override;
  runtime::Task<Joined> join(Key key, MonoTime until) override;

  // To be called whenever a stream of the instance has ended, or tor itself.
  void wake() { stream_ended_.set(); }

 private:
  tor::Instance& instance_;
  runtime::Event stream_ended_;
};

}  // namespace perfd::app
