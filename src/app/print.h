// Results as a person reads them in a terminal.
// Thread: pure functions, but for the Progress line, which writes to standard error.
#pragma once

#include <string>
#include <string_view>

#include "model/measurement.h"

namespace perfd::app {

// "03:37:40  download-50k  ok  ttfb 312 ms  ttlb 451 ms  1.13 Mbit/s  guard0 > middle0 > exit0"
[[nodiscard]] std::string result_line(model::Measurement const& measurement);

// The nicknames (or the first digits of the fingerprints) of the circuit that carried the
// stream last; empty where none is known.
[[nodiscard]] std::string path_text(model::Measurement const& measurement);

[[nodiscard]] bool is_terminal(int fd);

// A line that is written over again on a terminal, and not at all in a pipe.
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;
  void show(std::string_view text);
  void clear();

 private:
  bool terminal_;
  bool shown_ = false;
};

}  // namespace perfd::app
