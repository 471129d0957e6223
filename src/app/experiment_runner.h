// Runs what the schedule asks for: a record is begun in the store, the experiment runs, the
// record is ended. A slot that did not start in time becomes a record, too.
// Thread: the measuring loop's. Ownership: refers to everything in RunnerParts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/measurement_setup.h"
#include "experiments/measure_once.h"
#include "experiments/server_marks.h"
#include "schedule/ports.h"
#include "store/store.h"

namespace perfd::app {

struct RunnerParts {
  runtime::Loop& loop;
  store::Store& store;
  experiments::ServerMarks& server;
  runtime::Event& stop;  // set: running measurements end, as PERFD_CANCELLED
  Surroundings surroundings;
  // Called with every record when the store has it, or has failed to take it for now; with
  // that of a missed slot at once.
  std::function<void(model::Measurement const&)> on_record;
};

class ExperimentRunner final : public schedule::Runner, public schedule::MissedSink {
 public:
  explicit ExperimentRunner(RunnerParts parts) : parts_(std::move(parts)) {}

  runtime::Task<> run(schedule::ExperimentRef experiment, WallTime scheduled_at) override;
  void missed(schedule::MissedSlot slot) override;

  // One measurement of an experiment without arms, and its record.
  runtime::Task<model::Measurement> measure(schedule::ExperimentRef experiment,
                                            WallTime scheduled_at);
  // One fetch for somebody who asks now, of which no record is kept and nobody is told.
  runtime::Task<model::Measurement> probe(schedule::ExperimentRef experiment);

 private:
  // As which arm of which turn a measurement is made; nothing of an experiment without arms.
  class Together;
  struct ArmOf {
    std::string name;
    std::optional<model::ArmTurn> turn;
    std::shared_ptr<Together> together;  // of arms side by side
  };
  // The turns of an interleaved experiment, for as long as it has the same arms.
  struct Turns {
    std::vector<config::Arm> arms;
    model::ArmTurn next;
  };
  runtime::Task<model::Measurement> measure_as(schedule::ExperimentRef experiment, ArmOf arm,
                                               WallTime scheduled_at);
  runtime::Task<> run_listed(schedule::ExperimentRef experiment, WallTime scheduled_at);
  runtime::Task<> run_arms(schedule::ExperimentRef experiment, WallTime scheduled_at);
  runtime::Task<> run_arm(schedule::ExperimentRef experiment, ArmOf arm, WallTime scheduled_at);
  runtime::Task<> run_side_by_side(schedule::ExperimentRef experiment, WallTime scheduled_at);
  runtime::Task<> run_next_arm(schedule::ExperimentRef experiment, WallTime scheduled_at);
  void ended(model::Measurement const& record);

  RunnerParts parts_;
  std::map<std::string, Turns> turns_;  // by experiment
};

}  // namespace perfd::app
