// What perfd and its launcher process say to each other over a SEQPACKET pair.
// Both are the same binary on the same machine, so fields are plain and native;
// lengths are checked all the same. Internal to the room.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::runtime::launcher {

// A request is limited by the packet size; what perfd passes is a few kilobytes.
inline constexpr std::size_t kPacketLimit = 128 * 1024;

enum class Kind : std::uint32_t { start = 1, signal = 2, started = 3, exited = 4 };

// The head of every packet. `start` is followed by strings, each with a NUL behind it:
// folder, program, arguments, an empty separator "\1", environment additions; its
// output descriptor travels as SCM_RIGHTS.
struct Head {
  Kind kind{};
  std::uint32_t token = 0;  // of the start request; names the child in both directions
  std::int32_t pid = 0;     // started, exited
  std::int32_t value = 0;   // signal: number; started: errno or 0; exited: wait status
};

inline constexpr std::string_view kSeparator = "\1";

inline void append(std::string& packet, std::string_view text) {
  packet.append(text);
  packet.push_back('\0');
}

inline std::vector<std::string> strings_of(std::string_view body) {
  std::vector<std::string> out;
  while (!body.empty()) {
    auto const end = body.find('\0');
    if (end == std::string_view::npos) break;
    out.emplace_back(body.substr(0, end));
    body.remove_prefix(end + 1);
  }
  return out;
}

// The launcher process's whole life; never returns.
[[noreturn]] void serve(int channel, pid_t perfd);

}  // namespace perfd::runtime::launcher
