// Through which the serving thread asks the measuring thread: how the daemon is, and for a probe.
//
// A question is posted to the measuring loop and its answer back to the serving loop; who asked
// waits for a bounded time, and what comes later finds nobody. Once the door is closed nothing is
// asked or answered any more, also of what was posted before, so that both sides may end.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "web/daemon.h"

namespace perfd::app {

// Answers on the measuring loop, and does not block it.
class MeasuringSide {
 public:
  using Told = std::function<void(Result<model::Measurement>)>;

  virtual ~MeasuringSide() = default;
  [[nodiscard]] virtual web::DaemonState state() const = 0;
  // Calls `told` once, on the measuring loop.
  virtual void probe(web::ProbeOrder order, Told told) = 0;
};

// The measuring side's half. Thread: the measuring loop's, but for what Asker uses.
class MeasuringDoor {
 public:
  // Both outlive the door.
  MeasuringDoor(runtime::Loop& measuring, MeasuringSide& side);
  ~MeasuringDoor() { close(); }
  MeasuringDoor(MeasuringDoor const&) = delete;
  MeasuringDoor& operator=(MeasuringDoor const&) = delete;

  void close();

 private:
  friend class Asker;
  struct Shared {
    MeasuringSide* side;  // null: closed. Only used on the measuring loop.
  };

  runtime::Loop& measuring_;
  std::shared_ptr<Shared> shared_;
};

// The serving side's half. Thread: the serving loop's. REQUIRES: the door is closed, or the
// measuring loop runs no more, before this and its loop are gone.
class Asker final : public web::Daemon {
 public:
  // `store` is the database, whose size is asked of the disk by a thread of the pool.
  Asker(MeasuringDoor& door, runtime::Loop& serving, runtime::Pool& pool,
        std::filesystem::path store);

  runtime::Task<Result<web::DaemonState>> state() override;
  runtime::Task<Result<model::Measurement>> probe(web::ProbeOrder order) override;

 private:
  template <class T>
  runtime::Task<Result<T>> ask(
      std::function<void(MeasuringSide&, std::function<void(Result<T>)>)> question, Nanos limit);

  // One question about the state, with all who wait for its answer.
  struct StateAsked;
  runtime::Task<Result<web::DaemonState>> ask_state();

  runtime::Loop& measuring_;
  std::shared_ptr<MeasuringDoor::Shared> door_;
  runtime::Loop& serving_;
  runtime::Pool& pool_;
  std::filesystem::path store_;
  std::shared_ptr<StateAsked> state_asked_;  // the last one
};

}  // namespace perfd::app
