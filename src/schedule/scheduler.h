// Starts measurements at their slots.
//
// Every slot ends as exactly one of: a call of the Runner, or a missed slot.
// - Measurements of one tor instance run one at a time, unless their experiment has
//   `overlap`: such a one starts at once and nobody waits for it. The others queue in
//   the order of their slots, so a measurement may start after its slot. One with arms on
//   several instances starts when all of them are free; nobody behind it overtakes it there.
// - A slot that still waits when its experiment's next slot comes is missed. So are slots
//   that passed while the machine slept or when the clock was set forward, but for the
//   last one, which runs late.
// - When the clock is set back by more than an interval, the experiment goes on from the
//   new time; by less, it waits, so that no slot runs twice.
// Owner: app. Thread: the measuring loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/loop.h"
#include "runtime/task.h"
#include "schedule/ports.h"
#include "schedule/slots.h"

namespace perfd::schedule {

class Scheduler {
 public:
  struct Options {
    std::uint64_t seed = 0;  // of jitter and Poisson intervals
    // How late a clock that was set forward may be noticed: the sleep between two looks.
    Micros look_at_clock = std::chrono::minutes{1};
    // Slots of one gap that get a record each; the older ones share one.
    std::int64_t max_missed_records = 1000;
    // Measurements of one overlapping experiment at the same time; more are missed slots.
    int max_overlap = 64;
  };

  // How an experiment stands. slots == started + missed + (waiting ? 1 : 0).
  struct Status {
    std::string name;
    std::string tor;
    WallTime next_slot{};
    std::optional<WallTime> waiting;  // the slot that waits for the tor instance
    int running = 0;
    std::int64_t slots = 0;
    std::int64_t started = 0;
    std::int64_t missed = 0;
  };

  // All references outlive this object.
  Scheduler(runtime::Loop& loop, Runner& runner, MissedSink& missed, Options options);
  Scheduler(runtime::Loop& loop, Runner& runner, MissedSink& missed)
      : Scheduler(loop, runner, missed, Options()) {}
  ~Scheduler();  // REQUIRES: never started, or stopped
  Scheduler(Scheduler const&) = delete;
  Scheduler& operator=(Scheduler const&) = delete;

  // Once. The first slots are those after now.
  void start(std::vector<config::Experiment> const& experiments);
  // Replaces the experiments while running. One whose schedule is unchanged keeps its next slot;
  // what runs goes on as it began; a waiting slot of one that is gone is missed.
  void replace(std::vector<config::Experiment> const& experiments);
  // Starts nothing more, makes what waits a missed slot, and returns when all that runs has
  // ended. Its owner tells the measurements to end, if they shall not run to their end.
  [[nodiscard]] runtime::Task<> stop();

  // In the order of the experiments.
  [[nodiscard]] std::vector<Status> status() const;

 private:
  struct Plan;
  using PlanRef = std::shared_ptr<Plan>;

  runtime::Task<> watch();
  void look();
  void queue_due();
  [[nodiscard]] std::optional<WallTime> pass_slots(Plan& plan, WallTime now, Micros offset);
  void offer(PlanRef const& plan, WallTime slot);
  void begin(PlanRef const& plan, WallTime slot);
  void begin_waiting();
  void adopt(PlanRef const& plan, config::Experiment const& experiment);
  void withdraw(PlanRef const& plan);  // from the queue it waits in
  runtime::Task<> run_one(PlanRef plan, ExperimentRef experiment, WallTime slot);
  void miss(Plan& plan, WallTime first, WallTime last, std::int64_t count, std::string detail);
  [[nodiscard]] std::string why_waiting(Plan const& plan) const;

  runtime::Loop& loop_;
  Runner& runner_;
  MissedSink& missed_;
  Options const options_;
  std::vector<PlanRef> plans_;              // in the order of the experiments
  std::map<std::string, PlanRef> holders_;  // by tor instance: whose measurement runs on it
  std::deque<PlanRef> queue_;               // each with a waiting slot
  runtime::Event changed_;                  // wakes watch()
  bool stopping_ = false;
  runtime::TaskGroup watching_;
  runtime::TaskGroup running_;
};

}  // namespace perfd::schedule
