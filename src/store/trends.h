// What the numbers of measurements were over time, of a store that may hold ten millions: from the
// roll-ups (rollups.h), or exact from the measurements where these are few, or where only they tell
// what is asked for.
//
// From roll-ups values are within one percent (sketch.h), and times are cut to whole hours. What is
// not rolled up yet is looked at measurement by measurement.
// Thread: one at a time; make as many as there are threads. Works beside the Store of this or
// another process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/units.h"
#include "model/selection.h"
#include "model/series_key.h"
#include "store/numbers.h"
#include "store/tally.h"

namespace perfd::store {

// What measurements are put together by.
enum class Slots : std::uint8_t {
  all,           // the whole time
  over_time,     // steps of equal length, counted in UTC
  hour_of_week,  // 0 is Monday from 00:00 to 01:00 UTC
};

struct TrendQuestion {
  model::Selection which;                  // REQUIRES since and until
  std::optional<std::uint8_t> quantity{};  // nothing: outcomes alone
  Slots slots = Slots::all;
  std::size_t points = 300;    // of over_time: at most so many steps
  bool together = false;       // all series as one
  std::size_t max_series = 0;  // in the order of their keys; 0: all
};

// Of one series and slot. `slot` is the start of the step in µs since the epoch, or the hour of the
// week; the key is empty where all are one.
using EachSlot = std::function<void(model::SeriesKey const&, std::int64_t slot, Tally const&)>;

struct TrendAnswer {
  WallTime since{};  // what was looked at: from roll-ups, whole hours
  WallTime until{};
  Micros step{};  // of over_time
  bool exact = false;
  // Only the newest were looked at, since only measurements tell what is asked for and there are
  // too many, or since roll-ups are still being made.
  bool sampled = false;
  std::size_t left_off = 0;  // series
};

// Where the measurements that the store's indexes find in the time are more, roll-ups are asked.
inline constexpr std::size_t kExactRows = 10'000;
// So many are looked at where roll-ups can't tell.
inline constexpr std::size_t kSampleRows = 20'000;

class Trends {
 public:
  // `numbers` have to be those that the store is written with: else there are no roll-ups to read,
  // and answers are of the newest measurements.
  [[nodiscard]] static Result<Trends> open(std::filesystem::path const& path, Numbers numbers);
  ~Trends();
  Trends(Trends&&) noexcept;
  Trends& operator=(Trends&&) noexcept;

  // Series in the order of their keys, slots ascending; slots without measurements are left out.
  [[nodiscard]] Result<TrendAnswer> ask(TrendQuestion const& question, EachSlot const& each);

 private:
  struct Impl;
  explicit Trends(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::store
