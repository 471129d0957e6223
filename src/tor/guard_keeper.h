// Keeps the guards of a tor as a policy wants them.
//
// Policies of perfd (Torperf's entrycons): the first `count` guards of a ranking are set when tor
// is up and has a consensus, again at each new consensus, and after each DROPGUARDS; a set guard
// that tor reports as DOWN, BAD or DROPPED is replaced at once by the next that was not used since.
// While replacements don't help (no circuit is built: the network may be out of reach), further
// ones wait for 1 s, 2 s, 4 s … 1 min. What is set takes effect only once the circuits that begin
// elsewhere are gone (circuit_closer.h).
// Of policies that leave the choice to tor only the ranking is told, and guards are dropped at the
// same intervals.
// Owner: app, beside the instance. Thread: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/settings.h"
#include "model/guards.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "tor/circuit_closer.h"
#include "tor/guard_ranking.h"
#include "tor/instance.h"
#include "tor/instance_part.h"

namespace perfd::tor {

// Called on the loop, in the order of what happens.
class GuardObserver {
 public:
  virtual ~GuardObserver() = default;
  // At each consensus.
  virtual void on_guard_ranking(model::GuardRanking ranking) = 0;
  virtual void on_guard_choice(model::GuardChoice const& choice) = 0;
  // What the operator should know: `event` for the log, and why.
  virtual void on_guard_trouble(std::string const& instance, std::string_view event,
                                std::string const& detail) = 0;
};

struct GuardSettings {
  config::Guards guards;
  std::string policy;  // the policy in words, for records
  std::size_t count = 3;
  std::optional<Micros> drop_every;
  // Between looks whether tor knows enough of the network; each twice as long as the one before.
  Nanos first_look = std::chrono::milliseconds(250);
  Nanos longest_look = std::chrono::minutes(1);
};

class GuardKeeper final : public InstancePart {
 public:
  // `pool` may be null: answers are then parsed on the loop.
  GuardKeeper(runtime::Loop& loop, runtime::Pool* pool, GuardSettings settings,
              GuardObserver& observer);
  GuardKeeper(GuardKeeper const&) = delete;
  GuardKeeper& operator=(GuardKeeper const&) = delete;

  void on_up(Instance& instance, runtime::TaskGroup& run_tasks) override;
  void on_event(Instance& instance, WallTime read_at, wire::torctl::Event const& event) override;
  void on_down(Instance& instance) override;
  void describe(model::TorView& view) const override;
  [[nodiscard]] std::optional<std::string> holds_back() const override;

 private:
  struct Failed {
    std::string fingerprint;
    std::string status;
  };

  [[nodiscard]] bool chooses() const { return chooses_guards(settings_.guards.policy); }
  void want(std::string reason);
  void on_circuit(wire::torctl::Circ const& report);
  void on_guard(wire::torctl::Guard const& report);
  // Whether its guard is none that is in force.
  [[nodiscard]] bool unwanted(wire::torctl::CircuitReport const& circuit) const;

  runtime::Task<> keep(Instance& instance);
  runtime::Task<> drop_at_intervals(Nanos interval);
  // Until something is to do: told, or due at a time.
  runtime::Task<> rest();
  runtime::Task<Result<>> choose(Instance& instance, std::string reason);
  runtime::Task<Result<>> apply(Instance& instance, std::string reason);
  runtime::Task<> replace_failed(Instance& instance);
  runtime::Task<> drop(Instance& instance);
  void set_aside(Instance& instance, std::string reason);
  void tell_unavailable(Instance& instance, std::vector<std::string> missing);
  void tell_choice(Instance& instance, std::string reason);

  runtime::Loop& loop_;
  runtime::Pool* pool_;
  GuardSettings settings_;
  GuardObserver& observer_;

  CircuitCloser closer_;
  GuardSelection selection_;
  std::optional<WallTime> valid_after_;  // of the consensus that the selection was made from
  std::optional<WallTime> set_at_;
  std::optional<WallTime> dropped_at_;
  std::uint64_t newest_dropped_ = 0;  // circuits up to this id begin at guards that were dropped
  bool offering_ = false;             // the set guards are in force
  std::string waits_for_;             // why not
  std::vector<std::string> told_unavailable_;

  runtime::Event work_;
  std::string wanted_;          // why to choose anew; empty: don't
  Nanos look_again_{0};         // after a look that found too little
  std::vector<Failed> failed_;  // to be replaced
  MonoTime replace_from_{};     // not before
  unsigned in_vain_ = 0;        // replacements since a circuit was built
  bool drop_due_ = false;
  bool dropping_ = false;  // DROPGUARDS is told to GUARD events as well
};

}  // namespace perfd::tor
