// What tors told, for tables: circuits in the order of their launch, what became of them, and the
// latest choices of guards.
// Thread: one at a time; a connection of its own, read-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/circuit.h"
#include "model/guards.h"

namespace perfd::store {

// How many circuits of a tor ended alike.
struct CircuitCount {
  std::string instance;
  std::string result;  // "built"; ended before that: "failed" or, on purpose, "closed"
  std::string reason;  // of those that were not built, as tor told it
  std::int64_t n = 0;
};

class TorPages {
 public:
  struct Page {
    std::string instance{};  // empty: all
    std::optional<WallTime> since{};
    std::optional<WallTime> until{};
    // (launched_at, row): what comes is older.
    std::optional<std::pair<WallTime, std::int64_t>> before{};
    std::size_t most = 100;
  };
  struct Row {
    std::int64_t row = 0;
    model::Circuit circuit;
  };

  [[nodiscard]] static Result<TorPages> open(std::filesystem::path const& path,
                                             Nanos limit = Nanos{0});
  ~TorPages();
  TorPages(TorPages&&) noexcept;
  TorPages& operator=(TorPages&&) noexcept;

  // Newest first; one that can't be read is left out.
  [[nodiscard]] Result<std::vector<Row>> circuits(Page const& page);
  // Of those launched in that time; the most frequent first.
  [[nodiscard]] Result<std::vector<CircuitCount>> circuit_counts(WallTime since, WallTime until);
  // The latest, newest first.
  [[nodiscard]] Result<std::vector<model::GuardChoice>> guard_choices(WallTime since,
                                                                      WallTime until,
                                                                      std::size_t most);
  // Of the relays that the latest rankings of guards have, by fingerprint.
  [[nodiscard]] Result<std::map<std::string, std::string>> nicknames();

 private:
  struct Impl;
  explicit TorPages(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::store
