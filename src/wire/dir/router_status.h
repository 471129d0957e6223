// Relays as the consensus has them: what GETINFO ns/all answers (control-spec 3.9, dir-spec 3.4.1).
//
// Tolerant: unknown lines, flags and keywords are passed by; an entry whose "r" line can't be read
// is left out and counted. Bounded: kMaxRelays. Thread: values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::wire::dir {

// The flags that perfd asks about, as bits: there are ten thousand relays.
enum class Flag : std::uint16_t {
  kGuard = 1,
  kExit = 2,
  kFast = 4,
  kStable = 8,
  kRunning = 16,
  kValid = 32,
  kV2Dir = 64,
  kHsDir = 128,
  kAuthority = 256,
  kBadExit = 512,
};

struct RouterStatus {
  std::string fingerprint;  // 40 hex digits, upper case
  std::string nickname;
  std::string address;  // IPv4
  std::uint16_t or_port = 0;
  std::uint16_t flags = 0;                // of Flag
  std::optional<std::int64_t> bandwidth;  // kB/s
  bool unmeasured = false;                // no three authorities measured it

  [[nodiscard]] bool has(Flag flag) const {
    return (flags & static_cast<std::uint16_t>(flag)) != 0;
  }
  friend bool operator==(RouterStatus const&, RouterStatus const&) = default;
};

inline constexpr std::size_t kMaxRelays = 100'000;

struct RouterStatuses {
  std::vector<RouterStatus> relays;  // in the order of the text
  std::size_t unreadable = 0;        // entries that were left out
};

[[nodiscard]] RouterStatuses parse_router_statuses(std::string_view text);

}  // namespace perfd::wire::dir
