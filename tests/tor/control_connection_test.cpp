#include "tor/control_connection.h"

#include <gmock/gmock.h>

#include "runtime/deadline.h"
#include "tor/support/control_fixture.h"

namespace perfd::tor {
namespace {

using runtime::Task;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using ControlConnectionTest = test::ControlTest;

Task<> answer_in_order(test::FakeTor& tor) {
  co_await tor.expect("GETINFO version");
  co_await tor.expect("GETCONF SocksPort");
  co_await tor.say_slowly("650 BW 1 2\r\n250-version=0.4.9.11\r\n250 OK\r\n");
  co_await tor.say_slowly("650-CONF_CHANGED\r\n650-A=b\r\n650 OK\r\n250 SocksPort=9050\r\n");
}

Task<> ask(ControlConnection& connection, std::vector<std::string>& answers) {
  answers.push_back((co_await connection.getinfo("version")).value());
}

struct Seen {
  WallTime at;
  std::size_t kind;
  std::string raw;
};

Task<wire::torctl::ConfigValues> two_commands(ControlConnection& connection,
                                              runtime::TaskGroup& tasks,
                                              std::vector<std::string>& answers) {
  tasks.spawn("first", ask(connection, answers));
  co_await runtime::sleep_for(std::chrono::milliseconds(1));
  // GCC 12 can't keep an initializer list across a co_await.
  ControlConnection::Strings const keys(1, "SocksPort");
  co_return (co_await connection.getconf(keys)).value();
}

TEST_F(ControlConnectionTest, MatchesAnswersToCommandsAndHandsOverEventsBetween) {
  std::vector<Seen> events;
  connection_.on_event([&](WallTime at, wire::torctl::Event const& event, std::string const& raw) {
    events.push_back({at, event.index(), raw});
  });
  std::vector<std::string> answers;
  auto const values = run(answer_in_order(tor_), two_commands(connection_, tasks_, answers));
  EXPECT_THAT(answers, ElementsAre("0.4.9.11"));
  EXPECT_THAT(values, ElementsAre(Pair("SocksPort", "9050")));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].raw, "650 BW 1 2");
  EXPECT_EQ(events[0].kind, wire::torctl::Event(wire::torctl::Bw{}).index());
  EXPECT_EQ(events[1].raw, "650-CONF_CHANGED\n650-A=b\n650 OK");
  EXPECT_EQ(events[0].at, runtime::wall_now());
}

Task<> be_late(test::FakeTor& tor) {
  co_await tor.expect("GETINFO slow");
  co_await tor.expect("GETINFO version");
  co_await tor.say("250-slow=late\r\n250 OK\r\n250-version=right\r\n250 OK\r\n");
}

Task<std::pair<Result<std::string>, Result<std::string>>> slow_then_quick(
    ControlConnection& connection) {
  auto slow = co_await connection.getinfo("slow");
  auto quick = co_await connection.getinfo("version");
  co_return std::pair(std::move(slow), std::move(quick));
}

TEST_F(ControlConnectionTest, DoesNotTakeALateAnswerForTheNextOnes) {
  auto const before = runtime::mono_now();
  auto const [slow, quick] = run(be_late(tor_), slow_then_quick(connection_));
  ASSERT_TRUE(slow.has_error());
  EXPECT_TRUE(runtime::is_timeout(slow.error()));
  EXPECT_THAT(slow.error().message, HasSubstr("GETINFO: tor did not answer"));
  EXPECT_EQ(runtime::mono_now() - before, ControlConnection::kTimeout);
  EXPECT_EQ(quick.value(), "right");
}

Task<> die(test::FakeTor& tor) {
  co_await tor.expect("GETINFO version");
  tor.close();
}

Task<Result<std::string>> ask_twice(ControlConnection& connection, Result<std::string>& first) {
  first = co_await connection.getinfo("version");
  co_return co_await connection.getinfo("version");
}

TEST_F(ControlConnectionTest, FailsEveryCommandWhenTorIsGoneAndSaysSoOnce) {
  std::vector<std::string> losses;
  connection_.on_loss([&](Error const& why) { losses.push_back(why.message); });
  Result<std::string> first = success(std::string());
  auto const second = run(die(tor_), ask_twice(connection_, first));
  EXPECT_THAT(first.error().message, HasSubstr("GETINFO: tor closed the control connection"));
  EXPECT_THAT(second.error().message, HasSubstr("tor closed the control connection"));
  EXPECT_FALSE(connection_.connected());
  EXPECT_THAT(losses, ElementsAre("tor closed the control connection"));
}

TEST_F(ControlConnectionTest, IsLostWhenTheOtherSideSpeaksNonsense) {
  std::vector<std::string> losses;
  connection_.on_loss([&](Error const& why) { losses.push_back(why.message); });
  run(tor_.say("HTTP/1.1 400 Bad Request\r\n"), runtime::sleep_for(std::chrono::seconds(1)));
  EXPECT_THAT(losses, ElementsAre(HasSubstr("not a reply of a control port")));
}

TEST_F(ControlConnectionTest, IsLostWhenTorAnswersWhatNobodyAsked) {
  std::vector<std::string> losses;
  connection_.on_loss([&](Error const& why) { losses.push_back(why.message); });
  run(tor_.say("250 OK\r\n"), runtime::sleep_for(std::chrono::seconds(1)));
  EXPECT_THAT(losses, ElementsAre(HasSubstr("what nobody asked")));
}

Task<> tell_forever(test::FakeTor& tor) {
  co_await tor.say("650 BW 1 1\r\n650 BW 2 2\r\n650 BW 3 3\r\n");
}

TEST_F(ControlConnectionTest, MayBeDestroyedByItsOwnHandler) {
  int events = 0;
  int losses = 0;
  connection_.on_loss([&](Error const&) { ++losses; });
  connection_.on_event([&](WallTime, wire::torctl::Event const&, std::string const&) {
    ++events;
    connection_ = ControlConnection();
  });
  run(tell_forever(tor_), runtime::sleep_for(std::chrono::seconds(1)));
  EXPECT_EQ(events, 1);
  EXPECT_EQ(losses, 0) << "the owner knows";
  EXPECT_FALSE(connection_.connected());
}

Task<std::string> read_after_a_while(test::FakeTor& tor, std::string& got) {
  co_await runtime::sleep_for(std::chrono::seconds(1));
  got = co_await tor.command();
  co_await tor.say("250 OK\r\n");
  co_return "";
}
Task<> read_later(test::FakeTor& tor, std::string& got) { co_await read_after_a_while(tor, got); }

TEST_F(ControlConnectionTest, SendsWhatTheKernelDoesNotTakeAtOnce) {
  std::string const value(3'000'000, 'x');
  std::string got;
  auto const set = run(read_later(tor_, got), connection_.setconf({{"Log", value}}));
  EXPECT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(got, "SETCONF Log=\"" + value + "\"");
}

Task<> send_a_consensus(test::FakeTor& tor) {
  co_await tor.say("650+NEWCONSENSUS\r\nr relay\r\n.\r\n650 OK\r\n");
}

TEST_F(ControlConnectionTest, LeavesTheConsensusOutOfTheRawLine) {
  std::vector<std::string> raw;
  connection_.on_event(
      [&](WallTime, wire::torctl::Event const&, std::string const& text) { raw.push_back(text); });
  run(send_a_consensus(tor_), runtime::sleep_for(std::chrono::seconds(1)));
  EXPECT_THAT(raw, ElementsAre("650+NEWCONSENSUS"));
}

Task<> know_some_events(test::FakeTor& tor) {
  co_await tor.answer("GETINFO events/names",
                      "250-events/names=CIRC STREAM BW GUARD\r\n250 OK\r\n");
  co_await tor.answer("SETEVENTS CIRC GUARD", "250 OK\r\n");
}

TEST_F(ControlConnectionTest, SubscribesToWhatThisTorKnows) {
  auto const events =
      run(know_some_events(tor_), connection_.subscribe({"CIRC", "TELEPATHY", "GUARD"}));
  EXPECT_THAT(events.value(), ElementsAre("CIRC", "GUARD"));
}

Task<> refuse(test::FakeTor& tor) {
  co_await tor.answer("SIGNAL FOO", "552 Unrecognized signal code \"FOO\"\r\n");
  co_await tor.answer("EXTENDCIRCUIT 0 a,b purpose=general", "250 EXTENDED 17\r\n");
  co_await tor.answer("ADD_ONION NEW:ED25519-V3 Flags=Detach Port=80,127.0.0.1:8080",
                      "250-ServiceID=abc\r\n250-PrivateKey=ED25519-V3:x\r\n250 OK\r\n");
  co_await tor.answer("CLOSECIRCUIT 17", "250 OK\r\n");
  co_await tor.answer("ATTACHSTREAM 4 17", "555 Connection is not managed by controller.\r\n");
  co_await tor.answer("DROPGUARDS", "250 OK\r\n");
}

Task<> use_typed_commands(ControlConnection& connection) {
  auto const refused = co_await connection.signal("FOO");
  EXPECT_EQ(refused.error().code.category(), wire::torctl::reply_category());
  EXPECT_EQ(refused.error().code.value(), 552);
  ControlConnection::Strings path;
  path.emplace_back("a");
  path.emplace_back("b");
  EXPECT_EQ((co_await connection.extendcircuit(0, path, "general")).value(), 17U);
  wire::torctl::command::AddOnion service;
  service.flags = {"Detach"};
  service.ports = {{80, "127.0.0.1:8080"}};
  EXPECT_EQ((co_await connection.add_onion(service)).value().service_id, "abc");
  EXPECT_TRUE((co_await connection.closecircuit(17)).has_value());
  EXPECT_EQ((co_await connection.attachstream(4, 17)).error().code.value(), 555);
  EXPECT_TRUE((co_await connection.dropguards()).has_value());
  // A value that would be a second command never reaches tor.
  EXPECT_TRUE((co_await connection.signal("X\r\nHALT")).has_error());
}

TEST_F(ControlConnectionTest, HasTypedCommands) {
  run(refuse(tor_), use_typed_commands(connection_));
}

}  // namespace
}  // namespace perfd::tor
