// What a running daemon tells `perfd status`: a small JSON file beside the store.
// Thread: values; write and read block for as long as a local disk does.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace perfd::app {

struct Status {
  struct Instance {
    std::string name;
    std::string state;  // "ready", "bootstrapped 45 %", "down: exit code 1"
    std::string version;
  };
  struct Experiment {
    std::string name;
    std::string last_outcome;  // empty: none yet
    WallTime last_at{};
    WallTime next_at{};  // the epoch: not known
  };

  pid_t pid = 0;
  std::string vantage;
  std::string version;  // perfd's
  WallTime started_at{};
  WallTime written_at{};
  std::vector<std::string> results;  // addresses
  std::vector<Instance> instances;
  std::vector<Experiment> experiments;
  std::uint64_t measurements = 0;  // that ended since the start
  std::uint64_t failures = 0;      // of these, those with an outcome other than ok
  std::uint64_t missed = 0;        // slots that did not start; not among the measurements
  std::string published_until;     // the last day whose files are there; empty: none yet
  std::string publish_trouble;     // empty: none
  std::string store_trouble;       // empty: everything is on disk
};

[[nodiscard]] std::string to_json(Status const& status);
[[nodiscard]] Result<Status> status_from_json(std::string_view text);

}  // namespace perfd::app
