// Results that come by the million, from files: into the store that a perfd may go on with.
//
// Takes the store's lock, as a running perfd does. Batches are committed as they come, and synced
// at the end: after a power loss in the middle the import is begun anew, and what was there before
// it stays. A new store whose first import was cut by a power loss may have to be deleted. Thread:
// of its owner; it writes on a thread of its own, behind a queue of a few batches.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/units.h"
#include "model/measurement.h"
#include "store/numbers.h"

namespace perfd::store {

class Bulk {
 public:
  // `now` gives the time that rows are recorded at; called on the writing thread. The file and its
  // folder are created where there is none. The error says what is in the way. `numbers` are those
  // of roll-ups: without them the next one that has them makes the roll-ups.
  [[nodiscard]] static Result<std::unique_ptr<Bulk>> open(std::filesystem::path const& path,
                                                          std::function<WallTime()> now,
                                                          Numbers numbers = {});
  ~Bulk();  // without finish(): what waits is dropped
  Bulk(Bulk const&) = delete;
  Bulk& operator=(Bulk const&) = delete;

  // Waits while the queue is full. An error is that of an earlier batch: nothing more will be kept.
  [[nodiscard]] Result<void> add(model::Measurement measurement);
  [[nodiscard]] Result<void> add(model::Circuit circuit);

  // Everything is on disk. Gives how many measurements were new; others had their id there already.
  [[nodiscard]] Result<std::size_t> finish();

 private:
  struct Impl;
  explicit Bulk(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::store
