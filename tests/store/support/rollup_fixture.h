// A store with roll-ups, and what they have to be by the measurements that are there.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "model/series_key.h"
#include "store/bulk.h"
#include "store/numbers.h"
#include "store/rollup_row.h"
#include "store/support/store_fixture.h"
#include "store/trends.h"

namespace perfd::store {

inline constexpr std::uint8_t kTtfb = 0;
inline constexpr std::uint8_t kTtlb = 1;

// Of the marks: the time to the first and to the last byte.
[[nodiscard]] Numbers test_numbers(std::string identity = "test");

class RollupTest : public StoreTest {
 protected:
  // Series, level, quantity, slot since the epoch, key.
  using Cell = std::tuple<model::SeriesKey, RollupLevel, int, std::int64_t, std::uint32_t>;
  using Cells = std::map<Cell, std::int64_t>;

  [[nodiscard]] Options with_rollups();
  [[nodiscard]] std::unique_ptr<Store> open_rolled();
  // In one go.
  void import(std::vector<model::Measurement> const& measurements, Numbers numbers);
  [[nodiscard]] Trends trends();

  // The n-th of an endless list: five series, an hour between two of the same one, some failed.
  [[nodiscard]] static model::Measurement varied(int n);
  [[nodiscard]] static std::vector<model::Measurement> many(int from, int until);

  [[nodiscard]] Cells kept();      // what the roll-ups hold
  [[nodiscard]] Cells expected();  // of the rows up to the mark
  [[nodiscard]] std::int64_t rolled();
  [[nodiscard]] std::int64_t number(std::string const& sql);
  void change(std::string const& sql);
};

}  // namespace perfd::store
