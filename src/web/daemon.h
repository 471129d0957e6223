// What the web room wants of the daemon that runs beside it, asked of whoever runs that.
// Implemented by app, across threads. Thread: called on the serving loop; does not block it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/measurement.h"
#include "runtime/task.h"

namespace perfd::web {

// The daemon at one moment. Counts are since its start.
struct DaemonState {
  struct Circuits {
    std::string result;  // built, failed before it was built, closed after
    std::string reason;  // tor's word for the end
    std::uint64_t count = 0;
  };
  struct Tor {
    std::string name;
    bool up = false;  // its control port answers
    bool ready = false;
    bool needed = false;         // an experiment measures with it
    double bootstrap = 0;        // 0 to 1
    std::string state;           // for a person, in a few words without names of files
    std::uint64_t failures = 0;  // crashes, hangs, lost connections
    std::vector<Circuits> circuits;
  };
  struct Experiment {
    std::string name;
    Micros interval{0};
    std::optional<WallTime> next_slot;
    int running = 0;
    bool waiting = false;      // a slot waits for its tor
    std::uint64_t missed = 0;  // slots
  };
  struct Store {
    bool failing = false;
    std::uint64_t bytes = 0;  // on disk, with what is not yet merged into it
    std::uint64_t pending_measurements = 0;
    std::uint64_t pending_events = 0;
    std::uint64_t lost_measurements = 0;
    std::uint64_t lost_events = 0;
    std::uint64_t write_errors = 0;
  };

  std::vector<Tor> tors;
  std::vector<Experiment> experiments;
  Store store;
};

// One fetch through a tor, now. Checked: the target is one that may be fetched.
struct ProbeOrder {
  std::string module;
  std::string url;
  bool in_browser = false;
  std::string tor;
  Micros timeout{0};
};

class Daemon {
 public:
  virtual ~Daemon() = default;
  // Errors: the measuring half of the daemon does not answer, or is stopping.
  virtual runtime::Task<Result<DaemonState>> state() = 0;
  // A record whatever happens to the fetch, of which the store gets nothing. Errors: as above.
  virtual runtime::Task<Result<model::Measurement>> probe(ProbeOrder order) = 0;
};

}  // namespace perfd::web
