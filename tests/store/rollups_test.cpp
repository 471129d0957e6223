// Roll-ups tell what the measurements tell, whatever happens.
#include "store/rollups.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "places.h"
#include "store/support/rollup_fixture.h"

namespace perfd::store {
namespace {

TEST_F(RollupTest, WhatIsMeasuredIsRolledUpOnTheWay) {
  auto store = open_rolled();
  for (int n = 0; n < 1500; ++n) store->done(varied(n));
  ASSERT_TRUE(flush(*store));
  EXPECT_TRUE(eventually([&] { return rolled() > 1500 - 256; }));
  ASSERT_TRUE(store->close());
  EXPECT_FALSE(kept().empty());
  EXPECT_EQ(kept(), expected());
  EXPECT_EQ(number("SELECT count(*) FROM series"), 5);
}

TEST_F(RollupTest, AnImportRollsUpAllOfIt) {
  import(many(0, 5000), test_numbers());
  EXPECT_EQ(rolled(), 5000);
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, AStoreThatHasNoneGetsThemWhenItIsOpened) {
  import(many(0, 5000), {});
  EXPECT_EQ(rolled(), 0);
  EXPECT_TRUE(kept().empty());
  auto store = open_rolled();
  // Measurements are written meanwhile.
  ASSERT_TRUE(done(*store, varied(5000)));
  EXPECT_TRUE(eventually([&] { return rolled() >= 5000 - 256; }));
  ASSERT_TRUE(store->close());
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, RowsWithoutFiguresAreRolledUpFromTheirRecords) {
  import(many(0, 400), {});
  change("UPDATE measurements SET figures = NULL WHERE seq % 2 = 0");
  import({}, test_numbers());
  EXPECT_EQ(rolled(), 400);
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, AFileOfVersionOneGetsThemToo) {
  std::ifstream dump(perfd::test::data("store-v1.sql"));
  ASSERT_TRUE(dump);
  std::string const sql(std::istreambuf_iterator<char>(dump), {});
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  import({}, test_numbers());
  EXPECT_EQ(rolled(), number("SELECT max(seq) FROM measurements"));
  EXPECT_EQ(kept(), expected());
  EXPECT_FALSE(kept().empty());
}

TEST_F(RollupTest, WhatRetentionDeletesIsTakenAway) {
  import(many(0, 3000), test_numbers());
  auto store = open_rolled();
  ASSERT_EQ(prune(*store, {.measurements_before = at(720 * 1234)})->measurements, 1234U);
  EXPECT_EQ(kept(), expected());
  ASSERT_EQ(prune(*store, {.measurements_before = at(720 * 3000)})->measurements, 1766U);
  EXPECT_TRUE(kept().empty());
  EXPECT_EQ(number("SELECT count(*) FROM series"), 0);
}

TEST_F(RollupTest, WhatWasNotRolledUpYetIsNotTakenAway) {
  import(many(0, 1000), test_numbers());
  import(many(1000, 1200), {});
  auto store = open_rolled();
  ASSERT_EQ(prune(*store, {.measurements_before = at(720 * 1100)})->measurements, 1100U);
  EXPECT_EQ(kept(), expected());
  EXPECT_TRUE(kept().empty());
}

TEST_F(RollupTest, AnOldProgramThatDeletesMakesThemBeginAnew) {
  import(many(0, 1000), test_numbers());
  {
    auto store = open();  // knows no numbers
    ASSERT_EQ(prune(*store, {.measurements_before = at(720 * 10)})->measurements, 10U);
    EXPECT_EQ(rolled(), 0);
    EXPECT_TRUE(kept().empty());
  }
  import({}, test_numbers());
  EXPECT_EQ(rolled(), 1000);
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, OtherNumbersMakeThemBeginAnew) {
  import(many(0, 1000), test_numbers("before"));
  change("DELETE FROM rollups WHERE id % 3 = 0");
  import({}, test_numbers("before"));
  EXPECT_NE(kept(), expected());
  import({}, test_numbers("after"));
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, BrokenOnesAreMadeAnew) {
  import(many(0, 1000), test_numbers());
  change("UPDATE rollups SET counts = x'ffff'");
  import(many(1000, 1001), test_numbers());
  EXPECT_EQ(rolled(), 1001);
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, AfterKillNineTheyTellWhatTheMeasurementsTell) {
  for (int round = 0; round < 3; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    pid_t const child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      auto store = Store::open(with_rollups());
      if (!store) ::_exit(1);
      for (int n = round * 100'000;; ++n) {
        (*store)->done(varied(n), [fd = pipe[1]](Result<void> const& saved) {
          if (!saved || ::write(fd, "x", 1) != 1) ::_exit(2);
        });
        if (n % 500 == 0 && !flush(**store)) ::_exit(3);  // so that few wait in memory
      }
    }
    ::close(pipe[1]);
    // Ever later, so that it ends in the midst of other steps.
    char byte = 0;
    for (int n = 0; n < 700 + 662 * round; ++n) ASSERT_EQ(::read(pipe[0], &byte, 1), 1);
    ::kill(child, SIGKILL);
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_GT(rolled(), 0);
    EXPECT_EQ(kept(), expected());
    EXPECT_TRUE(check_integrity(path_));
  }
}

TEST_F(RollupTest, AFullDiskLeavesThemAsTheyWere) {
  import(many(0, 1500), {});
  auto const size = std::filesystem::file_size(path_);
  auto small = with_rollups();
  small.max_file_bytes = static_cast<std::int64_t>(size);
  auto store = Store::open(small).value();
  EXPECT_TRUE(eventually([&] { return store->health().failing; }));
  EXPECT_EQ(store->health().lost_measurements, 0U);
  EXPECT_EQ(rolled(), 0);
  EXPECT_EQ(kept(), expected());
  ASSERT_TRUE(store->close());
  store = open_rolled();
  EXPECT_TRUE(eventually([&] { return rolled() == 1500; }));
  EXPECT_TRUE(store->health().good());
  EXPECT_EQ(kept(), expected());
}

TEST_F(RollupTest, ATimeThatIsNoneIsNotRolledUp) {
  auto early = varied(1);
  early.started_at = early.scheduled_at = wall_from_us(-5);
  auto late = varied(2);
  late.started_at = late.scheduled_at = wall_from_us(std::int64_t{1} << 60);
  import({early, varied(3), late}, test_numbers());
  EXPECT_EQ(rolled(), 3);
  EXPECT_EQ(number("SELECT count(*) FROM series"), 1);
}

}  // namespace
}  // namespace perfd::store
