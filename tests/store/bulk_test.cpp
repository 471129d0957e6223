// Results by the million: new ones are kept, known ones left as they are.
#include "store/bulk.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::HasSubstr;

class BulkTest : public StoreTest {
 protected:
  Result<std::unique_ptr<Bulk>> open_bulk() {
    return Bulk::open(path_, [this] { return wall_from_us(now_us_); });
  }
};

TEST_F(BulkTest, MoreThanOneBatchIsThereInOrder) {
  constexpr int kMany = 4500;
  auto bulk = open_bulk().value();
  for (int n = 0; n < kMany; ++n) ASSERT_TRUE(bulk->add(measurement(n)));
  for (int n = 0; n < 3; ++n) ASSERT_TRUE(bulk->add(circuit(n)));
  EXPECT_EQ(bulk->finish().value(), std::size_t{kMany});
  bulk.reset();
  auto const found = ids();
  ASSERT_EQ(found.size(), std::size_t{kMany});
  for (int n = 0; n < kMany; ++n) ASSERT_EQ(found[static_cast<std::size_t>(n)], id_of(n));
  EXPECT_EQ(reader().totals().value().circuits, 3);
}

TEST_F(BulkTest, WhatIsThereStaysAsItIs) {
  auto first = measurement(1);
  {
    auto store = open();
    ASSERT_TRUE(done(*store, first));
  }
  auto changed = measurement(1);
  changed.readbytes = 77;
  auto bulk = open_bulk().value();
  ASSERT_TRUE(bulk->add(changed));
  ASSERT_TRUE(bulk->add(measurement(2)));
  EXPECT_EQ(bulk->finish().value(), 1U);
  bulk.reset();
  EXPECT_THAT(reader().by_id(first.id).value()->record,
              ::testing::Not(HasSubstr("\"readbytes\":77")));
  EXPECT_EQ(ids().size(), 2U);
}

TEST_F(BulkTest, AStoreIsInItsUsualModeAfterItsFirstImport) {
  for (int import = 0; import < 2; ++import) {
    auto bulk = open_bulk().value();
    for (int n = 0; n < 3000; ++n) ASSERT_TRUE(bulk->add(measurement(import * 3000 + n)));
    EXPECT_EQ(bulk->finish().value(), 3000U);
    bulk.reset();
    SQLite::Database file(path_.string(), SQLite::OPEN_READWRITE);
    EXPECT_EQ(file.execAndGet("PRAGMA journal_mode").getString(), "wal");
    EXPECT_EQ(file.execAndGet("PRAGMA integrity_check").getString(), "ok");
  }
  EXPECT_EQ(ids().size(), 6000U);
}

TEST_F(BulkTest, AReaderInTheWayOfAFirstImportIsNoTrouble) {
  { auto const store = open(); }
  auto other = reader();
  auto bulk = open_bulk().value();
  for (int n = 0; n < 100; ++n) ASSERT_TRUE(bulk->add(measurement(n)));
  EXPECT_EQ(bulk->finish().value(), 100U);
  EXPECT_EQ(other.totals().value().measurements, 100);
}

TEST_F(BulkTest, AStoreInUseIsLeftAlone) {
  auto const store = open();
  auto const bulk = open_bulk();
  ASSERT_FALSE(bulk);
  EXPECT_THAT(bulk.error().message, HasSubstr("in use"));
}

TEST_F(BulkTest, WithoutFinishItEndsAtOnce) {
  auto bulk = open_bulk().value();
  ASSERT_TRUE(bulk->add(measurement(1)));
  bulk.reset();
  EXPECT_TRUE(ids().empty());
}

}  // namespace
}  // namespace perfd::store
