// Which streams perfd attaches where, what it leaves to tor, and that no circuit and no setting
// stays behind: in virtual time, against a scripted tor.
#include "tor/chosen_paths.h"

#include <gmock/gmock.h>

#include "tor/support/part_fixture.h"

namespace perfd::tor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kToUs = "SETCONF __LeaveStreamsUnattached=\"1\"";
constexpr auto kToTor = "SETCONF __LeaveStreamsUnattached=\"0\"";

class ChosenPathsTest : public test::PartTest {
 protected:
  using Waiting = std::shared_ptr<test::Awaited<ChosenPaths::Built>>;

  ChosenPathsTest() {
    port_.info["events/names"] = "CIRC STREAM STATUS_CLIENT";
    auto& instance = make_instance("choosing");
    paths_ = std::make_unique<ChosenPaths>(loop_, instance);
    instance.add_part(*paths_);
    begun_as(7);
  }

  static std::string hop(char digit) { return std::string(40, digit); }
  // tor's answer to EXTENDCIRCUIT from now on, `events` behind it.
  void begun_as(int circuit, std::string const& events = {}) {
    port_.replies["EXTENDCIRCUIT"] = "250 EXTENDED " + std::to_string(circuit) + events;
  }
  Waiting build(std::string username, Nanos limit = seconds(60)) {
    std::vector<std::string> hops = {hop('A'), hop('B'), hop('C')};
    return begin(paths_->build(std::move(hops), std::move(username), runtime::mono_now() + limit));
  }
  void release(std::string const& username) {
    paths_->release(username);
    pass(milliseconds(1));
  }
  void built(int circuit) {
    say("CIRC " + std::to_string(circuit) + " BUILT $" + hop('A') + "~a,$" + hop('B') + "~b,$" +
        hop('C') + "~c PURPOSE=GENERAL");
  }
  void stream(int id, std::string const& status, int circuit, std::string const& rest) {
    say("STREAM " + std::to_string(id) + " " + status + " " + std::to_string(circuit) +
        " www.perfd.test:80 " + rest);
  }
  // One that stands.
  void stand(std::string const& username, int circuit) {
    begun_as(circuit);
    auto const waiting = build(username);
    built(circuit);
    ASSERT_TRUE(waiting->value);
    ASSERT_EQ(waiting->value->problem, "");
    commands();
  }

  std::unique_ptr<ChosenPaths> paths_;
};

TEST_F(ChosenPathsTest, BuildsThroughTheHopsAndWaitsUntilItStands) {
  start_tor();
  auto const waiting = build("mine");
  EXPECT_THAT(commands(), ElementsAre(kToUs, "EXTENDCIRCUIT 0 $" + hop('A') + ",$" + hop('B') +
                                                 ",$" + hop('C')));
  say("CIRC 7 EXTENDED $" + hop('A') + "~a PURPOSE=GENERAL");
  built(8);  // another one
  EXPECT_FALSE(waiting->value);
  built(7);
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->circuit, 7U);
  EXPECT_EQ(waiting->value->problem, "");
  EXPECT_FALSE(waiting->value->control);
}

TEST_F(ChosenPathsTest, AttachesItsOwnStreamsAndGivesAllOthersBack) {
  start_tor();
  stand("mine", 7);
  stand("other", 8);
  stream(11, "NEW", 0, "SOURCE_ADDR=127.0.0.1:1 PURPOSE=USER SOCKS_USERNAME=\"other\"");
  stream(12, "NEW", 0, "SOURCE_ADDR=127.0.0.1:2 PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  stream(13, "CONTROLLER_WAIT", 0,
         "SOURCE_ADDR=127.0.0.1:3 PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  stream(14, "CONTROLLER_WAIT", 0, "SOURCE_ADDR=127.0.0.1:4 PURPOSE=USER");
  stream(15, "CONTROLLER_WAIT", 0, "PURPOSE=DIR_FETCH");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 11 8", "ATTACHSTREAM 12 7", "ATTACHSTREAM 13 0",
                                      "ATTACHSTREAM 14 0", "ATTACHSTREAM 15 0"));
  // Other people's that a circuit failed are tor's again, too.
  stream(13, "DETACHED", 4, "REASON=END REMOTE_REASON=MISC SOCKS_USERNAME=\"somebody\"");
  stream(13, "CONTROLLER_WAIT", 0, "SOCKS_USERNAME=\"somebody\"");
  stream(12, "SENTCONNECT", 7, "SOCKS_USERNAME=\"mine\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 13 0"));
}

// tor would take them off their circuits and begin anew.
TEST_F(ChosenPathsTest, StreamsThatTorAttachesByItselfAreLeftAlone) {
  start_tor();
  stand("mine", 7);
  for (auto const* status : {"NEW", "SENTCONNECT", "SUCCEEDED"})
    stream(11, status, 4, "SOURCE_ADDR=127.0.0.1:1 PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  // Its own wait for nothing that was not told at NEW.
  stream(12, "NEW", 0, "PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  stream(12, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 12 7"));
}

TEST_F(ChosenPathsTest, LeavesStreamsAloneWhileNoPathIsInUse) {
  start_tor();
  stream(11, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(ChosenPathsTest, ClosesAStreamThatComesBeforeItsCircuitStands) {
  start_tor();
  auto const waiting = build("mine");
  commands();
  stream(11, "NEW", 0, "PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  EXPECT_THAT(commands(), ElementsAre("CLOSESTREAM 11 1"));
}

TEST_F(ChosenPathsTest, ClosesAStreamThatTorDoesNotAttach) {
  start_tor();
  stand("mine", 7);
  port_.replies["ATTACHSTREAM"] = "551 Unable to attach stream";
  stream(11, "NEW", 0, "PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 11 7", "CLOSESTREAM 11 1"));
  stream(12, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 12 0"));
}

TEST_F(ChosenPathsTest, ClosesADetachedStreamWithTheExitsReason) {
  start_tor();
  stand("mine", 7);
  auto const detached = [&](int id, std::string const& reason) {
    stream(id, "DETACHED", 7, reason + " SOCKS_USERNAME=\"mine\"");
  };
  detached(11, "REASON=END REMOTE_REASON=CONNECTREFUSED");
  detached(12, "REASON=END REMOTE_REASON=EXITPOLICY");
  detached(13, "REASON=TIMEOUT");
  detached(14, "REASON=END REMOTE_REASON=A_NEW_ONE");
  EXPECT_THAT(commands(), ElementsAre("CLOSESTREAM 11 3", "CLOSESTREAM 12 4", "CLOSESTREAM 13 7",
                                      "CLOSESTREAM 14 1"));
}

TEST_F(ChosenPathsTest, ReleaseClosesTheCircuitAndTheLastOneGivesStreamsBackToTor) {
  start_tor();
  stand("mine", 7);
  stand("other", 8);
  release("mine");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 7"));
  release("other");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 8", kToTor));
  release("other");
  release("never built");
  EXPECT_THAT(commands(), IsEmpty());
  // The next one begins as the first did.
  begun_as(9);
  auto const waiting = build("third");
  EXPECT_THAT(commands(), ElementsAre(kToUs, HasSubstr("EXTENDCIRCUIT")));
}

TEST_F(ChosenPathsTest, APathThatComesWhileTheLastIsReleasedKeepsItsStreams) {
  start_tor();
  stand("mine", 7);
  port_.hold("SETCONF");
  release("mine");
  begun_as(8);
  auto const waiting = build("next");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 7", kToTor));
  port_.let_go();
  pass(milliseconds(1));
  EXPECT_THAT(commands(), ElementsAre(kToUs, HasSubstr("EXTENDCIRCUIT")));
  built(8);
  pass(seconds(10));
  stream(11, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 11 0"));
  release("next");
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 8", kToTor));
}

TEST_F(ChosenPathsTest, StreamsThatAreToldOfShortlyAfterAreStillGivenBack) {
  start_tor();
  stand("mine", 7);
  release("mine");
  commands();
  pass(milliseconds(4900));
  stream(11, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), ElementsAre("ATTACHSTREAM 11 0"));
  pass(milliseconds(200));
  stream(12, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), IsEmpty());
}

// The waiting task is cut off, as a measurement is that is told to stop.
TEST_F(ChosenPathsTest, APathThatIsReleasedBeforeTorHasAnsweredIsClosedThen) {
  start_tor();
  port_.hold("EXTENDCIRCUIT");
  auto const waiting = build("mine");
  EXPECT_THAT(commands(), ElementsAre(kToUs, HasSubstr("EXTENDCIRCUIT")));
  cut_off();
  release("mine");
  EXPECT_FALSE(waiting->value);
  // tor may take its time.
  pass(seconds(25));
  EXPECT_THAT(commands(), IsEmpty());
  port_.let_go();
  pass(milliseconds(1));
  EXPECT_THAT(commands(), ElementsAre("CLOSECIRCUIT 7", kToTor));
  pass(seconds(10));
  stream(11, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(ChosenPathsTest, NamesTheHopThatFailed) {
  start_tor();
  auto const waiting = build("mine");
  say("CIRC 7 FAILED $" + hop('A') +
      "~a PURPOSE=GENERAL REASON=DESTROYED "
      "REMOTE_REASON=CONNECTFAILED");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->circuit, 7U);
  EXPECT_EQ(waiting->value->problem, "hop 2 of 3 failed: DESTROYED/CONNECTFAILED");
  EXPECT_FALSE(waiting->value->control);
}

TEST_F(ChosenPathsTest, NamesTheHopAlsoWhereTheEndCameWithTorsAnswer) {
  start_tor();
  begun_as(7,
           "\r\n650 CIRC 7 LAUNCHED PURPOSE=GENERAL\r\n"
           "650 CIRC 7 FAILED PURPOSE=GENERAL REASON=CONNECTFAILED");
  auto const waiting = build("mine");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->problem, "hop 1 of 3 failed: CONNECTFAILED");
  EXPECT_FALSE(waiting->value->control);
}

TEST_F(ChosenPathsTest, StandsAlsoWhereItsBuildingCameWithTorsAnswer) {
  start_tor();
  begun_as(7, "\r\n650 CIRC 7 LAUNCHED PURPOSE=GENERAL\r\n650 CIRC 7 BUILT $" + hop('A') + ",$" +
                  hop('B') + ",$" + hop('C') + " PURPOSE=GENERAL");
  auto const waiting = build("mine");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->problem, "");
}

TEST_F(ChosenPathsTest, ACircuitThatEndsUnderTheMeasurementAttachesNothingMore) {
  start_tor();
  stand("mine", 7);
  say("CIRC 7 CLOSED $" + hop('A') + ",$" + hop('B') + ",$" + hop('C') +
      " PURPOSE=GENERAL REASON=DESTROYED");
  stream(11, "NEW", 0, "PURPOSE=USER SOCKS_USERNAME=\"mine\"");
  EXPECT_THAT(commands(), ElementsAre("CLOSESTREAM 11 1"));
}

TEST_F(ChosenPathsTest, TorsRefusalIsNotTheControlConnections) {
  start_tor();
  port_.replies["EXTENDCIRCUIT"] = "552 No such router \"A\"";
  auto const waiting = build("mine");
  ASSERT_TRUE(waiting->value);
  EXPECT_THAT(waiting->value->problem, HasSubstr("552 No such router"));
  EXPECT_FALSE(waiting->value->control);
  EXPECT_FALSE(waiting->value->circuit);
  commands();
  release("mine");
  EXPECT_THAT(commands(), ElementsAre(kToTor));
}

TEST_F(ChosenPathsTest, AMissingAnswerIsTheControlConnectionsAMissingCircuitIsNot) {
  start_tor();
  auto const slow = build("slow", seconds(3));
  auto const begun = runtime::mono_now();
  pass(seconds(3));
  ASSERT_TRUE(slow->value);
  EXPECT_LT(slow->at, begun + seconds(3));
  EXPECT_EQ(slow->value->problem, "the circuit was not built in time");
  EXPECT_EQ(slow->value->circuit, 7U);
  EXPECT_FALSE(slow->value->control);

  port_.hold("EXTENDCIRCUIT");
  auto const silent = build("silent", seconds(3));
  pass(seconds(3));
  ASSERT_TRUE(silent->value);
  EXPECT_EQ(silent->value->problem, "tor did not answer in time");
  EXPECT_FALSE(silent->value->circuit);
  EXPECT_TRUE(silent->value->control);
  port_.let_go();
}

TEST_F(ChosenPathsTest, ALostConnectionEndsEveryWait) {
  start_tor();
  auto const building = build("building");
  port_.hold("EXTENDCIRCUIT");
  auto const asking = build("asking");
  kill_tor();
  for (auto const& waiting : {building, asking}) {
    ASSERT_TRUE(waiting->value);
    EXPECT_TRUE(waiting->value->control);
    EXPECT_NE(waiting->value->problem, "");
  }
  EXPECT_EQ(building->value->circuit, 7U);
  auto const down = build("down");
  ASSERT_TRUE(down->value);
  EXPECT_TRUE(down->value->control);
  EXPECT_EQ(down->value->problem, "tor is not connected");

  // The next process gives the same id to a circuit of its own, and has no setting to take back.
  port_.let_go();
  start_tor_again();
  commands();
  release("building");
  release("asking");
  EXPECT_THAT(commands(), IsEmpty());
  stream(11, "CONTROLLER_WAIT", 0, "PURPOSE=USER SOCKS_USERNAME=\"somebody\"");
  EXPECT_THAT(commands(), IsEmpty());
}

}  // namespace
}  // namespace perfd::tor
