// What a running daemon tells of itself: a picture that its measuring thread hands over every
// second, and when something changes. Without a daemon there is none.
// Thread: values; a picture is constant once it is handed over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::web::api {

struct LiveExperiment {
  std::string name;
  std::string kind;
  std::vector<std::string> arms;
  std::vector<std::string> targets;
  std::vector<std::string> metrics;
  Micros interval{};
  std::optional<WallTime> last_at;  // of those that ended since the start
  std::string last_outcome;
  std::optional<WallTime> last_ok_at;
  std::optional<WallTime> next_at;
  bool running = false;
  std::int64_t missed = 0;
};

struct LiveGuard {
  std::string fingerprint;
  std::string nickname;
};

struct LiveTor {
  std::string name;
  bool up = false;  // it speaks
  bool ready = false;
  int bootstrap = 0;  // per cent
  std::string version;
  // Of the detail.
  std::vector<LiveGuard> guards;
  std::optional<WallTime> last_event_at;
  std::int64_t circuits_open = 0;
  std::string last_warning;
  // Of /api/v1/circuit-results: launches of those that are built and open.
  std::vector<WallTime> built_circuits;
};

struct LiveQueues {
  std::int64_t measurements_to_store = 0;
  std::int64_t events_to_store = 0;
  std::int64_t slots_waiting = 0;
  std::int64_t measurements_running = 0;
};

struct Live {
  std::string vantage;
  std::string version;
  std::optional<WallTime> started_at;
  std::vector<LiveExperiment> experiments;
  std::vector<LiveTor> tors;
  std::int64_t pid = 0;
  std::string store_path;
  LiveQueues queues;
};
using LiveRef = std::shared_ptr<Live const>;

inline constexpr int kLateAfter = 3;  // intervals without a success

// Counted from the start where it never worked.
[[nodiscard]] inline bool is_late(LiveExperiment const& experiment, Live const& live,
                                  WallTime now) {
  auto const good = experiment.last_ok_at ? experiment.last_ok_at : live.started_at;
  return good && now - *good > kLateAfter * experiment.interval;
}

}  // namespace perfd::web::api
