// What tor instances tell, into the store and the log.
//
// Every circuit, stream and choice of guards is kept for good, failed and unused ones too; the raw
// lines of the control port for as long as the configuration says. Thread: the measuring loop's.
// Ownership: refers to the store, which outlives it.
#pragma once

#include <map>
#include <string>

#include "store/store.h"
#include "tor/guard_keeper.h"
#include "tor/instance.h"

namespace perfd::app {

class TorRecorder final : public tor::GuardObserver {
 public:
  explicit TorRecorder(store::Store& store) : store_(store) {}

  void state(tor::Instance const& instance);
  void raw_event(tor::Instance const& instance, WallTime read_at, std::string const& raw);
  void circuit(model::Circuit const& circuit) { store_.circuit(circuit); }
  void stream(model::Stream const& stream) { store_.stream(stream); }
  void log_line(tor::Instance const& instance, std::string const& line);
  // Of a line of tor's log.
  [[nodiscard]] static bool warns(std::string const& line);
  void on_guard_ranking(model::GuardRanking ranking) override;
  void on_guard_choice(model::GuardChoice const& choice) override;
  void on_guard_trouble(std::string const& instance, std::string_view event,
                        std::string const& detail) override;

 private:
  store::Store& store_;
  std::map<std::string, tor::InstanceState> last_;  // by name, so that a change is logged once
};

}  // namespace perfd::app
