// Results in the order of time, newest or oldest first, page by page: what tables and scatter plots
// ask for. Both ends of a period, the cursor and the order come from the index of times, so that a
// page costs the same at whatever place in many years it is.
// Thread: one at a time; a connection of its own, read-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "model/measurement.h"
#include "store/reader.h"

namespace perfd::store {

// Where a result stands: several may have begun at the same µs.
struct PlaceInTime {
  WallTime at{};
  std::int64_t seq = 0;
};

// What the store has. The first look at it counts all rows, those after it what is new, unless
// something was deleted meanwhile.
struct Extent {
  std::int64_t measurements = 0;
  std::optional<WallTime> oldest;  // begin of the first and of the last measurement
  std::optional<WallTime> newest;
  std::int64_t bytes = 0;  // of the file
};

class ByTime {
 public:
  struct Page {
    Filter filter{};  // its since, until and columns; cursors and order are these:
    std::optional<PlaceInTime> behind{};
    bool oldest_first = false;
    std::size_t most = 500;  // rows
  };

  [[nodiscard]] static Result<ByTime> open(std::filesystem::path const& path,
                                           Nanos limit = Nanos{0});
  ~ByTime();
  ByTime(ByTime&&) noexcept;
  ByTime& operator=(ByTime&&) noexcept;

  // Each gives the number of rows that were handed out, and stops when `each` returns false.
  Result<std::size_t> briefs(Page const& page, std::function<bool(Brief const&)> const& each);
  // With what reports look at (figures.h), for `each` to change; null where a row can't be read.
  Result<std::size_t> figures(Page const& page,
                              std::function<bool(Brief const&, model::Measurement*)> const& each);
  // With the JSON line.
  Result<std::size_t> records(Page const& page,
                              std::function<bool(Brief const&, std::string const&)> const& each);

  [[nodiscard]] Result<Extent> extent();

 private:
  struct Impl;
  explicit ByTime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::store
