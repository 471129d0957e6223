// Joins a measurement to its stream and circuits in a tor instance's tracker.
// Thread: the measuring loop's. Ownership: refers to the instance.
#pragma once

#include <list>

#include "experiments/stream_join.h"
#include "runtime/loop.h"
#include "tor/instance.h"

namespace perfd::app {

class StreamJoiner final : public experiments::StreamJoin {
 public:
  StreamJoiner(runtime::Loop& loop, tor::Instance& instance) : loop_(loop), instance_(instance) {}

  [[nodiscard]] State state() const override;
  [[nodiscard]] std::string state_detail() const override;
  [[nodiscard]] model::TorView view() const override { return instance_.view(); }
  runtime::Task<Joined> join(Key key, MonoTime until) override;

  // To be called whenever a stream of the instance has ended, or tor's state has changed.
  void wake();

 private:
  runtime::Loop& loop_;
  tor::Instance& instance_;
  std::list<runtime::Event> waiting_;  // one of each join that waits
};

}  // namespace perfd::app
