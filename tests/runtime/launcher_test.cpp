#include "runtime/launcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/loop.h"

namespace perfd::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ChildSpec shell(std::string script) { return {"/bin/sh", {"-c", std::move(script)}, {}, {}}; }

bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }

// Waits up to five seconds of real time for a process to be gone.
bool goes_away(pid_t pid) {
  for (int i = 0; i < 500 && alive(pid); ++i) ::usleep(10'000);
  return !alive(pid);
}

class LauncherTest : public testing::Test {
 protected:
  LauncherTest() : launcher_(loop_, LauncherChannel::fork_now().value()) {}
  ~LauncherTest() override { loop_.run_until_done(launcher_.stop()); }

  Child start(ChildSpec spec) {
    auto started = loop_.run_until_done(launcher_.start(std::move(spec)));
    if (!started) throw std::runtime_error(started.error().message);
    return std::move(*started);
  }

  Loop loop_;
  Launcher launcher_;
};

Task<std::vector<std::string>> all_lines(Descriptor& source, std::size_t limit = 4096) {
  LineReader reader(source, limit);
  std::vector<std::string> lines;
  while (auto line = co_await reader.next()) lines.push_back(std::move(*line));
  co_return lines;
}

TEST_F(LauncherTest, GivesOutputOfBothKindsAndTheExitCode) {
  auto child = start(shell("echo out; echo err >&2; exit 3"));
  EXPECT_THAT(loop_.run_until_done(all_lines(child.output())),
              testing::UnorderedElementsAre("out", "err"));
  auto const status = loop_.run_until_done(child.wait());
  EXPECT_EQ(status.code, 3);
  EXPECT_EQ(status.text(), "exit code 3");
  EXPECT_FALSE(child.running());
}

TEST_F(LauncherTest, PassesArgumentsEnvironmentAndFolderAsTheyAre) {
  ChildSpec spec{"/bin/sh", {"-c", "echo \"$1|$X\"; pwd", "sh", "a b\"c"}, {"X=1 2"}, "/"};
  auto child = start(spec);
  EXPECT_THAT(loop_.run_until_done(all_lines(child.output())),
              testing::ElementsAre("a b\"c|1 2", "/"));
}

TEST_F(LauncherTest, CutsLinesThatAreTooLong) {
  auto child = start(shell("printf '1234567890abcdef\\nshort\\nlast'"));
  EXPECT_THAT(loop_.run_until_done(all_lines(child.output(), 10)),
              testing::ElementsAre("1234567890", "short", "last"));
}

TEST_F(LauncherTest, SaysWhyAProgramDidNotStart) {
  auto const started = loop_.run_until_done(launcher_.start({"/nonexistent/tor", {}, {}, {}}));
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().message, "can't start /nonexistent/tor: No such file or directory");
  EXPECT_EQ(launcher_.running(), 0U);
}

TEST_F(LauncherTest, AsksFirstAndKillsAfterTheGrace) {
  auto polite = start(shell("trap 'exit 7' TERM; while :; do sleep 0.05; done"));
  auto stubborn = start(shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
  std::array<std::byte, 16> ready;
  EXPECT_TRUE(loop_.run_until_done(stubborn.output().read_some(ready)).has_value());
  ::usleep(100'000);
  EXPECT_EQ(loop_.run_until_done(polite.terminate(seconds{5})).code, 7);
  EXPECT_EQ(loop_.run_until_done(stubborn.terminate(milliseconds{100})).signal, SIGKILL);
}

TEST_F(LauncherTest, AChildDiesWithItsHandle) {
  pid_t pid = 0;
  {
    auto child = start(shell("exec sleep 100"));
    pid = child.pid();
    EXPECT_TRUE(alive(pid));
  }
  EXPECT_TRUE(goes_away(pid));
}

Task<Result<>> start_only(Launcher& launcher, ChildSpec spec) {
  auto const child = co_await launcher.start(std::move(spec));
  if (!child) co_return child.error();
  co_return Result<>{};
}

TEST_F(LauncherTest, WhatAChildLeavesBehindEndsAndOtherChildrenStay) {
  auto other = start(shell("sleep 1000 & echo $!; wait"));
  auto const its_own = std::stoi(loop_.run_until_done(LineReader(other.output()).next()).value());
  // A process, and one of that process's own, neither of which listens to a polite signal.
  auto child = start(shell("sh -c 'trap \"\" TERM HUP; sleep 1000 & echo $$ $!; wait' & wait"));
  auto const line = loop_.run_until_done(LineReader(child.output()).next()).value();
  auto const middle = std::stoi(line);
  auto const last = std::stoi(line.substr(line.find(' ')));
  child.send_signal(SIGKILL);
  loop_.run_until_done(child.wait());
  EXPECT_TRUE(goes_away(middle));
  EXPECT_TRUE(goes_away(last));
  EXPECT_TRUE(other.running());
  EXPECT_TRUE(alive(its_own));
}

TEST_F(LauncherTest, AStartThatIsCancelledLeavesNoChild) {
  auto const started = loop_.run_until_done(
      with_deadline(mono_now(), start_only(launcher_, shell("exec sleep 1000"))));
  ASSERT_FALSE(started);
  EXPECT_TRUE(is_timeout(started.error()));
  EXPECT_EQ(launcher_.running(), 0U);
}

TEST_F(LauncherTest, IsMissedWhenItIsKilledAndItsChildrenWithIt) {
  auto child = start(shell("exec sleep 100"));
  pid_t const launcher = [&] {
    auto const stat = read_file("/proc/" + std::to_string(child.pid()) + "/stat", 4096).value();
    auto const after = stat.substr(stat.rfind(')') + 4);
    return static_cast<pid_t>(std::stol(after));
  }();
  bool lost = false;
  launcher_.on_lost([&] { lost = true; });
  ::kill(launcher, SIGKILL);
  EXPECT_EQ(loop_.run_until_done(child.wait()).signal, SIGKILL);
  EXPECT_TRUE(lost);
  EXPECT_TRUE(goes_away(child.pid()));
  EXPECT_FALSE(loop_.run_until_done(launcher_.start(shell("true"))).has_value());
}

// A perfd that is killed with -9: not even a grandchild in a session of its own remains.
TEST(LauncherAlone, NothingOutlivesAnOwnerThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  pid_t const owner = ::fork();
  if (owner == 0) {
    Loop loop;
    Launcher launcher(loop, LauncherChannel::fork_now().value());
    auto child = loop.run_until_done(
        launcher.start(shell("trap '' TERM; setsid sleep 100 & echo $!; wait")));
    std::array<std::byte, 32> line{};
    (void)loop.run_until_done(child->output().read_some(line));
    pid_t const pids[2] = {child->pid(), std::atoi(reinterpret_cast<char const*>(line.data()))};
    (void)!::write(report[1], pids, sizeof pids);
    ::raise(SIGKILL);
  }
  pid_t pids[2] = {};
  ASSERT_EQ(::read(report[0], pids, sizeof pids), static_cast<ssize_t>(sizeof pids));
  ::waitpid(owner, nullptr, 0);
  EXPECT_GT(pids[1], 0);
  EXPECT_TRUE(goes_away(pids[0]));
  EXPECT_TRUE(goes_away(pids[1]));
}

}  // namespace
}  // namespace perfd::runtime
