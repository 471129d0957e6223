// How much of all files was read, told to the sink now and then.
#pragma once

#include <cstdint>

#include "import/sink.h"

namespace perfd::import {

class Progress {
 public:
  Progress(Sink& sink, std::int64_t all) : sink_(sink), all_(all) {}

  // So much of a file that is not finished.
  void within(std::int64_t bytes) { sink_.progress(done_ + bytes, all_); }
  void finished(std::int64_t bytes) {
    done_ += bytes;
    sink_.progress(done_, all_);
  }

 private:
  Sink& sink_;
  std::int64_t all_;
  std::int64_t done_ = 0;
};

}  // namespace perfd::import
