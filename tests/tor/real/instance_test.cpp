// A tor that perfd launches: from its start over crashes and hangs to its end.
#include "tor/instance.h"

#include "base/time_text.h"
#include "tor/real/tor_world.h"

namespace perfd::tor {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using State = InstanceState;

TEST_F(RealTorTest, IsLaunchedBootstrappedAndTellsOfCircuitsAndStreams) {
  auto const& instance = start(settings());
  ASSERT_TRUE(wait_ready()) << instance.detail();
  EXPECT_THAT(seen_.phases(), ElementsAre(State::starting, State::bootstrapping, State::ready));
  EXPECT_EQ(instance.progress(), 100);
  auto const pid = instance.pid().value();
  EXPECT_THAT(testnet::processes_naming(tor_folder_), ElementsAre(pid));
  // The log comes on a way of its own.
  wait_until([&] { return testing::Value(seen_.log, Contains(HasSubstr("Bootstrapped 100%"))); });
  EXPECT_THAT(seen_.log, Contains(HasSubstr("Bootstrapped 100%")));

  auto const view = instance.view();
  EXPECT_THAT(seen_.log, Contains(HasSubstr("Tor " + view.version + " ")));
  auto const valid_after =
      loop().run_until_done(network().get_info("auth0", "consensus/valid-after"));
  EXPECT_EQ(format_iso_seconds(view.consensus_valid_after.value()),
            valid_after.value().substr(0, 10) + "T" + valid_after.value().substr(11) + "Z");

  auto const* const stream = stream_of_fetch("measurement-1");
  ASSERT_NE(stream, nullptr);
  EXPECT_FALSE(stream->failed);
  EXPECT_THAT(stream->target, StartsWith("www.perfd.test:"));
  EXPECT_THAT(stream->source_address, StartsWith("127.0.0.1:"));
  // tor reports now and then, and not what came between its last report and the stream's end.
  EXPECT_GT(stream->bytes_read, 0U);
  EXPECT_LT(stream->bytes_read, testnet::WebServer::kBody + 4096);
  ASSERT_EQ(stream->attachments.size(), 1U);
  auto const circuits = instance.tracker().circuits_for(*stream);
  ASSERT_FALSE(circuits.empty());
  EXPECT_EQ(circuits[0].id, stream->attachments[0].circuit_id);
  ASSERT_EQ(circuits[0].path.size(), 3U);
  EXPECT_THAT(circuits[0].path[0].nickname, StartsWith("guard"));
  EXPECT_THAT(circuits[0].path[2].nickname, StartsWith("exit"));
  EXPECT_GE(circuits[0].built_at.value(), circuits[0].launched_at);

  stop();
  EXPECT_EQ(instance.state(), State::stopped);
  EXPECT_FALSE(testnet::alive(pid));
  EXPECT_THAT(testnet::processes_naming(tor_folder_), IsEmpty());
  // Nothing that was open is lost.
  EXPECT_EQ(instance.tracker().open_circuits(), 0U);
  EXPECT_THAT(seen_.circuits, Contains(testing::Field(&model::Circuit::id, circuits[0].id)));
}

TEST_F(RealTorTest, ACrashIsRecordedAndRepaired) {
  auto const& instance = start(settings());
  ASSERT_TRUE(wait_ready()) << instance.detail();
  auto const first_run = instance.tracker().run();
  auto const first = instance.pid().value();
  ::kill(first, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return instance.state() == State::down; }));
  EXPECT_THAT(instance.detail(), StartsWith("tor ended: killed by signal 9 (Killed)"));
  EXPECT_THAT(instance.detail(), HasSubstr("its log says"));
  EXPECT_FALSE(instance.socks());
  EXPECT_EQ(instance_->control(), nullptr);

  ASSERT_TRUE(wait_ready()) << instance.detail();
  EXPECT_NE(instance.pid().value(), first);
  EXPECT_EQ(instance.failures(), 1U);
  auto const phases = seen_.phases();
  ASSERT_GT(phases.size(), 5U);
  EXPECT_EQ(phases[2], State::ready);
  EXPECT_EQ(phases[3], State::down);
  EXPECT_EQ(phases[4], State::starting);
  // What the dead one had open ended with it.
  ASSERT_FALSE(seen_.circuits.empty());
  EXPECT_THAT(seen_.circuits, Contains(testing::Field(&model::Circuit::reason, "TOR_DIED")));
  // The control events of the new one are followed as before.
  auto const* const stream = stream_of_fetch("after-the-crash");
  ASSERT_NE(stream, nullptr);
  EXPECT_GT(stream->tor_run, first_run);
}

TEST_F(RealTorTest, AHangIsNoticedByTheHeartbeatAndRepaired) {
  auto wanted = settings();
  wanted.times.heartbeat_every = std::chrono::milliseconds{100};
  wanted.times.heartbeat_limit = std::chrono::milliseconds{1500};
  wanted.times.stop_grace = std::chrono::milliseconds{100};
  auto const& instance = start(wanted);
  ASSERT_TRUE(wait_ready()) << instance.detail();
  auto const first = instance.pid().value();
  ::kill(first, SIGSTOP);
  ASSERT_TRUE(wait_until([&] { return instance.state() == State::down; }));
  EXPECT_EQ(instance.detail(), "tor hangs: no answer on its control port for 1s500ms");
  ASSERT_TRUE(wait_ready()) << instance.detail();
  EXPECT_FALSE(testnet::alive(first));
  EXPECT_NE(stream_of_fetch("after-the-hang"), nullptr);
}

TEST_F(RealTorTest, ATorrcThatTorRefusesIsQuotedFromTorsLog) {
  auto wanted = settings();
  wanted.process.torrc.emplace_back("NoSuchOption 1");
  start(wanted);
  ASSERT_TRUE(wait_until([&] { return seen_.downfall() != "never"; }));
  EXPECT_THAT(seen_.downfall(), StartsWith("tor ended: exit code 1"));
  EXPECT_THAT(seen_.downfall(), HasSubstr("Unknown option 'NoSuchOption'"));
  stop();
  EXPECT_THAT(testnet::processes_naming(tor_folder_), IsEmpty());
}

TEST_F(RealTorTest, ABinaryThatIsMissingIsNamed) {
  auto wanted = settings();
  wanted.process.binary = "/no/such/tor";
  start(wanted);
  ASSERT_TRUE(wait_until([&] { return seen_.downfall() != "never"; }));
  EXPECT_EQ(seen_.downfall(), "can't start /no/such/tor: No such file or directory");
}

TEST_F(RealTorTest, AProgramThatIsNoTorFailsWithItsOwnWords) {
  auto wanted = settings();
  wanted.process.binary = "/bin/ls";
  start(wanted);
  ASSERT_TRUE(wait_until([&] { return seen_.downfall() != "never"; }));
  EXPECT_THAT(seen_.downfall(), StartsWith("tor ended: exit code 2; its log says"));
}

TEST_F(RealTorTest, OneThatNeverListensIsGivenUpInTime) {
  std::filesystem::create_directory(tor_folder_);
  auto const script = tor_folder_ / "silent";
  runtime::write_file(script, "#!/bin/sh\necho '[warn] I am no tor'\nexec sleep 1000\n", 0700)
      .value();
  auto wanted = settings();
  wanted.process.binary = script;
  wanted.times.start_limit = std::chrono::milliseconds{300};
  start(wanted);
  ASSERT_TRUE(wait_until([&] { return seen_.downfall() != "never"; }));
  EXPECT_THAT(seen_.downfall(), StartsWith("tor did not answer on its control port in time"));
  EXPECT_THAT(seen_.downfall(), HasSubstr("I am no tor"));
  stop();
}

TEST_F(RealTorTest, AFolderMayHaveAnyNameAndAnyLength) {
  // Quotes and '#' mean something in a torrc; a long path leaves no room for a unix socket.
  for (auto const& name : {std::string(R"(a "b" #c\d)"), std::string(120, 'x')}) {
    auto wanted = settings();
    wanted.process.data_folder = tor_folder_ / name;
    auto const& instance = start(wanted);
    ASSERT_TRUE(wait_ready()) << instance.detail();
    EXPECT_EQ(instance.failures(), 0U) << seen_.downfall();
    stop();
  }
}

TEST_F(RealTorTest, AStopInTheMiddleOfTheStartLeavesNothing) {
  auto const& instance = start(settings());
  ASSERT_TRUE(wait_until([&] { return instance.pid().has_value() || !seen_.states.empty(); }));
  for (int turns = 0; turns < 3; ++turns) {
    stop();
    EXPECT_THAT(testnet::processes_naming(tor_folder_), IsEmpty());
    instance_->start();
    loop().run_until_done(runtime::sleep_for(std::chrono::milliseconds{turns * 40}));
  }
}

}  // namespace
}  // namespace perfd::tor
