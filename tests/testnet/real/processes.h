// What runs on this machine, for tests that must leave nothing behind.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/files.h"

namespace perfd::testnet {

// Processes whose command line names `text`, this one left out: of a private network's folder,
// what is left of the network.
inline std::vector<pid_t> processes_naming(std::string const& text) {
  std::vector<pid_t> out;
  std::error_code error;
  for (auto const& entry : std::filesystem::directory_iterator("/proc", error)) {
    auto const name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    auto const line = runtime::read_file(entry.path() / "cmdline", 1 << 20);
    if (line && line->find(text) != std::string::npos && std::stoi(name) != ::getpid())
      out.push_back(std::stoi(name));
  }
  return out;
}

}  // namespace perfd::testnet
