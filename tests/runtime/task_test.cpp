#include "runtime/task.h"

#include <gtest/gtest.h>

#include "runtime/deadline.h"
#include "runtime/loop.h"
#include "runtime/virtual_time.h"

namespace perfd::runtime {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Task<Result<int>> answer_after(Nanos span, bool* cancelled = nullptr) {
  try {
    co_await sleep_for(span);
  } catch (boost::system::system_error const&) {
    if (cancelled != nullptr) *cancelled = true;
    throw;
  }
  co_return 42;
}

Task<> tick(Nanos every, int& count) {
  for (;;) {
    co_await sleep_for(every);
    ++count;
  }
}

Task<> fail_after(Nanos span) {
  co_await sleep_for(span);
  throw std::runtime_error("it broke");
}

class TaskTest : public testing::Test {
 protected:
  VirtualTime time_;
  Loop loop_;
};

TEST_F(TaskTest, YearsOfTicksPassInNoTime) {
  TaskGroup group(loop_);
  int count = 0;
  group.spawn("tick", tick(hours{1}, count));
  time_.advance(loop_, hours{24 * 365});
  EXPECT_EQ(count, 24 * 365);
  time_.run(loop_, group.stop());
  EXPECT_EQ(group.size(), 0U);
}

TEST_F(TaskTest, ADeadlineThatComesFirstCancelsTheTask) {
  bool cancelled = false;
  auto const before = mono_now();
  auto const result =
      time_.run(loop_, with_deadline(before + seconds{5}, answer_after(hours{1}, &cancelled)));
  ASSERT_FALSE(result.has_value());
  EXPECT_TRUE(is_timeout(result.error()));
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(mono_now() - before, seconds{5});
}

TEST_F(TaskTest, ATaskThatComesFirstDoesNotWaitForItsDeadline) {
  auto const before = mono_now();
  auto const result = time_.run(loop_, with_deadline(before + hours{1}, answer_after(seconds{2})));
  EXPECT_EQ(result.value(), 42);
  EXPECT_EQ(mono_now() - before, seconds{2});
}

Task<Result<int>> throw_after(Nanos span) {
  co_await sleep_for(span);
  throw std::runtime_error("it broke");
}

TEST_F(TaskTest, AnExceptionUnderADeadlineSurfacesAtOnce) {
  auto const before = mono_now();
  EXPECT_THROW(time_.run(loop_, with_deadline(before + hours{1}, throw_after(seconds{1}))),
               std::runtime_error);
  EXPECT_EQ(mono_now() - before, seconds{1});
}

TEST_F(TaskTest, StoppingAGroupCancelsNestedDeadlines) {
  TaskGroup group(loop_);
  bool cancelled = false;
  struct Wrap {
    static Task<> run(bool* flag) {
      (void)co_await with_deadline(mono_now() + hours{9}, answer_after(hours{5}, flag));
    }
  };
  group.spawn("nested", Wrap::run(&cancelled));
  time_.advance(loop_, seconds{1});
  auto const before = mono_now();
  time_.run(loop_, group.stop());
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(mono_now(), before);
}

TEST_F(TaskTest, AFailureIsReportedUnderTheTasksName) {
  std::string seen;
  loop_.on_task_failure([&](std::string_view task, std::string_view what) {
    seen = std::string(task) + ": " + std::string(what);
  });
  TaskGroup group(loop_);
  group.spawn("reader", fail_after(seconds{1}));
  time_.advance(loop_, seconds{2});
  EXPECT_EQ(seen, "reader: it broke");
  EXPECT_EQ(group.size(), 0U);
}

Task<> set_after(Event& event, Nanos span) {
  co_await sleep_for(span);
  event.set();
}

TEST_F(TaskTest, AnEventWakesEveryWaiterAndKeepsBeingSet) {
  Event event(loop_.context());
  TaskGroup group(loop_);
  group.spawn("setter", set_after(event, seconds{3}));
  EXPECT_FALSE(time_.run(loop_, event.wait_until(mono_now() + seconds{1})));
  EXPECT_TRUE(time_.run(loop_, event.wait_until(mono_now() + seconds{10})));
  auto const before = mono_now();
  time_.run(loop_, event.wait());
  EXPECT_EQ(mono_now(), before);
}

TEST_F(TaskTest, AStepOfTheWallClockLeavesATraceAlone) {
  TraceClock const trace;
  auto const start = trace.now();
  time_.step_wall(hours{-3});
  time_.advance(loop_, seconds{7});
  EXPECT_EQ(trace.now() - start, seconds{7});
  EXPECT_LT(wall_now(), start);
}

TEST(RealTime, ATimerReallyWaits) {
  Loop loop;
  auto const before = mono_now();
  auto const result = loop.run_until_done(
      with_deadline(before + std::chrono::milliseconds{30}, answer_after(hours{1})));
  EXPECT_TRUE(is_timeout(result.error()));
  EXPECT_GE(mono_now() - before, std::chrono::milliseconds{30});
}

}  // namespace
}  // namespace perfd::runtime
