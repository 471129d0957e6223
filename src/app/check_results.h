// `perfd check --results`: whether files of results are what their readers take.
// Thread: one; blocks.
#pragma once

#include <string>
#include <vector>

namespace perfd::app {

// Prints what is wrong to standard error, with its place, and a line for each file to standard
// output. Gives an exit code: also a file without any result is wrong.
[[nodiscard]] int check_results(std::vector<std::string> const& paths);

}  // namespace perfd::app
