// A browser's processes, found in /proc.
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/text.h"
#include "runtime/files.h"

namespace perfd::browser::test {

// Processes whose command line or environment has these words; a browser's all name its folder.
inline std::vector<pid_t> processes_with(std::string const& words) {
  std::vector<pid_t> out;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    auto const pid = parse_int<pid_t>(entry->path().filename().native());
    if (!pid || *pid == ::getpid()) continue;
    for (auto const* file : {"cmdline", "environ"}) {
      auto const text = runtime::read_file(entry->path() / file, 1 << 20);
      if (text && text->find(words) != std::string::npos) {
        out.push_back(*pid);
        break;
      }
    }
  }
  return out;
}

// Waits up to ten seconds of real time for all of them to be gone.
inline bool all_go_away(std::string const& words) {
  for (int i = 0; i < 200; ++i) {
    if (processes_with(words).empty()) return true;
    ::usleep(50'000);
  }
  return false;
}

// Of a browser's processes the one that started the others; 0: there is none.
inline pid_t main_process(std::string const& words) {
  auto const all = processes_with(words);
  for (auto const pid : all) {
    auto const text = runtime::read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!text) continue;
    // "PID (NAME) STATE PARENT …", where the name may hold anything.
    auto const fields = split(std::string_view(*text).substr(text->rfind(')') + 1), ' ');
    auto const parent = fields.size() > 2 ? parse_int<pid_t>(fields[2]) : std::nullopt;
    if (parent && std::find(all.begin(), all.end(), *parent) == all.end()) return pid;
  }
  return 0;
}

// The newest process that belongs to a page alone; 0: none yet.
inline pid_t page_process(std::string const& words) {
  pid_t newest = 0;
  for (auto const pid : processes_with(words)) {
    auto const name = runtime::read_file("/proc/" + std::to_string(pid) + "/comm", 100);
    if (name && name->starts_with("Isolated")) newest = std::max(newest, pid);
  }
  return newest;
}

}  // namespace perfd::browser::test
