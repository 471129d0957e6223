// The statements that write, one transaction at a time. No queue and no thread here:
// the Store calls this from its thread.
// Thread: one.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"
#include "store/imported_rows.h"
#include "store/rollups.h"
#include "store/store.h"

namespace perfd::store {

// What is committed at once and synced.
struct Started {
  model::Measurement measurement;
};
struct Done {
  model::Measurement measurement;
};
using Urgent = std::variant<Started, Done>;

// What comes in batches.
using Event =
    std::variant<model::Circuit, model::Stream, RawEvent, model::GuardChoice, model::GuardRanking>;

// Of one urgent item of a committed transaction: why the database will never take it.
using Refusal = std::optional<Error>;

class Writer {
 public:
  // `numbers` are those of roll-ups (rollups.h).
  Writer(SQLite::Database database, std::filesystem::path path, Numbers numbers = {});

  // At the start: every running measurement becomes an aborted one; gives their number.
  [[nodiscard]] Result<std::size_t> recover(WallTime now);

  // All or nothing on disk: an error means that nothing of it is there, and that
  // trying again may help. Refused items do not fail the others.
  [[nodiscard]] Result<std::vector<Refusal>> commit(std::span<Urgent const* const> items,
                                                    WallTime now);
  // Many at once, not synced; those that are there already are left as they are. Gives the number
  // of new ones.
  [[nodiscard]] Result<std::size_t> commit(ImportedRows const& rows, WallTime now);
  // Into a store that has nothing to lose yet: batches are not written twice (to the write-ahead
  // log first), and only sync() makes them safe from a power loss. Of a store that has results this
  // changes nothing.
  [[nodiscard]] Result<void> sync_at_the_end();
  // Waits until everything is on disk.
  [[nodiscard]] Result<void> sync();
  // Gives the number of those that the database will never take.
  [[nodiscard]] Result<std::size_t> commit(std::span<Event const> events);

  // Deletes at most `rows` rows of each kind; all zero means that nothing is left to do.
  [[nodiscard]] Result<Pruned> prune_step(Retention const& retention, int rows, WallTime now);
  // If so many rows wait to be rolled up, a part of them is, which is not synced: roll-ups are made
  // of rows that are there. False when so many wait no more.
  [[nodiscard]] Result<bool> roll_up(std::int64_t waiting, std::size_t rows);
  // Gives some free pages back, as long as more than a tenth of the file is free.
  // False when there is nothing more to give.
  [[nodiscard]] Result<bool> vacuum_step();

 private:
  // False where the id is there already, whatever its record.
  bool insert_row(MeasurementRow const& row, WallTime now);
  void insert(Started const& item);
  void insert(Done const& item, WallTime now);
  void insert(model::Circuit const& circuit);
  void insert(model::Stream const& stream);
  void insert(RawEvent const& event);
  void insert(model::GuardChoice const& choice);
  void insert(model::GuardRanking const& ranking);
  Refusal apply(Urgent const& item, WallTime now);
  int delete_measurements(WallTime before, int rows, WallTime now);
  // Runs `work` in a transaction; `synced` waits for the disk.
  Result<void> transaction(bool synced, std::function<void()> const& work);

  SQLite::Database database_;
  std::filesystem::path path_;
  std::array<std::string, 9> texts_;  // of the row that is being written
  bool synced_ = true;                // what PRAGMA synchronous stands at
  bool at_the_end_ = false;           // sync_at_the_end
  Rollups rollups_;
  SQLite::Statement insert_running_;
  SQLite::Statement delete_running_;
  SQLite::Statement insert_measurement_;
  SQLite::Statement insert_record_;
  SQLite::Statement find_record_;
  SQLite::Statement insert_circuit_;
  SQLite::Statement insert_stream_;
  SQLite::Statement insert_raw_;
  SQLite::Statement insert_choice_;
  SQLite::Statement insert_ranking_;
};

}  // namespace perfd::store
