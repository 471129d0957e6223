// /api/v1/events, in virtual time.
#include "web/api/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/virtual_time.h"

namespace perfd::web::api {
namespace {

using testing::HasSubstr;
using testing::Not;

class FakeNewResults final : public NewResults {
 public:
  std::int64_t last = 0;
  bool broken = false;
  int asked = 0;

  runtime::Task<Result<std::int64_t>> newest() override {
    if (broken) co_return Error{"the store is gone"};
    co_return last;
  }
  runtime::Task<Result<std::vector<NewResult>>> behind(std::int64_t seq,
                                                       std::size_t most) override {
    ++asked;
    std::vector<NewResult> out;
    for (; seq < last && out.size() < most;) {
      ++seq;
      out.push_back({seq, "{\"seq\":" + std::to_string(seq) + "}"});
    }
    co_return out;
  }
};

class EventStreamTest : public testing::Test {
 protected:
  ~EventStreamTest() override { time_.run(loop_, stream_.stop()); }

  Response listen(std::string last_event_id = "") {
    Request request;
    request.path = "/api/v1/events";
    if (!last_event_id.empty()) request.fields.add("Last-Event-ID", std::move(last_event_id));
    return time_.run(loop_, stream_.answer(request)).value();
  }
  std::string next(Response& response) {
    return time_.run(loop_, std::get<std::unique_ptr<Body>>(response.body)->next()).value();
  }
  static runtime::Task<> record_later(FakeNewResults& results, EventStream& stream,
                                      std::chrono::seconds when) {
    co_await runtime::sleep_for(when);
    ++results.last;
    stream.look();
  }
  static runtime::Task<> await_piece(Body& source, std::optional<std::string>& out) {
    auto piece = co_await source.next();
    out = piece.value();
  }
  static std::string event(int seq) {
    auto const number = std::to_string(seq);
    return "event: result\nid: " + number + "\ndata: {\"seq\":" + number + "}\n\n";
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  runtime::TaskGroup tasks_{loop_};
  FakeNewResults results_;
  EventStream stream_{loop_, results_};
};

TEST_F(EventStreamTest, TellsWhatIsRecordedFromNowOn) {
  results_.last = 41;
  auto listener = listen();
  EXPECT_THAT(listener.fields,
              testing::Contains(testing::Pair("Content-Type", "text/event-stream")));
  EXPECT_EQ(next(listener), "retry: 5000\n\n");
  auto const began = runtime::mono_now();
  tasks_.spawn("record", record_later(results_, stream_, std::chrono::seconds(2)));
  EXPECT_EQ(next(listener), event(42));
  EXPECT_LT(runtime::mono_now() - began, std::chrono::seconds(3));
}

TEST_F(EventStreamTest, WhatNobodyToldOfIsFoundWithinSeconds) {
  auto listener = listen();
  (void)next(listener);
  results_.last = 1;
  auto const began = runtime::mono_now();
  EXPECT_EQ(next(listener), event(1));
  EXPECT_LE(runtime::mono_now() - began, std::chrono::seconds(5));
}

TEST_F(EventStreamTest, GoesOnFromTheLastEventOfTheClient) {
  results_.last = 10;
  auto listener = listen("7");
  EXPECT_EQ(next(listener), "retry: 5000\n\n" + event(8) + event(9) + event(10));
}

TEST_F(EventStreamTest, WhoIsFarBehindGetsTheLatestFiveHundred) {
  results_.last = 2000;
  auto listener = listen("3");
  auto text = next(listener);
  EXPECT_THAT(text, Not(HasSubstr("id: 1500\n")));
  EXPECT_THAT(text, HasSubstr("id: 1501\n"));
  EXPECT_THAT(text, HasSubstr("id: 2000\n"));
}

TEST_F(EventStreamTest, AnIdOfAnotherStoreIsNotWaitedFor) {
  results_.last = 5;
  auto listener = listen("900");
  (void)next(listener);
  results_.last = 6;
  EXPECT_EQ(next(listener), event(6));
}

TEST_F(EventStreamTest, ASlowListenerSkips) {
  results_.last = 1;
  auto slow = listen();
  auto quick = listen();
  (void)next(slow);
  (void)next(quick);
  results_.last = 3000;
  EXPECT_THAT(next(quick), HasSubstr("id: 3000\n"));
  auto const text = next(slow);
  EXPECT_THAT(text, Not(HasSubstr("id: 2\n")));
  EXPECT_THAT(text, HasSubstr("id: 2501\n"));
}

TEST_F(EventStreamTest, ListenersShareWhatWasFound) {
  std::vector<Response> listeners;
  for (int i = 0; i < 20; ++i) listeners.push_back(listen());
  for (auto& listener : listeners) (void)next(listener);
  auto const before = results_.asked;
  results_.last = 1;
  stream_.look();
  for (auto& listener : listeners) EXPECT_EQ(next(listener), event(1));
  EXPECT_LE(results_.asked - before, 2);
}

TEST_F(EventStreamTest, SilenceIsBroken) {
  auto listener = listen();
  (void)next(listener);
  auto const began = runtime::mono_now();
  EXPECT_EQ(next(listener), ": nothing new\n\n");
  EXPECT_EQ(runtime::mono_now() - began, std::chrono::seconds(15));
}

TEST_F(EventStreamTest, EndsAfterHalfAnHour) {
  auto listener = listen();
  auto const began = runtime::mono_now();
  int pieces = 0;
  while (!next(listener).empty()) ASSERT_LT(++pieces, 200);
  EXPECT_EQ(runtime::mono_now() - began, std::chrono::minutes(30));
}

TEST_F(EventStreamTest, ListenersAreBounded) {
  std::vector<Response> listeners;
  for (int i = 0; i < 64; ++i) listeners.push_back(listen());
  EXPECT_EQ(listeners.back().status, 200);
  EXPECT_EQ(listen().status, 503);
  listeners.pop_back();
  EXPECT_EQ(listen().status, 200);
}

TEST_F(EventStreamTest, AStopEndsEveryStreamInOrder) {
  auto listener = listen();
  (void)next(listener);
  auto const body = std::move(std::get<std::unique_ptr<Body>>(listener.body));
  std::optional<std::string> last;
  tasks_.spawn("listener", await_piece(*body, last));
  time_.run(loop_, stream_.stop());
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(*last, "");
  EXPECT_EQ(listen().status, 503);
}

TEST_F(EventStreamTest, WhatItCanNotDoIsRefused) {
  EXPECT_EQ(listen("yesterday").status, 400);
  Request request;
  request.path = "/api/v1/events";
  request.query = "experiment=small";
  EXPECT_EQ(time_.run(loop_, stream_.answer(request))->status, 400);
  request.path = "/api/v1/event";
  EXPECT_FALSE(time_.run(loop_, stream_.answer(request)).has_value());
}

TEST_F(EventStreamTest, AHeadIsNoListener) {
  Request request;
  request.path = "/api/v1/events";
  request.head = true;
  EXPECT_EQ(time_.run(loop_, stream_.answer(request))->status, 200);
  EXPECT_EQ(stream_.listeners(), 0U);
}

TEST_F(EventStreamTest, AStoreThatFailsIsToldWithinSeconds) {
  results_.broken = true;
  EXPECT_EQ(listen().status, 503);
  results_.broken = false;
  EXPECT_EQ(listen().status, 200);
}

}  // namespace
}  // namespace perfd::web::api
