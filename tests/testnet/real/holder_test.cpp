// The process behind `perfd testnet up`, with real tors.
#include "testnet/holder.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "runtime/daemon.h"
#include "testnet/real/world.h"

namespace perfd::testnet {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// No loop and no launcher here while a holder is started: up() forks.
class HolderTest : public testing::Test {
 protected:
  HolderTest() : folder_(runtime::make_temporary_folder("perfd-holder").value()) {}
  ~HolderTest() override {
    (void)down(folder_);
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] NetworkSpec spec() const {
    auto out = spec_in(folder_);
    out.clients = 1;
    return out;
  }
  // How a holder, which is a child of this process, ended.
  static int exit_code_of(pid_t holder) {
    int status = 0;
    if (::waitpid(holder, &status, 0) != holder) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] bool tors_go_away() const {
    for (int i = 0; i < 200 && !processes_naming(folder_).empty(); ++i) ::usleep(10'000);
    return processes_naming(folder_).empty();
  }

  std::filesystem::path folder_;
};

Result<std::size_t> fetch_through(std::string const& socks) {
  runtime::Loop loop;
  WebServer server(loop);
  auto const address = runtime::Address::parse(socks).value();
  return loop.run_until_done(
      runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{30},
                             fetch(loop, address, "www.perfd.test", server.port())));
}

TEST_F(HolderTest, UpStatusDownAndUpAgainWarm) {
  for (bool const warm : {false, true}) {
    std::vector<std::string> told;
    std::string meanwhile;
    auto const info = up(spec(), [&](Progress const& progress) {
      told.push_back(progress.text);
      if (progress.stage == Progress::Stage::launch)
        meanwhile = testnet::status(folder_).error().message;
    });
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_THAT(told, Contains(HasSubstr("the network is ready")));
    EXPECT_EQ(meanwhile, "the private network is still starting");
    EXPECT_EQ(info->warm, warm);
    EXPECT_EQ(info->folder, folder_);
    EXPECT_EQ(info->authorities, 1);
    EXPECT_EQ(info->relays, 5);
    EXPECT_EQ(runtime::PidFile::holder(folder_ / "network.pid"), info->holder);
    EXPECT_THAT(processes_naming(folder_), SizeIs(7));

    // What it says and what it writes are the same.
    EXPECT_EQ(to_json(testnet::status(folder_).value()), to_json(*info));
    EXPECT_EQ(runtime::read_file(folder_ / "network.json", 1 << 20).value(), to_json(*info) + "\n");
    std::string lines;
    for (auto const& line : info->torrc_lines) lines += line + "\n";
    EXPECT_EQ(runtime::read_file(info->torrc_file, 1 << 20).value(), lines);

    ASSERT_THAT(info->clients, SizeIs(1));
    EXPECT_TRUE(std::filesystem::exists(info->clients[0].cookie));
    auto const page = fetch_through(info->clients[0].socks);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(*page, WebServer::kBody);

    auto const second = up(spec(), {});
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message,
                HasSubstr("runs already in " + folder_.string() + " (process " +
                          std::to_string(info->holder) + ")"));

    EXPECT_TRUE(down(folder_).value());
    EXPECT_THAT(processes_naming(folder_), IsEmpty());
    EXPECT_EQ(exit_code_of(info->holder), 0);
    for (auto const* file : {"network.pid", "network.json", "client.torrc", "holder.sock"})
      EXPECT_FALSE(std::filesystem::exists(folder_ / file)) << file;
    EXPECT_EQ(testnet::status(folder_).error().message,
              "no private network runs in " + folder_.string());
    EXPECT_FALSE(down(folder_).value());
  }
}

TEST_F(HolderTest, AHolderThatIsKilledTakesEveryTorWithItAndIsNoObstacle) {
  auto const info = up(spec(), {});
  ASSERT_TRUE(info) << info.error().message;
  ::kill(info->holder, SIGKILL);
  EXPECT_EQ(exit_code_of(info->holder), -SIGKILL);
  EXPECT_TRUE(tors_go_away());
  EXPECT_THAT(testnet::status(folder_).error().message, HasSubstr("no private network runs"));
  EXPECT_FALSE(down(folder_).value());

  auto const again = up(spec(), {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(down(folder_).value());
  EXPECT_EQ(exit_code_of(again->holder), 0);
}

TEST_F(HolderTest, AHolderThatHangsIsToldAndEndedByDown) {
  auto const info = up(spec(), {});
  ASSERT_TRUE(info) << info.error().message;
  ::kill(info->holder, SIGSTOP);
  constexpr Micros kPatience{100'000};
  EXPECT_THAT(testnet::status(folder_, kPatience).error().message,
              HasSubstr("does not answer; `perfd testnet down` ends it"));
  EXPECT_TRUE(down(folder_, kPatience).value());
  EXPECT_EQ(exit_code_of(info->holder), -SIGKILL);
  EXPECT_TRUE(tors_go_away());
}

TEST_F(HolderTest, OfTwoAtOnceOneStartsAndTheOtherIsToldSo) {
  std::fflush(nullptr);
  std::array<pid_t, 2> callers{};
  for (auto& caller : callers)
    if (caller = ::fork(); caller == 0) {
      auto const info = up(spec(), {});
      bool const told = !info && (info.error().message.find("runs already") != std::string::npos ||
                                  info.error().message.find("being started") != std::string::npos);
      if (!info && !told) std::fprintf(stderr, "%s\n", info.error().message.c_str());
      ::_exit(info ? 10 : told ? 1 : 2);
    }
  EXPECT_EQ(exit_code_of(callers[0]) + exit_code_of(callers[1]), 11);
  EXPECT_TRUE(testnet::status(folder_));
  EXPECT_TRUE(down(folder_).value());
  EXPECT_TRUE(tors_go_away());
}

TEST_F(HolderTest, ASignalEndsItInOrder) {
  auto const info = up(spec(), {});
  ASSERT_TRUE(info) << info.error().message;
  ::kill(info->holder, SIGTERM);
  EXPECT_EQ(exit_code_of(info->holder), 0);
  EXPECT_THAT(processes_naming(folder_), IsEmpty());
  EXPECT_EQ(testnet::status(folder_).error().message,
            "no private network runs in " + folder_.string());
}

TEST_F(HolderTest, ANodesDeathEndsItAndIsQuotedAfterwards) {
  auto const info = up(spec(), {});
  ASSERT_TRUE(info) << info.error().message;
  auto const exits = processes_naming((folder_ / "exit0").string());
  ASSERT_THAT(exits, SizeIs(1));
  ::kill(exits[0], SIGKILL);
  EXPECT_EQ(exit_code_of(info->holder), 1);
  EXPECT_THAT(processes_naming(folder_), IsEmpty());
  auto const error = testnet::status(folder_).error().message;
  EXPECT_THAT(error, HasSubstr("no private network runs in"));
  EXPECT_THAT(error, HasSubstr("the last one ended: exit0 (tor, process " +
                               std::to_string(exits[0]) + ") ended: killed by signal 9"));
  EXPECT_THAT(error, HasSubstr("its log says"));
}

TEST_F(HolderTest, AStartThatFailsIsAnErrorWithTheNodesOwnWords) {
  auto wanted = spec();
  wanted.relays[0].torrc = {"NoSuchOption 1"};
  auto const info = up(wanted, {});
  ASSERT_FALSE(info);
  EXPECT_THAT(info.error().message, HasSubstr("guard0 (tor, process"));
  EXPECT_THAT(info.error().message, HasSubstr("Unknown option 'NoSuchOption'"));
  EXPECT_THAT(processes_naming(folder_), IsEmpty());
  EXPECT_FALSE(down(folder_).value());

  wanted = spec();
  wanted.tor = "/no/such/tor";
  EXPECT_THAT(up(wanted, {}).error().message,
              HasSubstr("can't start /no/such/tor: No such file or directory"));
  wanted.authorities = 2;
  EXPECT_THAT(up(wanted, {}).error().message, HasSubstr("1, 3, 5, 7 or 9 authorities"));
}

TEST_F(HolderTest, GivesUpWithTheOneWhoWaitsForIt) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  std::fflush(nullptr);
  pid_t const caller = ::fork();
  if (caller == 0) {
    (void)up(spec(), [&](Progress const&) { (void)!::write(told[1], "x", 1); });
    ::_exit(0);
  }
  ::close(told[1]);
  char word = 0;
  ASSERT_EQ(::read(told[0], &word, 1), 1);  // tors are being started
  auto const holder = runtime::PidFile::holder(folder_ / "network.pid");
  ASSERT_TRUE(holder);
  ::kill(caller, SIGKILL);
  ::waitpid(caller, nullptr, 0);
  // The pipe's other copy is the holder's, and tells its end.
  while (::read(told[0], &word, 1) > 0) {
  }
  ::close(told[0]);
  EXPECT_TRUE(tors_go_away());
  EXPECT_FALSE(runtime::PidFile::holder(folder_ / "network.pid"));
}

TEST_F(HolderTest, ANetworkWithoutAHolderIsNotTakenForOne) {
  auto const lock = runtime::PidFile::take(folder_ / "network.pid");
  ASSERT_TRUE(lock);
  EXPECT_THAT(up(spec(), {}).error().message, HasSubstr("runs already in"));
  EXPECT_THAT(testnet::status(folder_).error().message,
              HasSubstr("belongs to process " + std::to_string(::getpid())));
  EXPECT_FALSE(down(folder_));
}

}  // namespace
}  // namespace perfd::testnet
