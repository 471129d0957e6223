// How an instance keeps to a tor that it is attached to: in virtual time, against a scripted tor.
#include "tor/instance.h"

#include <gmock/gmock.h>

#include "runtime/virtual_time.h"
#include "tor/support/fake_control_port.h"

namespace perfd::tor {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Observed final : InstanceObserver {
  struct Entry {
    MonoTime at;
    InstanceState state;
    std::string detail;
  };
  std::vector<Entry> states;
  std::vector<std::string> raw;
  std::vector<model::Circuit> circuits;
  std::vector<model::Stream> streams;

  void on_state(Instance const& instance) override {
    states.push_back({runtime::mono_now(), instance.state(), instance.detail()});
  }
  void on_raw_event(Instance const&, WallTime, std::string const& text) override {
    raw.push_back(text);
  }
  void on_circuit_done(Instance const&, model::Circuit const& circuit) override {
    circuits.push_back(circuit);
  }
  void on_stream_done(Instance const&, model::Stream const& stream) override {
    streams.push_back(stream);
  }

  [[nodiscard]] std::vector<MonoTime> times_of(InstanceState state) const {
    std::vector<MonoTime> out;
    for (auto const& entry : states)
      if (entry.state == state) out.push_back(entry.at);
    return out;
  }
};

// Whole seconds between moments that follow each other.
std::vector<int> gaps(std::vector<MonoTime> const& times) {
  std::vector<int> out;
  for (std::size_t i = 1; i < times.size(); ++i)
    out.push_back(static_cast<int>((times[i] - times[i - 1]) / seconds(1)));
  return out;
}

class InstanceTest : public testing::Test {
 protected:
  InstanceTest() : port_(loop_) {
    loop_.on_task_failure([](std::string_view task, std::string_view what) {
      ADD_FAILURE() << task << ": " << what;
    });
    settings_.name = "attached";
    settings_.attach = port_.address();
  }
  ~InstanceTest() override {
    if (instance_) stop();
    port_.die();
    time_.run(loop_, port_.stop());
  }

  Instance& start() {
    instance_ = std::make_unique<Instance>(loop_, nullptr, settings_, seen_);
    instance_->start();
    pass(milliseconds(1));
    return *instance_;
  }
  void stop() { time_.run(loop_, instance_->stop()); }
  void pass(Nanos span) { time_.advance(loop_, span); }
  void say(std::string const& line) {
    port_.say(line);
    pass(milliseconds(1));
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  test::FakeControlPort port_;
  InstanceSettings settings_;
  Observed seen_;
  std::unique_ptr<Instance> instance_;
};

TEST_F(InstanceTest, LearnsWhatARunningTorIs) {
  port_.listen();
  auto const& instance = start();
  EXPECT_EQ(instance.state(), InstanceState::ready);
  EXPECT_EQ(instance.progress(), 100);
  EXPECT_EQ(instance.socks().value().text(), "127.0.0.1:9050");
  auto const view = instance.view();
  EXPECT_EQ(view.instance, "attached");
  EXPECT_EQ(view.version, "0.4.9.11");
  EXPECT_EQ(to_us(view.consensus_valid_after.value()), 1'795'489'200'000'000);
  EXPECT_FALSE(instance.pid());
  EXPECT_EQ(instance.failures(), 0U);
  // Only what this tor knows, and never CIRC_BW.
  EXPECT_EQ(port_.events, " CIRC STREAM STATUS_CLIENT NEWCONSENSUS");
  EXPECT_TRUE(time_.run(loop_, instance_->wait_ready(MonoTime{})));
}

TEST_F(InstanceTest, TakesTheSocksAddressOfTheSettingsInsteadOfTors) {
  settings_.socks = runtime::Address::parse("192.0.2.1:1080").value();
  port_.listen();
  EXPECT_EQ(start().socks().value().text(), "192.0.2.1:1080");
}

TEST_F(InstanceTest, NeverSubscribesToWhatFloods) {
  EXPECT_THAT(default_events(), Not(Contains("CIRC_BW")));
  EXPECT_THAT(default_events(), Contains("CIRC"));
}

TEST_F(InstanceTest, ShowsTheBootstrapAndIsReadyAtItsEnd) {
  port_.info["status/bootstrap-phase"] =
      "NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY=\"Asking for relays\"";
  port_.info.erase("consensus/valid-after");
  port_.listen();
  auto const& instance = start();
  EXPECT_EQ(instance.state(), InstanceState::bootstrapping);
  EXPECT_EQ(instance.detail(), "bootstrapped 45 %: Asking for relays");
  EXPECT_FALSE(instance.consensus_valid_after());
  EXPECT_FALSE(time_.run(loop_, instance_->wait_ready(runtime::mono_now() + seconds(1))));

  say("650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=\"Loading\" "
      "WARNING=\"Connection refused\" REASON=CONNECTREFUSED COUNT=5 RECOMMENDATION=warn "
      "HOSTID=\"F\" HOSTADDR=\"127.0.0.1:9\"");
  EXPECT_THAT(instance.detail(), HasSubstr("bootstrapped 50 %: Loading; Connection refused"));

  port_.info["consensus/valid-after"] = "2026-11-24 04:00:00";
  say("650+NEWCONSENSUS\r\nr a\r\n.\r\n650 OK");
  say("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"");
  EXPECT_EQ(instance.state(), InstanceState::ready);
  EXPECT_EQ(to_us(instance.consensus_valid_after().value()), 1'795'492'800'000'000);
  EXPECT_EQ(instance.progress(), 100);
  EXPECT_THAT(seen_.raw, Contains("650+NEWCONSENSUS"));
}

TEST_F(InstanceTest, TriesAgainAfterOneSecondThenTwoThenFourUpToFiveMinutes) {
  auto const& instance = start();  // nobody listens
  EXPECT_EQ(instance.state(), InstanceState::down);
  EXPECT_EQ(instance.next_try().value() - runtime::mono_now(), seconds(1) - milliseconds(1));
  pass(minutes(19));
  EXPECT_THAT(gaps(seen_.times_of(InstanceState::starting)),
              ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300));
  EXPECT_EQ(instance.failures(), seen_.times_of(InstanceState::down).size());
  port_.listen();
  pass(minutes(5));
  EXPECT_EQ(instance.state(), InstanceState::ready);
  EXPECT_FALSE(instance.next_try());
}

TEST_F(InstanceTest, StartsFromOneSecondAgainAfterTenMinutesOfHealth) {
  auto const& instance = start();
  port_.listen();
  pass(seconds(2));  // the second try
  ASSERT_EQ(instance.state(), InstanceState::ready);
  // Not yet: healthy for less.
  pass(minutes(9));
  port_.die();
  pass(milliseconds(1));
  ASSERT_EQ(instance.state(), InstanceState::down);
  EXPECT_EQ(instance.next_try().value() - seen_.states.back().at, seconds(2));

  port_.listen();
  pass(seconds(2));
  ASSERT_EQ(instance.state(), InstanceState::ready);
  pass(minutes(10));
  port_.die();
  pass(milliseconds(1));
  EXPECT_EQ(instance.next_try().value() - seen_.states.back().at, seconds(1));
}

TEST_F(InstanceTest, NoticesATorThatHangs) {
  port_.listen();
  auto const& instance = start();
  pass(minutes(3));
  EXPECT_EQ(instance.failures(), 0U);
  port_.silent = true;
  pass(seconds(45));  // the next heartbeat comes within 15 s, and its limit is 30 s
  EXPECT_EQ(instance.failures(), 1U);
  auto const down = std::ranges::find(seen_.states, InstanceState::down, &Observed::Entry::state);
  ASSERT_NE(down, seen_.states.end());
  EXPECT_EQ(down->detail, "tor hangs: no answer on its control port for 30s");
  port_.silent = false;
  pass(minutes(2));
  EXPECT_EQ(instance.state(), InstanceState::ready);
}

TEST_F(InstanceTest, FailsWithWhatTorRefuses) {
  port_.info.erase("circuit-status");
  port_.listen();
  EXPECT_EQ(start().state(), InstanceState::down);
  EXPECT_THAT(instance_->detail(), HasSubstr("Unrecognized key"));
}

TEST_F(InstanceTest, TheSameTorGoesOnWithTheSameRunAfterABreak) {
  port_.listen();
  auto const& instance = start();
  auto const run = instance.tracker().run();
  say("650 CIRC 7 LAUNCHED PURPOSE=GENERAL");
  say("650 CIRC 8 LAUNCHED PURPOSE=GENERAL");
  EXPECT_EQ(instance.tracker().open_circuits(), 2U);
  port_.die();
  pass(milliseconds(1));
  EXPECT_THAT(seen_.circuits, IsEmpty());  // they may live on

  port_.info["circuit-status"] = "7 BUILT PURPOSE=GENERAL\n";
  port_.listen();
  pass(seconds(1));
  ASSERT_EQ(instance.state(), InstanceState::ready);
  EXPECT_EQ(instance.tracker().run(), run);
  ASSERT_EQ(seen_.circuits.size(), 1U);
  EXPECT_EQ(seen_.circuits[0].id, 8U);
  EXPECT_EQ(seen_.circuits[0].reason, "UNSEEN");
  EXPECT_EQ(instance.tracker().open_circuits(), 1U);
}

TEST_F(InstanceTest, AnotherProcessIsAnotherRun) {
  port_.listen();
  auto const& instance = start();
  auto const run = instance.tracker().run();
  say("650 CIRC 7 LAUNCHED PURPOSE=GENERAL");
  port_.die();
  pass(milliseconds(1));
  port_.info["process/pid"] = "101";
  port_.info["circuit-status"] = "7 BUILT PURPOSE=GENERAL\n";  // the same id, another circuit
  port_.listen();
  pass(seconds(1));
  ASSERT_EQ(instance.state(), InstanceState::ready);
  EXPECT_GT(instance.tracker().run(), run);
  ASSERT_EQ(seen_.circuits.size(), 1U);
  EXPECT_EQ(seen_.circuits[0].tor_run, run);
  EXPECT_EQ(instance.tracker().open_circuits(), 1U);
}

TEST_F(InstanceTest, StopHandsOverWhatIsOpenAndCanBeFollowedByAStart) {
  port_.listen();
  auto& instance = start();
  say("650 CIRC 7 LAUNCHED PURPOSE=GENERAL");
  say("650 STREAM 3 NEW 0 192.0.2.1:80 SOURCE_ADDR=127.0.0.1:4000 PURPOSE=USER "
      "SOCKS_USERNAME=\"u\"");
  stop();
  EXPECT_EQ(instance.state(), InstanceState::stopped);
  EXPECT_EQ(instance.control(), nullptr);
  EXPECT_FALSE(instance.socks());
  EXPECT_EQ(seen_.circuits.size(), 1U);
  ASSERT_EQ(seen_.streams.size(), 1U);
  EXPECT_EQ(seen_.streams[0].socks_username, "u");
  pass(minutes(10));
  EXPECT_EQ(port_.accepted, 1);

  instance.start();
  pass(seconds(1));
  EXPECT_EQ(instance.state(), InstanceState::ready);
  EXPECT_EQ(port_.accepted, 2);
}

TEST_F(InstanceTest, StopsWhileItWaitsForTheNextTry) {
  start();
  pass(seconds(20));
  stop();
  auto const tries = seen_.times_of(InstanceState::starting).size();
  pass(minutes(10));
  EXPECT_EQ(seen_.times_of(InstanceState::starting).size(), tries);
  EXPECT_FALSE(instance_->next_try());
}

TEST_F(InstanceTest, CannotLaunchWithoutALauncher) {
  settings_.attach.reset();
  EXPECT_EQ(start().state(), InstanceState::down);
  EXPECT_THAT(instance_->detail(), HasSubstr("no launcher"));
}

TEST(InstanceStateTest, HasANameForEachState) {
  EXPECT_EQ(name(InstanceState::stopped), "stopped");
  EXPECT_EQ(name(InstanceState::bootstrapping), "bootstrapping");
  EXPECT_EQ(name(InstanceState::down), "down");
}

}  // namespace
}  // namespace perfd::tor
