#include "browser/bidi_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

#include "browser/support/fake_bidi.h"
#include "runtime/deadline.h"
#include "runtime/virtual_time.h"

namespace perfd::browser {
namespace {

namespace json = boost::json;
using runtime::Task;
using std::chrono::seconds;
using test::FakeBidi;
using test::FakeSession;
using testing::HasSubstr;

std::string id_of(std::string const& command) {
  return json::serialize(json::parse(command).as_object().at("id"));
}
std::string success(std::string const& command, std::string const& result) {
  return R"({"type":"success","id":)" + id_of(command) + R"(,"result":)" + result + "}";
}

class BidiConnectionTest : public testing::Test {
 protected:
  void serve(FakeBidi::Script script) {
    server_.emplace(loop_, place_.address("bidi"), std::move(script));
  }
  Result<> open(std::size_t limit = kMessageLimit) {
    auto opened = time_.run(
        loop_, BidiConnection::open(loop_, tasks_, place_.address("bidi"), "127.0.0.1:4000",
                                    runtime::mono_now() + seconds{5}, limit));
    if (opened.has_error()) return opened.error();
    connection_ = std::move(*opened);
    connection_->on_loss([this](Error const& why) {
      ++losses_;
      loss_ = why;
    });
    return {};
  }
  BidiConnection::Answer command(std::string method, Nanos limit = seconds{5}) {
    return time_.run(loop_, connection_->command(std::move(method), json::object{},
                                                 runtime::mono_now() + limit));
  }
  // Errors that a faulty server gives rise to: of the command that waits, and of the loss.
  void expect_loss(Errc code, std::string const& message) {
    auto const answer = command("session.status");
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().code, code) << answer.error().message;
    EXPECT_THAT(answer.error().message, HasSubstr(message));
    EXPECT_EQ(losses_, 1);
    EXPECT_EQ(loss_.code, code);
    EXPECT_FALSE(connection_->connected());
    EXPECT_TRUE(command("session.status").has_error());  // the next one at once
    EXPECT_EQ(losses_, 1);
  }
  void TearDown() override {
    connection_.reset();
    time_.run(loop_, tasks_.stop());
    server_.reset();
  }

  net::test::UnixPlace place_;
  runtime::VirtualTime time_;
  runtime::Loop loop_;
  runtime::TaskGroup tasks_{loop_};
  std::optional<FakeBidi> server_;
  std::unique_ptr<BidiConnection> connection_;
  int losses_ = 0;
  Error loss_;
};

Task<> answer_in_reverse(FakeSession session) {
  auto const first = co_await session.receive();
  auto const second = co_await session.receive();
  co_await session.send(success(second, R"({"of":2})"));
  co_await session.send(R"({"type":"event","method":"log.entryAdded","params":{"text":"x"}})");
  co_await session.send(success(first, R"({"of":1})"));
  co_await session.drain();
}

Task<> two_commands(BidiConnection& connection, std::vector<std::int64_t>& order,
                    runtime::Event& done) {
  for (int i = 1; i <= 2; ++i)
    connection.send("session.status", json::object{{"n", i}},
                    [&order, &done](BidiConnection::Answer answer) {
                      order.push_back(answer.value().at("of").as_int64());
                      if (order.size() == 2) done.set();
                    });
  co_await done.wait();
}

TEST_F(BidiConnectionTest, AnswersBelongToTheirCommandsInAnyOrderAndEventsToTheHandler) {
  serve(answer_in_reverse);
  ASSERT_TRUE(open());
  std::vector<std::string> events;
  connection_->on_event([&](std::string_view method, json::object const& params) {
    events.push_back(std::string(method) + json::serialize(params));
  });
  std::vector<std::int64_t> order;
  runtime::Event done(loop_.context());
  time_.run(loop_, two_commands(*connection_, order, done));
  EXPECT_THAT(order, testing::ElementsAre(2, 1));
  EXPECT_THAT(events, testing::ElementsAre(R"(log.entryAdded{"text":"x"})"));
  EXPECT_EQ(losses_, 0);
  // Firefox refuses a foreign Host and any Origin.
  EXPECT_THAT(server_->request(), testing::StartsWith("GET /session HTTP/1.1\r\n"));
  EXPECT_THAT(server_->request(), HasSubstr("Host: 127.0.0.1:4000\r\n"));
  EXPECT_THAT(server_->request(), testing::Not(HasSubstr("Origin")));
}

Task<> refuse(FakeSession session) {
  auto const command = co_await session.receive();
  co_await session.send(
      R"({"type":"error","id":)" + id_of(command) +
      R"(,"error":"unknown error","message":"Error: NS_ERROR_NET_RESET","stacktrace":"x"})");
  co_await session.drain();
}

TEST_F(BidiConnectionTest, ARefusalHasTheBrowsersWords) {
  serve(refuse);
  ASSERT_TRUE(open());
  auto const answer = command("browsingContext.navigate");
  ASSERT_TRUE(answer.has_error());
  EXPECT_EQ(answer.error().code, Errc::kProtocol);
  EXPECT_EQ(answer.error().message,
            "browsingContext.navigate: unknown error: Error: NS_ERROR_NET_RESET");
  EXPECT_TRUE(connection_->connected());
}

Task<> never_answer(FakeSession session) { co_await session.drain(); }

TEST_F(BidiConnectionTest, ASilentBrowserIsGivenUpAtTheCommandsOwnDeadline) {
  serve(never_answer);
  ASSERT_TRUE(open());
  auto const began = runtime::mono_now();
  auto const answer = command("session.status", seconds{7});
  ASSERT_TRUE(answer.has_error());
  EXPECT_TRUE(runtime::is_timeout(answer.error()));
  EXPECT_EQ(runtime::mono_now() - began, seconds{7});
  EXPECT_TRUE(connection_->connected());
}

Task<> close_on_command(FakeSession session) { (void)co_await session.receive(); }

TEST_F(BidiConnectionTest, ALossIsToldToWhoWaitsAndOnce) {
  serve(close_on_command);
  ASSERT_TRUE(open());
  expect_loss(Errc::kDied, "closed its connection");
}

// What a server says instead of an answer, and what that is called.
Task<> say(FakeSession session, std::string bytes) {
  (void)co_await session.receive();
  co_await session.send_bytes(std::move(bytes));
  co_await session.drain();
}
FakeBidi::Script saying(std::string bytes) {
  return [bytes](FakeSession session) { return say(session, bytes); };
}

TEST_F(BidiConnectionTest, WhatIsNoJsonEndsTheConnection) {
  serve(saying(test::text_frame("{\"type\": nonsense}")));
  ASSERT_TRUE(open());
  expect_loss(Errc::kProtocol, "not JSON");
}

TEST_F(BidiConnectionTest, WhatIsNoWebSocketEndsTheConnection) {
  serve(saying("HTTP/1.1 500 Oh\r\n\r\n"));
  ASSERT_TRUE(open());
  expect_loss(Errc::kProtocol, "WebSocket");
}

Task<> speak_and_close(FakeSession session) { return session.send_bytes("no frame"); }

TEST_F(BidiConnectionTest, AServerThatSpeaksUnaskedAndLeavesIsLost) {
  serve(speak_and_close);
  ASSERT_TRUE(open());
  time_.advance(loop_, seconds{1});
  EXPECT_FALSE(connection_->connected());
  // Nor does writing to it end the process, as a broken pipe would.
  EXPECT_TRUE(command("session.status").has_error());
}

TEST_F(BidiConnectionTest, AMessageBeyondTheBoundEndsTheConnection) {
  serve(saying(test::text_frame("{\"type\":\"event\",\"x\":\"" + std::string(5000, 'x') + "\"}")));
  ASSERT_TRUE(open(4096));
  expect_loss(Errc::kProtocol, "more than 4 KiB");
}

TEST_F(BidiConnectionTest, AnAnswerWithoutANumberEndsTheConnection) {
  serve(saying(test::text_frame(R"({"type":"success","id":"one","result":{}})")));
  ASSERT_TRUE(open());
  expect_loss(Errc::kProtocol, "no answer");
}

Task<> strange_events(FakeSession session) {
  auto const command = co_await session.receive();
  std::string deep = R"({"type":"event","method":"x","params":{"v":)";
  deep += std::string(100, '[') + std::string(100, ']') + "}}";
  co_await session.send(deep);
  // Half of a surrogate pair, as a page may write it.
  co_await session.send(R"({"type":"event","method":"half","params":{"v":"\ud83d"}})");
  co_await session.send(R"({"type":"success","id":99,"result":{}})");
  co_await session.send(success(command, "{}"));
  co_await session.drain();
}

TEST_F(BidiConnectionTest, WhatAPageMayCauseEndsNothing) {
  serve(strange_events);
  ASSERT_TRUE(open());
  std::vector<std::string> events;
  connection_->on_event([&](std::string_view method, json::object const& params) {
    events.push_back(std::string(method) + json::serialize(params));
  });
  EXPECT_TRUE(command("session.status"));
  EXPECT_THAT(events, testing::ElementsAre("half{\"v\":\"\xef\xbf\xbd\"}"));
  EXPECT_TRUE(connection_->connected());
}

TEST_F(BidiConnectionTest, AServerThatAnswersNoHandshakeIsGivenUp) {
  net::test::Peer const silent(
      loop_, [](runtime::StreamSocket client) -> Task<> { co_await net::test::drain(client); },
      place_.address("bidi"));
  auto const began = runtime::mono_now();
  auto const opened = open();
  ASSERT_TRUE(opened.has_error());
  EXPECT_TRUE(runtime::is_timeout(opened.error()));
  EXPECT_EQ(runtime::mono_now() - began, seconds{5});
}

TEST_F(BidiConnectionTest, ItMayBeDestroyedWhileACommandWaits) {
  serve(never_answer);
  ASSERT_TRUE(open());
  int answers = 0;
  connection_->send("session.status", {}, [&](BidiConnection::Answer) { ++answers; });
  time_.advance(loop_, seconds{1});
  connection_.reset();
  time_.advance(loop_, seconds{1});
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(losses_, 0);
  EXPECT_EQ(tasks_.size(), 0U);
}

}  // namespace
}  // namespace perfd::browser
