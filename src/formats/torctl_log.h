// Logs of OnionPerf's control connection (torctl.log): tor's events with the time they came.
//
//   DATE TIME EPOCH.dd EVENT          local time, which is ignored, and seconds since the epoch
//
// EVENT is what tor sent ("650 CIRC 23 LAUNCHED …") or a note of OnionPerf's own. An event of
// several lines ("650+HS_DESC_CONTENT …") goes on in lines without a time.
// Source: onionperf/monitor.py. Thread: pure functions. Input is untrusted; nothing is copied.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace perfd::formats {

struct TorctlLine {
  enum class Kind : std::uint8_t {
    other,  // other notes, events of several lines and their lines
    event,  // one whole event of tor
    start,  // OnionPerf began to log: which host, which tor
  };

  Kind kind = Kind::other;
  WallTime at{};           // of events and starts
  std::string_view reply;  // "650 CIRC 23 LAUNCHED …", as it came over the control port
  std::string_view event;  // "CIRC 23 LAUNCHED …", the same without the code
  std::string_view host;   // of a start
  std::string_view tor_version;
};

// An error is a line of which the beginning is broken: the date is there, the seconds are not.
[[nodiscard]] Result<TorctlLine> parse_torctl_line(std::string_view text);

}  // namespace perfd::formats
