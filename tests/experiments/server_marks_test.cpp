#include "experiments/server_marks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "runtime/virtual_time.h"

namespace perfd::experiments {
namespace {

using std::chrono::seconds;

net::ServerObservation observation(std::string id, std::int64_t bytes) {
  net::ServerObservation out;
  out.measurement = std::move(id);
  out.bytes = bytes;
  return out;
}

class ServerMarksTest : public testing::Test {
 protected:
  std::optional<net::ServerObservation> take(std::string id, Nanos wait = seconds{2}) {
    auto const begun = runtime::mono_now();
    auto seen = time_.run(loop_, marks_.take(std::move(id), begun + wait));
    took_ = runtime::mono_now() - begun;
    return seen;
  }
  static runtime::Task<> report_after(ServerMarks& marks, Nanos span, std::string id) {
    co_await runtime::sleep_for(span);
    marks.on_transfer(observation(std::move(id), 7));
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  ServerMarks marks_{loop_};
  Nanos took_{};
};

TEST_F(ServerMarksTest, WhatCameBeforeIsTakenAtOnce) {
  marks_.expect("a");
  marks_.on_transfer(observation("a", 5));
  auto const seen = take("a");
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bytes, 5);
  EXPECT_EQ(took_, Nanos{0});
}

TEST_F(ServerMarksTest, WhatComesLaterIsWaitedFor) {
  runtime::TaskGroup group(loop_);
  marks_.expect("a");
  group.spawn("report", report_after(marks_, seconds{1}, "a"));
  auto const seen = take("a");
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bytes, 7);
  EXPECT_EQ(took_, seconds{1});
}

TEST_F(ServerMarksTest, TheWaitIsBounded) {
  runtime::TaskGroup group(loop_);
  marks_.expect("a");
  group.spawn("report", report_after(marks_, seconds{3}, "a"));
  EXPECT_FALSE(take("a"));
  EXPECT_EQ(took_, seconds{2});
  // The expectation ended with it.
  time_.advance(loop_, seconds{2});
  EXPECT_FALSE(take("a"));
  EXPECT_EQ(took_, Nanos{0});
}

TEST_F(ServerMarksTest, WhatNobodyExpectsIsIgnored) {
  marks_.on_transfer(observation("a", 5));
  EXPECT_FALSE(take("a"));
  marks_.expect("a");
  EXPECT_FALSE(take("a"));
  EXPECT_EQ(took_, seconds{2});
}

TEST_F(ServerMarksTest, TheFirstOneWins) {
  marks_.expect("a");
  marks_.on_transfer(observation("a", 5));
  marks_.on_transfer(observation("a", 6));
  EXPECT_EQ(take("a")->bytes, 5);
}

TEST_F(ServerMarksTest, IsTakenOnce) {
  marks_.expect("a");
  marks_.on_transfer(observation("a", 5));
  EXPECT_TRUE(take("a"));
  EXPECT_FALSE(take("a"));
}

TEST_F(ServerMarksTest, WhatIsForgottenIsExpectedNoMore) {
  marks_.expect("a");
  marks_.expect("b");
  marks_.on_transfer(observation("a", 5));
  marks_.forget("a");
  marks_.forget("never expected");
  EXPECT_FALSE(take("a"));
  marks_.on_transfer(observation("b", 6));
  EXPECT_EQ(take("b")->bytes, 6);
}

// The serving loop is another thread's.
TEST(ServerMarksThreads, ObservationsComeFromAnyThread) {
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  runtime::Loop loop;
  ServerMarks marks(loop);
  auto const id = [](int thread, int i) { return fmt::format("{}-{}", thread, i); };
  for (int thread = 0; thread < kThreads; ++thread)
    for (int i = 0; i < kEach; ++i) marks.expect(id(thread, i));

  std::vector<std::thread> servers;
  for (int thread = 0; thread < kThreads; ++thread)
    servers.emplace_back([&marks, &id, thread] {
      for (int i = 0; i < kEach; ++i) {
        marks.on_transfer(observation(id(thread, i), i));
        marks.on_transfer(observation(id(thread, i), -1));
        marks.on_transfer(observation("unexpected", -1));
      }
    });
  // Taken while they come, by the loop's thread.
  int right = 0;
  for (int i = 0; i < kEach; ++i)
    for (int thread = 0; thread < kThreads; ++thread) {
      auto const until = runtime::mono_now() + seconds{30};
      auto const seen = loop.run_until_done(marks.take(id(thread, i), until));
      if (seen && seen->bytes == i) ++right;
    }
  for (auto& server : servers) server.join();
  EXPECT_EQ(right, kThreads * kEach);
}

}  // namespace
}  // namespace perfd::experiments
