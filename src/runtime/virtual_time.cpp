#include "runtime/virtual_time.h"

namespace perfd::runtime {

VirtualTime::VirtualTime(WallTime start)
    : wall_(start.time_since_epoch()), previous_(time_source()) {
  set_time_source(this);
}

VirtualTime::~VirtualTime() { set_time_source(previous_); }

void VirtualTime::run_ready(Loop& loop) {
  auto& context = loop.context();
  context.restart();
  while (context.poll() > 0) context.restart();
}

bool VirtualTime::move(MonoTime limit) {
  if (awaited_.empty() || *awaited_.begin() > limit) return false;
  // A sleeper whose moment has come but whose timer the poll did not reach yet.
  if (*awaited_.begin() > mono_) jump(*awaited_.begin() - mono_);
  return true;
}

void VirtualTime::jump(Nanos by) {
  mono_ += by;
  wall_ += by;
}

void VirtualTime::advance(Loop& loop, Nanos span) {
  auto const until = mono_ + span;
  do run_ready(loop);
  while (move(until));
  if (until > mono_) jump(until - mono_);
}

}  // namespace perfd::runtime
