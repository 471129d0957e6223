#include "runtime/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "runtime/files.h"
#include "runtime/privileges.h"

namespace perfd::runtime {
namespace {

class DaemonTest : public testing::Test {
 protected:
  std::filesystem::path folder_ = make_temporary_folder("perfd-test").value();
  ~DaemonTest() override { std::filesystem::remove_all(folder_); }
};

TEST_F(DaemonTest, APidFileIsHeldOnceAndRemovedAtTheEnd) {
  auto const path = folder_ / "perfd.pid";
  {
    auto const first = PidFile::take(path);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(PidFile::holder(path), ::getpid());
    auto const second = PidFile::take(path);
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().message,
                testing::HasSubstr("runs already as process " + std::to_string(::getpid())));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DaemonTest, APidFileThatCannotBeReadIsNotTakenForNobodys) {
  auto const path = folder_ / "perfd.pid";
  std::filesystem::create_symlink(path, path);
  auto const known = PidFile::look(path);
  ASSERT_FALSE(known.has_value());
  EXPECT_THAT(known.error().message, testing::HasSubstr(path.string()));
  EXPECT_EQ(PidFile::look(folder_ / "none").value(), std::nullopt);
}

TEST_F(DaemonTest, AStalePidFileIsNoObstacleEvenWhenItsPidLives) {
  auto const path = folder_ / "perfd.pid";
  std::ofstream(path) << "1\n";
  EXPECT_EQ(PidFile::holder(path), std::nullopt);
  EXPECT_TRUE(PidFile::take(path).has_value());
}

TEST_F(DaemonTest, TheOriginalProcessLearnsTheDaemonsWord) {
  for (std::string const word : {"", "port 80 is taken"}) {
    auto background = Background::enter(folder_ / "perfd.log").value();
    if (background.is_daemon()) {
      background.report(word);
      ::_exit(0);
    }
    auto const told = background.wait();
    ::waitpid(background.daemon_pid(), nullptr, 0);
    EXPECT_EQ(told.has_value(), word.empty());
    if (!told) {
      EXPECT_EQ(told.error().message, word);
    }
  }
}

TEST_F(DaemonTest, ADaemonThatDiesWithoutAWordIsAFailure) {
  auto background = Background::enter(folder_ / "perfd.log").value();
  if (background.is_daemon()) ::_exit(1);
  auto const told = background.wait();
  ::waitpid(background.daemon_pid(), nullptr, 0);
  ASSERT_FALSE(told.has_value());
  EXPECT_THAT(told.error().message, testing::HasSubstr("ended during its start"));
}

TEST_F(DaemonTest, WriteFileReplacesWhollyAndReadFileIsBounded) {
  auto const path = folder_ / "file";
  ASSERT_TRUE(write_file(path, "first").has_value());
  ASSERT_TRUE(write_file(path, "second", 0600).has_value());
  EXPECT_EQ(read_file(path, 100).value(), "second");
  EXPECT_FALSE(read_file(path, 3).has_value());
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".new"));
}

TEST(Privileges, UnknownUsersAreNamedWithTheRemedy) {
  auto const ids = find_user("no-such-user", "");
  ASSERT_FALSE(ids.has_value());
  EXPECT_THAT(ids.error().message, testing::HasSubstr("there is no user 'no-such-user'"));
  EXPECT_FALSE(find_user("root", "no-such-group").has_value());
  EXPECT_FALSE(drop_privileges({0, 0}).has_value());
}

}  // namespace
}  // namespace perfd::runtime
