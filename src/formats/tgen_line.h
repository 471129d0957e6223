// A line of TGen's log that tells of a transfer (before 1.0) or a stream (1.x).
//
//   DATE TIME EPOCH.usec [level] [file:line] [function] [transfer-status] transport … transfer …
//   DATE TIME EPOCH.usec [level] [file:line] [function] [stream-success] transport … stream … …
//
// Of a million lines few matter, and of those most are progress; so lines that don't matter cost
// a search for one character, and nothing is copied: all views are into the line.
// Source: _tgentransfer_log of TGen 0.x as its logs show it, _tgenstream_log of TGen 1.1;
// positions as OnionPerf reads them. Thread: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace perfd::formats {

inline constexpr std::size_t kMaxTgenLine = std::size_t{64} << 10U;

// The steps of a transfer whose times its last line tells, in the order of time.
enum class TgenStep : std::uint8_t {
  socket_create,
  socket_connect,
  proxy_init,
  proxy_choice,
  proxy_request,
  proxy_response,
  command,
  response,
  first_byte,
  last_byte,
  checksum,
};
inline constexpr std::size_t kTgenSteps = 11;

struct TgenLine {
  enum class Event : std::uint8_t { status, success, error };

  Event event = Event::status;
  WallTime at{};           // when the line was written
  std::string_view id;     // unique in one run of TGen: "transfer5m,3" or "34161"
  std::string_view local;  // endpoints as host:address:port
  std::string_view proxy;
  std::string_view remote;
  std::string_view transport_error;
  std::string_view name;       // the host's own
  std::string_view peer_name;  // the other end's; "(null)" until it has told
  std::string_view error;      // TIMEOUT, PROXY, …; NONE
  bool commander = true;       // this end asked for the transfer; the other only answers
  bool upload = false;
  std::int64_t size = 0;     // payload bytes asked for; 0: as many as the traffic model makes
  std::int64_t payload = 0;  // payload bytes so far
  // Of a line that ends a transfer only:
  std::int64_t read = 0;  // bytes with all overhead
  std::int64_t written = 0;
  std::array<std::int64_t, kTgenSteps> steps{};  // µs since its start; -1 where not reached
  std::optional<std::int64_t> lasted;            // µs from its start to the line, where it is told

  [[nodiscard]] std::int64_t step(TgenStep which) const {
    return steps[static_cast<std::size_t>(which)];
  }
};

// The line, nothing if it tells of no transfer, or what is wrong with one that claims to.
[[nodiscard]] Result<std::optional<TgenLine>> parse_tgen_line(std::string_view text);

// For parse_tgen_line alone: what follows the tag, of either generation. Gives what is wrong, or
// nothing at all.
[[nodiscard]] std::string_view read_transfer_fields(std::string_view rest, TgenLine& line);
[[nodiscard]] std::string_view read_stream_fields(std::string_view rest, TgenLine& line);

// Sets `upload`, `payload` and, of an upload, `size`; before that `size` is what was to be
// received. Both ways may be used; what is measured is the download if there is one.
inline void set_direction(TgenLine& line, std::int64_t to_send, std::int64_t received,
                          std::int64_t sent) {
  line.upload = line.size == 0 && received == 0 && (to_send > 0 || sent > 0);
  line.payload = line.upload ? sent : received;
  if (line.upload) line.size = to_send;
}

// The text up to the next blank, which is taken away with it.
inline std::string_view take_word(std::string_view& rest) {
  auto const end = rest.find(' ');
  auto const word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

}  // namespace perfd::formats
