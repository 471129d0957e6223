// Sketches hold values to within one percent, and lose nothing when they are added up.
#include "store/sketch.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace perfd::store {
namespace {

using Key = std::pair<std::uint32_t, std::uint32_t>;  // slot, key
using Counts = std::map<Key, std::int64_t>;

std::vector<SlotCount> listed(Counts const& counts) {
  std::vector<SlotCount> out;
  for (auto const& [key, n] : counts)
    if (n != 0) out.push_back({key.first, key.second, n});
  return out;
}

Counts read(std::string_view bytes) {
  Counts counts;
  std::uint32_t slot = 0;
  EXPECT_TRUE(read_counts(
      bytes, [&](std::uint32_t now) { slot = now; },
      [&](std::uint32_t key, std::int64_t n) {
        counts[{slot, key}] += n;
      }));
  return counts;
}

Counts some_counts() {
  auto const keys = *rc::gen::container<std::vector<Key>>(
      rc::gen::pair(rc::gen::inRange(0U, kSketchSlots), rc::gen::inRange(0U, kSketchKeys)));
  Counts counts;
  for (auto const& key : keys) counts[key] += *rc::gen::element<std::int64_t>(1, 1, 2, 300, 70'000);
  return counts;
}

TEST(Sketch, SmallNumbersAreExact) {
  for (int value = 0; value < 128; ++value) EXPECT_EQ(sketch_value(sketch_key(value)), value);
  EXPECT_EQ(sketch_key(-1), 0U);
  EXPECT_EQ(sketch_key(std::nan("")), 0U);
  EXPECT_EQ(sketch_key(0.4), 0U);
}

TEST(Sketch, EveryValueIsWithinOnePercent) {
  EXPECT_TRUE(rc::check([] {
    // Of all magnitudes alike.
    auto const bits = *rc::gen::inRange(1, 62);
    auto const value = *rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << bits);
    auto const kept = sketch_value(sketch_key(static_cast<double>(value)));
    RC_ASSERT(std::abs(kept - static_cast<double>(value)) <=
              kSketchError * static_cast<double>(value));
  }));
}

TEST(Sketch, KeysKeepTheOrderAndTheBound) {
  EXPECT_TRUE(rc::check([](std::uint64_t a, std::uint64_t b) {
    auto const low = static_cast<double>(std::min(a, b));
    auto const high = static_cast<double>(std::max(a, b));
    RC_ASSERT(sketch_key(low) <= sketch_key(high));
    RC_ASSERT(sketch_key(high) < kSketchKeys);
  }));
  EXPECT_LT(sketch_key(1e300), kSketchKeys);
}

TEST(Sketch, CountsAreReadAsTheyWereWritten) {
  EXPECT_TRUE(rc::check([] {
    auto const counts = some_counts();
    RC_ASSERT(read(write_counts(listed(counts))) == counts);
  }));
}

TEST(Sketch, WhatIsAddedIsThereAndCanBeTakenAway) {
  EXPECT_TRUE(rc::check([] {
    auto const first = some_counts();
    auto const second = some_counts();
    auto sum = first;
    for (auto const& [key, n] : second) sum[key] += n;
    auto const added = change_counts(write_counts(listed(first)), listed(second)).value();
    RC_ASSERT(read(added) == sum);
    auto less = listed(second);
    for (auto& count : less) count.n = -count.n;
    RC_ASSERT(read(change_counts(added, less).value()) == first);
  }));
}

TEST(Sketch, MoreThanThereIsCanNotBeTakenAway) {
  auto const bytes = write_counts(std::vector<SlotCount>{{3, 700, 2}});
  EXPECT_EQ(change_counts(bytes, std::vector<SlotCount>{{3, 700, -5}, {4, 1, -1}}), "");
}

TEST(Sketch, BrokenBytesAreNoticedAndHarmNobody) {
  auto const good = write_counts(std::vector<SlotCount>{{0, 1000, 1}, {23, 1000, 40'000}});
  for (std::size_t size = 1; size < good.size(); ++size) {
    auto const read = read_counts(
        std::string_view(good).substr(0, size), [](auto) {}, [](auto, auto) {});
    // The first slot alone is whole.
    EXPECT_EQ(read, size == 4) << size;
  }
  EXPECT_TRUE(rc::check([](std::string const& bytes) {
    auto const read = read_counts(
        bytes, [](std::uint32_t slot) { RC_ASSERT(slot < kSketchSlots); },
        [](std::uint32_t key, std::int64_t) { RC_ASSERT(key < kSketchKeys); });
    RC_ASSERT(change_counts(bytes, {}).has_value() == read);
  }));
}

}  // namespace
}  // namespace perfd::store
