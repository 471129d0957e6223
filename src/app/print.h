// Results as a person reads them in a terminal.
// Thread: pure functions, but for ResultPrinter, and Progress, which writes to standard error.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/measurement.h"
#include "stats/summary.h"

namespace perfd::app {

// "03:37:40  download-50k  ok  ttfb 312 ms  ttlb 451 ms  1.13 Mbit/s  guard0 > middle0 > exit0"
[[nodiscard]] std::string result_line(model::Measurement const& measurement);

// The nicknames (or the first digits of the fingerprints) of the circuit that carried the
// stream last; empty where none is known.
[[nodiscard]] std::string path_text(model::Measurement const& measurement);

[[nodiscard]] std::string summary_text(stats::Summary const& summary);

// Results on standard output as they come, one line each, and what they came to.
class ResultPrinter {
 public:
  explicit ResultPrinter(bool json) : json_(json) {}
  // False where standard output is gone: nobody reads any more.
  bool print(model::Measurement const& measurement);
  void print_summary() const;  // one line for each experiment; of JSON on standard error
  [[nodiscard]] stats::Summary total() const { return all_.summary(); }

 private:
  bool json_;
  std::map<std::string, stats::Summarizer> summaries_;  // by experiment
  stats::Summarizer all_;
};

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
