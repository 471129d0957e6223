// What tor instances tell, into the store and the log.
//
// Every circuit, stream and choice of guards is kept for good, failed and unused ones too; the raw
// lines of the control port for as long as the configuration says. Thread: the measuring loop's.
// Ownership: refers to the store, which outlives it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "store/store.h"
#include "tor/guard_keeper.h"
#include "tor/instance.h"

namespace perfd::app {

class TorRecorder final : public tor::GuardObserver {
 public:
  explicit TorRecorder(store::Store& store) : store_(store) {}

  // From now on nothing that is kept names this host: it is somebody's who only probes it.
  void keep_private(std::string const& host);

  void state(tor::Instance const& instance);
  void raw_event(tor::Instance const& instance, WallTime read_at, std::string const& raw);
  void circuit(model::Circuit const& circuit);
  void stream(model::Stream const& stream);
  void log_line(tor::Instance const& instance, std::string const& line);
  // Of a line of tor's log.
  [[nodiscard]] static bool warns(std::string const& line);
  void on_guard_ranking(model::GuardRanking ranking) override;
  void on_guard_choice(model::GuardChoice const& choice) override;
  void on_guard_trouble(std::string const& instance, std::string_view event,
                        std::string const& detail) override;

 private:
  [[nodiscard]] bool names_private(std::string_view text) const;

  store::Store& store_;
  std::set<std::string> private_names_;  // hosts; of onion services what stands before ".onion"
  std::map<std::string, tor::InstanceState> last_;  // by name, so that a change is logged once
};

}  // namespace perfd::app
