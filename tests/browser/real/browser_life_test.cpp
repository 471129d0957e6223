// What becomes of a real Firefox that is killed, used up, or never comes up.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "browser/real/support/fixture.h"
#include "browser/real/support/processes.h"

namespace perfd::browser::test {
namespace {

using testing::HasSubstr;

class BrowserLifeTest : public RealBrowserTest {
 protected:
  PoolSettings pool_settings() {
    PoolSettings out;
    out.firefox = settings();
    return out;
  }
};

runtime::Task<> kill_after(pid_t pid, runtime::Event& when) {
  co_await when.wait();
  ::kill(pid, SIGKILL);
}

TEST_F(BrowserLifeTest, APoolGoesOnAfterADeathAndRecyclesWhatIsUsedUp) {
  auto settings = pool_settings();
  settings.max_loads = 2;
  BrowserPool pool(loop_, launcher_, settings);
  auto const first = load(pool, spec(site_.url("/plain"), seconds{60}));
  ASSERT_FALSE(first.trace.error) << first.trace.error->message;
  EXPECT_EQ(first.trace.page.load_of_process, 1);
  // The warm-up was seen by nobody.
  EXPECT_EQ(site_.take_asked(), std::vector<std::string>{"/plain"});
  EXPECT_EQ(first.trace.page.resources.size(), 1U);
  ASSERT_NE(pool.browser(), nullptr);
  auto const one = pool.browser()->pid();

  // Killed in the middle of a load.
  runtime::TaskGroup killers(loop_);
  runtime::Event now(loop_.context());
  killers.spawn("killer", kill_after(one, now));
  site_.on_asked("/silent", [&] { now.set(); });
  auto const killed = load(pool, spec(site_.url("/endless"), seconds{30}));
  ASSERT_TRUE(killed.trace.error);
  EXPECT_EQ(killed.trace.error->code, Errc::kDied);
  EXPECT_THAT(killed.trace.error->message, HasSubstr("killed by signal 9"));
  // What was seen until then is kept.
  EXPECT_EQ(killed.trace.page.resources.at(0).status, 200);
  EXPECT_TRUE(killed.trace.marks.at(model::mark::kDataResponse));
  EXPECT_EQ(pool.browser(), nullptr);
  EXPECT_TRUE(all_go_away("browser-1/"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "firefox" / "browser-1"));

  auto const third = load(pool, spec(site_.url("/plain"), seconds{60}));
  ASSERT_FALSE(third.trace.error) << third.trace.error->message;
  EXPECT_EQ(third.trace.page.load_of_process, 1);
  ASSERT_NE(pool.browser(), nullptr);

  // Its second load, after which it is ended.
  auto const fourth = load(pool, spec(site_.url("/plain"), seconds{60}));
  EXPECT_FALSE(fourth.trace.error);
  EXPECT_EQ(fourth.trace.page.load_of_process, 2);
  EXPECT_EQ(pool.browser(), nullptr);
  EXPECT_TRUE(all_go_away("browser-2/"));
  EXPECT_EQ(pool.totals().started, 2);
  EXPECT_EQ(pool.totals().loads, 4);
  EXPECT_GT(pool.totals().largest_memory, MiB(100));
  loop_.run_until_done(killers.stop());
  loop_.run_until_done(pool.stop());
  EXPECT_EQ(launcher_.running(), 0U);
}

TEST_F(BrowserLifeTest, ABrowserThatNeverComesUpIsToldInTimeAndTheNextLoadTriesAgain) {
  auto const script = folder_ / "never";
  {
    std::ofstream file(script);
    file << "#!/bin/sh\nexec sleep 1000\n";
  }
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  auto settings = pool_settings();
  settings.firefox.binary = script;
  settings.max_memory = MiB(50);
  // What a perfd left that was killed.
  std::filesystem::create_directories(folder_ / "firefox" / "browser-1" / "profile" / "old");
  BrowserPool pool(loop_, launcher_, settings);
  auto const began = runtime::mono_now();
  auto const never = load(pool, spec(site_.url("/plain"), milliseconds{500}));
  ASSERT_TRUE(never.trace.error);
  EXPECT_EQ(never.trace.error->code, Errc::kNotStarted);
  EXPECT_GE(runtime::mono_now() - began, milliseconds{500});
  EXPECT_LT(runtime::mono_now() - began, seconds{5});
  EXPECT_EQ(launcher_.running(), 0U);

  // One that ends at once is quoted.
  {
    std::ofstream file(script);
    file << "#!/bin/sh\necho Error: no display >&2; exit 1\n";
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "firefox" / "browser-1"));
  auto const ended = load(pool, spec(site_.url("/plain"), seconds{30}));
  EXPECT_EQ(ended.trace.error->code, Errc::kNotStarted);
  EXPECT_THAT(ended.trace.error->message, HasSubstr("exit code 1; it said \"Error: no display\""));

  std::filesystem::remove(script);
  std::filesystem::create_symlink(firefox_binary(), script);
  auto const works = load(pool, spec(site_.url("/plain"), seconds{60}));
  EXPECT_FALSE(works.trace.error) << works.trace.error->message;
  EXPECT_EQ(pool.browser(), nullptr);  // it has more than 50 MiB
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "firefox"));
}

// A perfd that is killed with -9 while its browser loads a page.
TEST(BrowserAlone, NothingOutlivesAnOwnerThatIsKilled) {
  auto const folder = runtime::make_temporary_folder("perfd-browser").value();
  auto const words = (folder / "firefox").string();
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  pid_t const owner = ::fork();
  if (owner == 0) {
    runtime::Loop loop;
    runtime::Launcher launcher(loop, runtime::LauncherChannel::fork_now().value());
    FirefoxSettings settings;
    settings.binary = firefox_binary();
    settings.folder = folder / "firefox";
    auto const firefox = loop.run_until_done(Firefox::start(loop, launcher, settings));
    bool const up = firefox.has_value();
    (void)!::write(report[1], &up, sizeof up);
    ::raise(SIGKILL);
  }
  bool up = false;
  ASSERT_EQ(::read(report[0], &up, sizeof up), static_cast<ssize_t>(sizeof up));
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(up);
  EXPECT_TRUE(all_go_away(words));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace perfd::browser::test
