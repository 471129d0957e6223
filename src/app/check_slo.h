// `perfd check --slo`: whether a store's results keep to the thresholds of a file.
// Thread: one; blocks.
#pragma once

#include <string>

namespace perfd::app {

struct CheckSlo {
  std::string file;
  std::string data;    // as in choose_data()
  std::string config;  // likewise
  bool json = false;
};

// Prints a line for each threshold, or one JSON object. Gives an exit code: 0 all well, 1 one
// fails, 2 the file is wrong, 3 there is no store to be read.
[[nodiscard]] int check_slo(CheckSlo const& options);

}  // namespace perfd::app
