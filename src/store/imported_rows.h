// The rows of many measurements in one piece of memory, which is used again for the next ones: an
// import makes a million of them on one thread and writes them on another.
// Thread: of its owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::store {

// What is written of a measurement that is done. The views are of the ImportedRows.
struct MeasurementRow {
  std::string_view id;
  std::string_view source;
  std::string_view experiment;
  std::string_view kind;
  std::string_view target;
  std::string_view arm;
  std::string_view instance;
  std::string_view outcome;
  WallTime at{};  // started_at, or scheduled_at if it never started
  WallTime scheduled_at{};
  WallTime started_at{};
  std::int64_t filesize = 0;
  std::optional<Micros> ttfb;
  std::optional<Micros> ttlb;
  std::string_view figures;
  std::string_view record;  // its JSON line
};

class ImportedRows {
 public:
  void add(model::Measurement const& measurement);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::size_t bytes() const { return text_.size(); }
  // Valid until the next add() or clear().
  [[nodiscard]] MeasurementRow operator[](std::size_t index) const;
  // Keeps its memory.
  void clear();

 private:
  static constexpr std::size_t kTexts = 7;  // id to instance, and figures; behind them the record
  struct Row {
    std::size_t begin = 0;
    std::uint32_t sizes[kTexts] = {};
    std::uint32_t record = 0;
    std::string_view kind;  // these are constants
    std::string_view outcome;
    WallTime scheduled_at{};
    WallTime started_at{};
    std::int64_t filesize = 0;
    std::optional<Micros> ttfb;
    std::optional<Micros> ttlb;
  };

  std::string text_;
  std::vector<Row> rows_;
};

}  // namespace perfd::store
