// Files that can't be used, disks that are full, processes that die.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "formats/jsonl.h"
#include "places.h"
#include "store/schema.h"
#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace errc = boost::system::errc;

// What a child process says about itself through its exit code.
int in_child(std::function<int()> const& work) {
  pid_t const child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void give_up_root() {
  if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(90);
}

TEST_F(StoreTest, AfterKillNineEveryStartIsThereAsDoneOrAborted) {
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    int const base = round * 10'000;
    pid_t const child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      auto store = Store::open(options());
      if (!store) ::_exit(1);
      for (int i = base;; ++i) {
        if (!started(**store, measurement(i))) ::_exit(2);
        // The start is confirmed: from now on it must never be forgotten.
        if (::write(pipe[1], &i, sizeof i) != sizeof i) ::_exit(3);
        (*store)->circuit(circuit(i));
        (*store)->raw_event(raw_event(i));
        if (i % 3 != 0 && !done(**store, measurement(i))) ::_exit(4);
        if (i % 3 == 0) (*store)->done(measurement(i));
      }
    }
    ::close(pipe[1]);
    std::set<std::string> confirmed;
    int i = 0;
    for (int n = 0; n < 20 + 17 * round; ++n) {
      ASSERT_EQ(::read(pipe[0], &i, sizeof i), static_cast<ssize_t>(sizeof i));
      confirmed.insert(id_of(i));
    }
    ::kill(child, SIGKILL);
    while (::read(pipe[0], &i, sizeof i) == static_cast<ssize_t>(sizeof i))
      confirmed.insert(id_of(i));
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    auto const store = open();
    auto const all = ids();
    std::set<std::string> const found(all.begin(), all.end());
    EXPECT_EQ(found.size(), all.size());
    for (auto const& id : confirmed) EXPECT_TRUE(found.contains(id)) << id;
    EXPECT_TRUE(reader().running().value().empty());
    EXPECT_TRUE(check_integrity(path_));
  }
}

TEST_F(StoreTest, AFileInUseSaysByWhom) {
  auto const store = open();
  EXPECT_THAT(open_error(), HasSubstr(path_.string() + " is in use by another perfd (pid " +
                                      std::to_string(::getpid()) + ")"));
}

TEST_F(StoreTest, TheLockEndsWithTheProcess) {
  EXPECT_EQ(in_child([&] {
              auto store = Store::open(options());
              if (!store) return 1;
              ::kill(::getpid(), SIGKILL);
              return 2;
            }),
            128 + SIGKILL);
  EXPECT_EQ(open_error(), "no error");
}

TEST_F(StoreTest, ADamagedFileSaysHowToGoOn) {
  for (std::string const content :
       {"this is not a database, but it is long enough to look at it", "SQLite format 3"}) {
    std::ofstream(path_, std::ios::trunc) << content << std::string(5000, 'x');
    EXPECT_THAT(open_error(), HasSubstr("is damaged"));
    EXPECT_THAT(open_error(), HasSubstr("mv " + path_.string() + "*"));
    EXPECT_EQ(Store::open(options()).error().code, errc::bad_message);
    EXPECT_THAT(Reader::open(path_).error().message, HasSubstr("is damaged"));
  }
}

TEST_F(StoreTest, DamageInTheMiddleIsFoundByTheCheckAndByReaders) {
  {
    auto store = open();
    for (int i = 0; i < 200; ++i) store->done(measurement(i));
  }
  ASSERT_TRUE(check_integrity(path_));
  auto const size = std::filesystem::file_size(path_);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (std::uintmax_t page = 3; page * 4096 < size; ++page) {
    file.seekp(static_cast<std::streamoff>(page * 4096));
    file << std::string(4096, '\xA5');
  }
  file.close();
  auto const check = check_integrity(path_);
  ASSERT_FALSE(check);
  EXPECT_THAT(check.error().message, HasSubstr("damaged"));
  auto from = reader();
  auto const read = from.for_each({}, [](Row const&) { return true; });
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("is damaged"));
}

TEST_F(StoreTest, ANewerFileIsRefusedAndLeftAlone) {
  ASSERT_TRUE(open()->close());
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_THAT(open_error(), HasSubstr("was written by a newer perfd (its tables have version 99"));
  EXPECT_THAT(Reader::open(path_).error().message, HasSubstr("newer perfd"));
  SQLite::Database file(path_.string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(file.execAndGet("PRAGMA user_version").getInt(), 99);
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsLeftAlone) {
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE cookies(host TEXT)");
  EXPECT_THAT(open_error(), HasSubstr("not perfd's"));
  EXPECT_THAT(Reader::open(path_).error().message, HasSubstr("not perfd's"));
  SQLite::Database file(path_.string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(file.execAndGet("PRAGMA journal_mode").getString(), "delete");
}

TEST_F(StoreTest, AFolderThatMayNotBeWrittenToIsAClearError) {
  auto const expect_error = [&](char const* part) {
    EXPECT_EQ(in_child([&] {
                give_up_root();
                auto const store = Store::open(options());
                if (store) return 1;
                if (store.error().code != errc::permission_denied) return 2;
                return store.error().message.find(part) == std::string::npos ? 3 : 0;
              }),
              0)
        << part;
  };
  ::chmod(folder_.c_str(), 0555);
  expect_error("needs write permission");
  path_ = folder_ / "deeper" / "perfd.db";
  expect_error("cannot make the folder");
  ::chmod(folder_.c_str(), 0755);
}

TEST_F(StoreTest, AReaderNeedsNoWritePermission) {
  {
    auto store = open();
    ASSERT_TRUE(done(*store, measurement(1)));
  }
  path_ = [&] {
    auto odd = folder_ / "a?b%20#c.db";
    std::filesystem::rename(path_, odd);
    return odd;
  }();
  ::chmod(folder_.c_str(), 0555);
  EXPECT_EQ(in_child([&] {
              give_up_root();
              auto from = Reader::open(path_);
              if (!from) return 1;
              auto const count = from->for_each({}, [](Row const&) { return true; });
              return count && *count == 1 ? 0 : 2;
            }),
            0);
  ::chmod(folder_.c_str(), 0755);
}

TEST_F(StoreTest, AReaderWithoutAFileSaysSo) {
  EXPECT_THAT(Reader::open(path_).error().message, HasSubstr("there are no results yet"));
}

TEST_F(StoreTest, AFullDiskIsToldAndNothingIsLostWhenThereIsRoomAgain) {
  auto small = options();
  small.max_file_bytes = 400 * 1024;
  auto store = Store::open(small).value();
  // Old results fill the disk.
  int n = 0;
  Result<void> last;
  while ((last = done(*store, measurement(n)))) ++n;
  EXPECT_EQ(last.error().code, errc::no_space_on_device);
  EXPECT_THAT(last.error().message,
              HasSubstr("the disk is full. Free space in " + folder_.string()));
  for (int i = n + 1; i < n + 20; ++i) store->done(measurement(i));
  store->raw_event(raw_event(1));
  EXPECT_FALSE(flush(*store));
  auto const full = store->health();
  EXPECT_TRUE(full.failing);
  EXPECT_FALSE(full.good());
  EXPECT_EQ(full.pending_measurements, 20U);
  EXPECT_EQ(full.pending_events, 1U);
  EXPECT_GE(full.write_errors, 2U);
  EXPECT_THAT(full.last_error, HasSubstr("the disk is full"));
  EXPECT_EQ(full.lost_measurements, 0U);

  auto const pruned = prune(*store, {.measurements_before = at(n - 10)});
  ASSERT_TRUE(pruned) << pruned.error().message;
  EXPECT_TRUE(eventually([&] { return store->health().pending_measurements == 0; }));
  EXPECT_TRUE(flush(*store));
  EXPECT_TRUE(store->health().good());
  auto const all = ids();
  EXPECT_EQ(all.size(), 30U);
  EXPECT_EQ(all.back(), id_of(n + 19));
}

TEST_F(StoreTest, AFullDiskAtTheEndIsToldByClose) {
  auto small = options();
  small.max_file_bytes = 400 * 1024;
  auto store = Store::open(small).value();
  int n = 0;
  while (done(*store, measurement(n))) ++n;
  int told = 0;
  store->done(measurement(n + 1), [&](Result<void> result) { told += result ? 0 : 1; });
  auto const closed = store->close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("lost when perfd ended: 2 measurements"));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(store->health().lost_measurements, 2U);
}

TEST_F(StoreTest, AnIoErrorIsRetriedUntilItIsGone) {
  // The size limit of files makes write() fail; once it is lifted all must be there.
  EXPECT_EQ(in_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              auto store = Store::open(options());
              if (!store) return 1;
              rlimit limit{};
              ::getrlimit(RLIMIT_FSIZE, &limit);
              auto const before = limit.rlim_cur;
              limit.rlim_cur = 300 * 1024;
              ::setrlimit(RLIMIT_FSIZE, &limit);
              int n = 0;
              for (; n < 10'000; ++n)
                if (auto const result = done(**store, measurement(n)); !result) break;
              if (n == 10'000 || !(*store)->health().failing) return 2;
              limit.rlim_cur = before;
              ::setrlimit(RLIMIT_FSIZE, &limit);
              if (!eventually([&] { return (*store)->health().pending_measurements == 0; }))
                return 3;
              if ((*store)->health().lost_measurements != 0) return 4;
              return ids().size() == static_cast<std::size_t>(n + 1) ? 0 : 5;
            }),
            0);
}

TEST_F(StoreTest, BeyondTheBoundsLossesAreCounted) {
  auto tight = options();
  tight.max_file_bytes = 400 * 1024;
  tight.max_measurements = 5;
  tight.max_events = 3;
  auto store = Store::open(tight).value();
  int n = 0;
  while (done(*store, measurement(n))) ++n;
  for (int i = 1; i < 10; ++i) {
    store->done(measurement(n + i));
    store->raw_event(raw_event(i));
    store->circuit(circuit(i));
  }
  auto const refused = done(*store, measurement(n + 11));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("this one is lost. " + path_.string()));
  auto const health = store->health();
  EXPECT_EQ(health.pending_measurements, 5U);
  EXPECT_EQ(health.lost_measurements, 6U);
  EXPECT_EQ(health.pending_events, 6U);
  EXPECT_EQ(health.lost_events, 12U);
}

TEST_F(StoreTest, AnotherProgramsLockIsWaitedOut) {
  auto store = open();
  SQLite::Database shell(path_.string(), SQLite::OPEN_READWRITE);
  shell.exec("BEGIN IMMEDIATE");
  std::promise<Result<void>> promise;
  store->done(measurement(1), [&](Result<void> result) { promise.set_value(result); });
  shell.exec("COMMIT");
  EXPECT_TRUE(promise.get_future().get());
}

TEST_F(StoreTest, MigrationsRunInOrderAndAllOrNothing) {
  constexpr Migration kGood[] = {
      {1, "CREATE TABLE a(x); INSERT INTO a VALUES(1)"},
      {2, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"},
      {3, "CREATE TABLE b(z); INSERT INTO b SELECT y FROM a"},
  };
  SQLite::Database file(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  ASSERT_TRUE(migrate(file, path_, std::span(kGood).first(1)));
  EXPECT_EQ(file.execAndGet("PRAGMA user_version").getInt(), 1);

  constexpr Migration kBad[] = {kGood[0], kGood[1], {3, "CREATE TABLE b(z); NONSENSE"}};
  EXPECT_THROW((void)migrate(file, path_, kBad), SQLite::Exception);
  EXPECT_EQ(file.execAndGet("PRAGMA user_version").getInt(), 1);
  EXPECT_FALSE(file.tableExists("b"));
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM pragma_table_info('a')").getInt(), 1);

  ASSERT_TRUE(migrate(file, path_, kGood));
  EXPECT_EQ(file.execAndGet("SELECT z FROM b").getInt(), 2);
  EXPECT_EQ(file.execAndGet("PRAGMA user_version").getInt(), 3);
  EXPECT_FALSE(migrate(file, path_, std::span(kGood).first(2)));
}

// The dump is of a file that tables of version 1 were made in, and never changes.
TEST_F(StoreTest, AFileOfVersionOneIsReadAndContinued) {
  std::ifstream dump(perfd::test::data("store-v1.sql"));
  ASSERT_TRUE(dump);
  std::string const sql(std::istreambuf_iterator<char>(dump), {});
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  auto store = open();
  EXPECT_EQ(store->aborted_at_open(), 1U);
  ASSERT_TRUE(done(*store, measurement(9)));
  EXPECT_THAT(ids(), ElementsAre(id_of(1), id_of(2), id_of(3), id_of(9)));
  EXPECT_EQ(reader().by_id(id_of(1)).value()->record, formats::to_json_line(measurement(1)));
  auto const totals = reader().totals().value();
  EXPECT_EQ(totals.circuits, 1);
  EXPECT_EQ(totals.streams, 1);
  EXPECT_EQ(totals.raw_events, 1);
  EXPECT_EQ(reader().page({}).value().back().seq, 5);
}

TEST_F(StoreTest, AFileThatCanNotShrinkIsPrunedAllTheSame) {
  {
    auto store = open();
    for (int i = 0; i < 3000; ++i) {
      auto event = raw_event(i);
      event.line.append(2000, 'x');
      store->raw_event(event);
    }
  }
  {
    SQLite::Database file(path_.string(), SQLite::OPEN_READWRITE);
    file.exec("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM");
  }
  auto store = open();
  EXPECT_EQ(prune(*store, {.raw_events_before = at(3000)})->raw_events, 3000U);
}

}  // namespace
}  // namespace perfd::store
