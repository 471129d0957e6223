// What works with a tor instance's control connection for as long as it is up: guard policies,
// onion services, chosen paths.
//
// Owner: whoever owns the instance; a part outlives the instance's runs. Thread: the loop's.
#pragma once

#include <optional>
#include <string>

#include "base/units.h"
#include "model/measurement.h"
#include "runtime/task.h"
#include "wire/torctl/event.h"

namespace perfd::tor {

class Instance;

class InstancePart {
 public:
  virtual ~InstancePart() = default;
  // tor is connected, its events are subscribed to, and it may still be bootstrapping. Tasks
  // that are spawned here end with this run of tor; Instance::control() is theirs to use.
  virtual void on_up(Instance& instance, runtime::TaskGroup& run_tasks) = 0;
  // After the tracker has taken it.
  virtual void on_event(Instance& instance, WallTime read_at, wire::torctl::Event const& event) = 0;
  // The connection is lost or closed; the tasks of this run are about to end.
  virtual void on_down(Instance& instance) = 0;
  // Adds what it knows to Instance::view().
  virtual void describe(model::TorView& /*view*/) const {}
  // Why a tor that has bootstrapped is not to be measured through yet.
  [[nodiscard]] virtual std::optional<std::string> holds_back() const { return std::nullopt; }
};

}  // namespace perfd::tor
