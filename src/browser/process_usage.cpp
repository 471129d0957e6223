#include "browser/process_usage.h"

#include <unistd.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "runtime/files.h"

namespace perfd::browser {
namespace {

constexpr std::size_t kFileLimit = 16 * 1024;

struct ProcessStat {
  pid_t parent = 0;
  std::int64_t ticks = 0;  // its own, and of the children that it has waited for
};

std::string path_of(pid_t pid, std::string_view file) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(file);
}

std::optional<ProcessStat> stat_of(pid_t pid) {
  auto const text = runtime::read_file(path_of(pid, "stat"), kFileLimit);
  if (text.has_error()) return std::nullopt;
  // The name of the program stands in parentheses and may hold anything.
  auto const name_end = text->rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  auto const fields = split(std::string_view(*text).substr(name_end + 2), ' ');
  if (fields.size() < 15) return std::nullopt;
  ProcessStat out;
  out.parent = parse_int<pid_t>(fields[1]).value_or(0);
  for (std::size_t i = 11; i < 15; ++i) out.ticks += parse_int<std::int64_t>(fields[i]).value_or(0);
  return out;
}

std::int64_t pss_of(pid_t pid) {
  if (auto const text = runtime::read_file(path_of(pid, "smaps_rollup"), kFileLimit)) {
    for (auto const line : split(*text, '\n')) {
      if (!line.starts_with("Pss:")) continue;
      auto const number = trim(line.substr(4, line.size() - 4));
      auto const kib = parse_int<std::int64_t>(number.substr(0, number.find(' ')));
      if (kib) return *kib * 1024;
    }
  }
  return 0;
}

std::int64_t rss_of(pid_t pid) {
  auto const text = runtime::read_file(path_of(pid, "statm"), kFileLimit);
  if (text.has_error()) return 0;
  auto const fields = split(*text, ' ');
  if (fields.size() < 2) return 0;
  return parse_int<std::int64_t>(fields[1]).value_or(0) * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

Usage usage_of_tree(pid_t root, Memory memory) {
  std::map<pid_t, ProcessStat> all;
  std::multimap<pid_t, pid_t> children;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    auto const pid = parse_int<pid_t>(entry->path().filename().native());
    if (!pid) continue;
    if (auto const stat = stat_of(*pid)) {
      all.emplace(*pid, *stat);
      children.emplace(stat->parent, *pid);
    }
  }
  Usage out;
  std::int64_t ticks = 0;
  std::vector<pid_t> left{root};
  while (!left.empty()) {
    auto const pid = left.back();
    left.pop_back();
    auto const found = all.find(pid);
    if (found == all.end()) continue;
    ++out.processes;
    ticks += found->second.ticks;
    auto const pss = memory == Memory::pss ? pss_of(pid) : 0;
    out.memory.count += pss > 0 ? pss : rss_of(pid);
    auto const [first, last] = children.equal_range(pid);
    for (auto child = first; child != last; ++child) left.push_back(child->second);
    all.erase(found);  // /proc is no snapshot: a circle must not go on for ever
  }
  out.cpu = Micros{ticks * 1'000'000 / ::sysconf(_SC_CLK_TCK)};
  return out;
}

}  // namespace perfd::browser
