#include "report/buckets.h"

#include <gmock/gmock.h>

#include <limits>

namespace perfd::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Micros kMinute{60'000'000};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Bands, AreQuantilesOfTheValuesThatBeganInABucket) {
  std::vector<std::int64_t> const at = {60'000'000, 119'999'999, 61'000'000, 240'000'000};
  std::vector<double> const values = {3, 1, 2, 9};
  EXPECT_THAT(bands(at, values, kMinute),
              ElementsAre(Band{wall_from_us(60'000'000), 3, 1.2, 1.5, 2, 2.5, 2.8},
                          Band{wall_from_us(240'000'000), 1, 9, 9, 9, 9, 9}));
  EXPECT_THAT(bands({}, {}, kMinute), IsEmpty());
}

TEST(Bands, WhatHasNoValueCountsForNothing) {
  std::vector<std::int64_t> const at = {1, 2, 70'000'000};
  EXPECT_THAT(bands(at, std::vector<double>{kNone, 4, kNone}, kMinute),
              ElementsAre(Band{wall_from_us(0), 1, 4, 4, 4, 4, 4}));
}

TEST(FailureShares, CountBothInEachBucket) {
  std::vector<std::int64_t> const ok = {1, 2, 130'000'000};
  std::vector<std::int64_t> const bad = {3, 600'000'000};
  EXPECT_THAT(failure_shares(ok, bad, kMinute),
              ElementsAre(FailureShare{wall_from_us(0), 3, 1},
                          FailureShare{wall_from_us(120'000'000), 1, 0},
                          FailureShare{wall_from_us(600'000'000), 1, 1}));
  EXPECT_THAT(failure_shares({}, {}, kMinute), IsEmpty());
}

TEST(BucketLength, HoldsEnoughMeasurementsAndIsNotTooShort) {
  constexpr Micros kDay{86'400'000'000};
  EXPECT_EQ(bucket_length(kDay, 100'000), Micros{1'800'000'000});  // at most 72 of them
  EXPECT_EQ(bucket_length(kDay, 288), kMinute * 60);               // about ten in each
  EXPECT_EQ(bucket_length(kDay, 3), kMinute * 180);                // an eighth of the period
  EXPECT_EQ(bucket_length(30 * kDay, 30 * 288), kDay / 2);
  EXPECT_EQ(bucket_length(Micros{0}, 1), Micros{1'000'000});
  EXPECT_LE(100'000 * kDay / bucket_length(100'000 * kDay, 1'000'000'000), 72);
}

TEST(BucketText, IsAsAPersonSaysIt) {
  EXPECT_EQ(bucket_text(Micros{1'000'000}), "1 second");
  EXPECT_EQ(bucket_text(10 * kMinute), "10 minutes");
  EXPECT_EQ(bucket_text(60 * kMinute), "1 hour");
  EXPECT_EQ(bucket_text(2 * 1440 * kMinute), "2 days");
}

}  // namespace
}  // namespace perfd::report
