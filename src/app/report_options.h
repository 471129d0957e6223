// What `perfd report` is asked for.
// Thread: the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/filter_options.h"
#include "base/result.h"
#include "stats/compare.h"

namespace perfd::app {

struct ReportOptions {
  std::vector<std::string> paths;  // files to report on, in the place of a store
  std::string data;
  std::string config;
  FilterOptions filter;
  bool compare = false;
  std::vector<std::string> names;  // to compare; none: all arms
  std::string block;
  std::uint64_t seed = 1;
  bool json = false;
  std::string html;  // file to write; "-": standard output
  std::string csv;
  std::string waterfall;  // an id, or "last"

  // REQUIRES: this outlives the command.
  void add_to(CLI::App& command);
  // After the command line was read: what it left open.
  void settle(CLI::App const& command);

  [[nodiscard]] bool to_files() const { return !html.empty() || !csv.empty(); }
  // How to compare; an error where options contradict each other.
  [[nodiscard]] Result<stats::CompareOptions> how() const;

 private:
  [[nodiscard]] Result<> check_waterfall() const;
};

}  // namespace perfd::app
