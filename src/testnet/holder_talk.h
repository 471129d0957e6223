// What the holder and those who ask it say to each other over its unix socket: lines.
//
// One request a connection, "watch", "status" or "down"; answers are
//   progress STAGE ELAPSED_US TEXT   (watch, any number)
//   up JSON                          (watch, status; UpInfo)
//   failed TEXT                      (watch, status)
//   starting                         (status)
//   stopping                         (down; the connection ends when the holder does)
// Internal to the room. Thread: pure functions, and a reader that belongs to its socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/socket.h"
#include "testnet/network.h"

namespace perfd::testnet::talk {

inline constexpr std::size_t kLineLimit = std::size_t{1} << 20;

[[nodiscard]] Result<runtime::Address> socket_address(std::filesystem::path const& folder);

[[nodiscard]] std::string progress_line(Progress const& progress);
[[nodiscard]] std::optional<Progress> parse_progress(std::string_view line);

// A text on one line: line ends become spaces.
[[nodiscard]] std::string one_line(std::string_view text);

// Why the last holder of the folder ended, for those who ask when it is gone; empty where it ended
// in order.
void leave_failure(std::filesystem::path const& folder, std::string_view reason);
void forget_failure(std::filesystem::path const& folder);
[[nodiscard]] std::string last_failure(std::filesystem::path const& folder);

class Lines {
 public:
  explicit Lines(runtime::StreamSocket& socket) : socket_(socket) {}
  // The next line without its end; nullopt at the end of the stream or past the limit.
  runtime::Task<std::optional<std::string>> next();

 private:
  runtime::StreamSocket& socket_;
  std::string buffer_;
};

runtime::Task<Result<>> send_line(runtime::StreamSocket& socket, std::string line);

}  // namespace perfd::testnet::talk
