// A tor never outlives the perfd that launched it.
#include <sys/wait.h>

#include <cstring>

#include "tor/real/tor_world.h"

namespace perfd::tor {
namespace {

// What a perfd that will be killed does: launches a tor and tells its process id once it is up.
[[noreturn]] void be_perfd(InstanceSettings settings, int report) {
  auto channel = runtime::LauncherChannel::fork_now();
  runtime::Loop loop;
  runtime::Launcher launcher(loop, std::move(channel.value()));
  Observed seen(loop);
  Instance instance(loop, &launcher, std::move(settings), seen);
  instance.start();
  pid_t pid = 0;
  if (loop.run_until_done(instance.wait_ready(runtime::mono_now() + std::chrono::seconds{30})))
    pid = instance.pid().value_or(0);
  if (::write(report, &pid, sizeof pid) != sizeof pid) ::_exit(1);
  loop.run();
  ::_exit(0);
}

TEST_F(RealTorTest, DiesWithAPerfdThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  auto const wanted = settings();
  std::fflush(nullptr);
  pid_t const perfd = ::fork();
  ASSERT_GE(perfd, 0);
  if (perfd == 0) be_perfd(wanted, report[1]);
  ::close(report[1]);
  pid_t tor = 0;
  ASSERT_EQ(::read(report[0], &tor, sizeof tor), static_cast<ssize_t>(sizeof tor));
  ::close(report[0]);
  ASSERT_GT(tor, 0) << "it did not become ready";
  ASSERT_TRUE(testnet::alive(tor));

  ::kill(perfd, SIGKILL);
  ::waitpid(perfd, nullptr, 0);
  EXPECT_TRUE(testnet::goes_away(tor));
  EXPECT_THAT(testnet::processes_naming(tor_folder_), testing::IsEmpty());
}

}  // namespace
}  // namespace perfd::tor
