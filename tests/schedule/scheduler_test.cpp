// The scheduler in virtual time: years, steps of the clock, queues, changes, the end.
#include "schedule/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>

#include "base/time_text.h"
#include "runtime/virtual_time.h"
#include "schedule/arms.h"
#include "schedule/support/at.h"

namespace perfd::schedule {
namespace {

using namespace std::chrono_literals;
using runtime::Task;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Started {
  std::string experiment;
  WallTime scheduled_at;
  WallTime started_at;
  WallTime ended_at;
  std::string tor;
};

// Measurements that take as long as `takes` says, and watch over the rule of one at a time.
class FakeRunner final : public Runner {
 public:
  Task<> run(ExperimentRef experiment, WallTime scheduled_at) override {
    auto const index = runs.size();
    runs.push_back({experiment->name, scheduled_at, runtime::wall_now(), {}, experiment->tor});
    ++active;
    most_active = std::max(most_active, active);
    auto const tors = experiment->overlap ? std::vector<std::string>{} : tors_of(*experiment);
    for (auto const& tor : tors)
      if (++exclusive[tor] > 1) two_at_once = true;
    if (fails) {
      for (auto const& tor : tors) --exclusive[tor];
      --active;
      throw std::runtime_error("broken");
    }
    auto const span = takes.contains(experiment->name) ? takes.at(experiment->name) : Nanos{2s};
    co_await runtime::sleep_for(span);
    for (auto const& tor : tors) --exclusive[tor];
    --active;
    runs[index].ended_at = runtime::wall_now();
  }

  std::vector<Started> runs;
  std::map<std::string, Nanos> takes;
  std::map<std::string, int> exclusive;
  int active = 0;
  int most_active = 0;
  bool two_at_once = false;
  bool fails = false;
};

class FakeSink final : public MissedSink {
 public:
  void missed(MissedSlot slot) override {
    EXPECT_EQ(slot.outcome.code, model::FailureCode::perfd_missed_slot);
    EXPECT_EQ(slot.outcome.operation, "schedule");
    count += slot.count;
    slots.push_back(std::move(slot));
  }
  std::vector<MissedSlot> slots;
  std::int64_t count = 0;
};

config::Experiment experiment(std::string name, Micros every, Micros start_delay = 0s,
                              std::string tor = "default") {
  config::Experiment e;
  e.name = std::move(name);
  e.every = every;
  e.timeout = every;
  e.start_delay = start_delay;
  e.tor = std::move(tor);
  return e;
}

class SchedulerTest : public testing::Test {
 protected:
  void start(std::vector<config::Experiment> const& experiments,
             Scheduler::Options options = Scheduler::Options()) {
    loop.on_task_failure([this](std::string_view task, std::string_view what) {
      failures.push_back(std::string(task) + ": " + std::string(what));
    });
    scheduler.emplace(loop, runner, sink, options);
    scheduler->start(experiments);
    advance(0s);
  }
  void advance(Nanos span) { time.advance(loop, span); }
  void TearDown() override {
    if (!scheduler) return;
    time.run(loop, scheduler->stop());
    EXPECT_FALSE(runner.two_at_once);
    std::int64_t slots = 0;
    for (auto const& s : scheduler->status()) {
      EXPECT_EQ(s.slots, s.started + s.missed) << s.name;
      EXPECT_EQ(s.running, 0);
      slots += s.slots;
    }
    if (!replaced) {
      EXPECT_EQ(slots, static_cast<std::int64_t>(runner.runs.size()) + sink.count);
    }
  }
  std::vector<std::string> started_at() const {
    std::vector<std::string> out;
    for (auto const& run : runner.runs)
      out.push_back(run.experiment + " " + format_iso_seconds(run.started_at).substr(11, 8));
    return out;
  }
  std::vector<std::string> missed() const {
    std::vector<std::string> out;
    for (auto const& slot : sink.slots)
      out.push_back(slot.experiment->name + " " +
                    format_iso_seconds(slot.scheduled_at).substr(11, 8) + " " +
                    slot.outcome.detail);
    return out;
  }

  runtime::VirtualTime time{at("2027-11-24T03:37:40Z")};
  runtime::Loop loop;
  FakeRunner runner;
  FakeSink sink;
  std::optional<Scheduler> scheduler;
  std::vector<std::string> failures;
  bool replaced = false;
};

TEST_F(SchedulerTest, StartsMeasurementsAtTheirSlots) {
  start({experiment("a", 5min), experiment("b", 10min, 1min)});
  advance(15min);
  EXPECT_THAT(started_at(),
              ElementsAre("a 03:40:00", "b 03:41:00", "a 03:45:00", "a 03:50:00", "b 03:51:00"));
  for (auto const& run : runner.runs) EXPECT_EQ(run.scheduled_at, run.started_at);
  EXPECT_THAT(sink.slots, IsEmpty());
}

TEST_F(SchedulerTest, RunsYearsInASecondAcrossLeapDays) {
  // 2028 has a leap day in it.
  start({experiment("hourly", 1h), experiment("six-hourly", 6h, 10min)}, {.look_at_clock = 24h});
  advance(24h * 3 * 365);
  std::map<std::string, int> runs;
  for (auto const& run : runner.runs) {
    ++runs[run.experiment];
    ASSERT_EQ(run.scheduled_at, run.started_at);
  }
  EXPECT_EQ(runs["hourly"], 24 * 3 * 365);
  EXPECT_EQ(runs["six-hourly"], 4 * 3 * 365);
  EXPECT_TRUE(std::any_of(runner.runs.begin(), runner.runs.end(), [](Started const& run) {
    return run.started_at == at("2028-02-29T12:00:00Z");
  }));
  EXPECT_EQ(sink.count, 0);
}

TEST_F(SchedulerTest, QueuesOnOneTorInTheOrderOfTheSlots) {
  runner.takes = {{"a", 100s}, {"b", 30s}, {"c", 1s}};
  start({experiment("c", 1h, 41min + 10s), experiment("b", 1h, 40min + 30s),
         experiment("a", 1h, 40min)});
  advance(10min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "b 03:41:40", "c 03:42:10"));
  EXPECT_EQ(runner.runs[1].scheduled_at, at("2027-11-24T03:40:30Z"));
  EXPECT_EQ(runner.runs[2].scheduled_at, at("2027-11-24T03:41:10Z"));
  EXPECT_THAT(sink.slots, IsEmpty());
}

TEST_F(SchedulerTest, DoesNotMakeTorInstancesWaitForOneAnother) {
  runner.takes = {{"a", 100s}, {"b", 100s}};
  start({experiment("a", 1h, 40min, "one"), experiment("b", 1h, 40min, "two")});
  advance(10min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "b 03:40:00"));
  EXPECT_EQ(runner.most_active, 2);
}

TEST_F(SchedulerTest, LetsAnOverlappingExperimentStartAtOnce) {
  runner.takes = {{"long", 40min}, {"beside", 12min}};
  auto beside = experiment("beside", 5min);
  beside.overlap = true;
  start({experiment("long", 1h, 39min), beside});
  advance(20min);
  EXPECT_THAT(started_at(), ElementsAre("long 03:39:00", "beside 03:40:00", "beside 03:45:00",
                                        "beside 03:50:00", "beside 03:55:00"));
  EXPECT_EQ(runner.most_active, 4);
}

TEST_F(SchedulerTest, BoundsHowOftenAnExperimentOverlapsItself) {
  runner.takes = {{"beside", 1h}};
  auto beside = experiment("beside", 5min);
  beside.overlap = true;
  start({beside}, {.max_overlap = 2});
  advance(20min);
  EXPECT_THAT(started_at(), ElementsAre("beside 03:40:00", "beside 03:45:00"));
  EXPECT_THAT(missed(), ElementsAre("beside 03:50:00 2 measurements of it still ran",
                                    "beside 03:55:00 2 measurements of it still ran"));
}

TEST_F(SchedulerTest, MissesASlotThatStillWaitsWhenTheNextComes) {
  runner.takes = {{"long", 12min}, {"short", 1s}};
  start({experiment("long", 1h, 39min), experiment("short", 5min)});
  advance(15min);
  EXPECT_THAT(started_at(), ElementsAre("long 03:39:00", "short 03:51:00"));
  EXPECT_EQ(runner.runs[1].scheduled_at, at("2027-11-24T03:50:00Z"));
  EXPECT_THAT(missed(), ElementsAre("short 03:40:00 tor instance default was busy with long",
                                    "short 03:45:00 tor instance default was busy with long"));
}

TEST_F(SchedulerTest, MissesASlotWhenTheOneBeforeRunsTooLong) {
  runner.takes = {{"a", 11min}};
  start({experiment("a", 5min)});
  advance(15min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "a 03:51:00"));
  EXPECT_THAT(missed(), ElementsAre("a 03:45:00 the measurement before it still ran"));
}

TEST_F(SchedulerTest, ShowsHowExperimentsStand) {
  runner.takes = {{"long", 12min}};
  start({experiment("long", 1h, 39min), experiment("short", 5min)});
  advance(10min);  // 03:47:40
  auto const status = scheduler->status();
  ASSERT_THAT(status, SizeIs(2));
  EXPECT_EQ(status[0].name, "long");
  EXPECT_EQ(status[0].running, 1);
  EXPECT_EQ(status[0].next_slot, at("2027-11-24T04:39:00Z"));
  EXPECT_EQ(status[1].waiting, at("2027-11-24T03:45:00Z"));
  EXPECT_EQ(status[1].slots, 2);
  EXPECT_EQ(status[1].missed, 1);
  EXPECT_EQ(status[1].started, 0);
}

TEST_F(SchedulerTest, CountsTheSlotsThatPassWhileTheMachineSleeps) {
  start({experiment("a", 5min), experiment("b", 1h, 10min)});
  advance(3min);  // a ran at 03:40
  // The monotonic clock stands still while a machine sleeps; the wall clock is ahead after it.
  time.step_wall(3h);  // 06:40:40
  advance(2min);
  EXPECT_EQ(sink.count, 35 + 2);
  EXPECT_EQ(sink.slots[0].outcome.detail,
            "the slot passed while the machine slept, or when the clock was set forward");
  // The last of each runs late, in the order of the slots.
  ASSERT_THAT(runner.runs, SizeIs(3));
  EXPECT_EQ(runner.runs[1].experiment, "b");
  EXPECT_EQ(runner.runs[1].scheduled_at, at("2027-11-24T06:10:00Z"));
  EXPECT_EQ(runner.runs[2].experiment, "a");
  EXPECT_EQ(runner.runs[2].scheduled_at, at("2027-11-24T06:40:00Z"));
  EXPECT_LE(runner.runs[1].started_at, at("2027-11-24T06:41:40Z"));
}

// Of both one slot passed or more, and b's last one is the older. But a waited first.
TEST_F(SchedulerTest, KeepsTheOrderOfWhatWaitsThroughAGap) {
  runner.takes = {{"long", 20min}};
  start({experiment("long", 1h, 39min), experiment("a", 5min), experiment("b", 5min, 1min)},
        {.look_at_clock = 5s});
  advance(5min);         // 03:42:40: a waits since 03:40, b since 03:41
  time.step_wall(8min);  // 03:50:40
  advance(17min);        // long ends after 16:20
  ASSERT_THAT(runner.runs, testing::SizeIs(testing::Ge(3U)));
  EXPECT_EQ(runner.runs[1].experiment, "a");
  EXPECT_EQ(runner.runs[2].experiment, "b");
}

TEST_F(SchedulerTest, CountsTheSlotsThatPassWhenBothClocksJump) {
  start({experiment("a", 5min)});
  advance(3min);
  time.jump(3h);  // to 06:40:40
  advance(1s);
  EXPECT_EQ(sink.count, 35);
  ASSERT_THAT(runner.runs, SizeIs(2));
  EXPECT_EQ(runner.runs[1].scheduled_at, at("2027-11-24T06:40:00Z"));
}

TEST_F(SchedulerTest, GivesTheOldestSlotsOfALongGapOneRecord) {
  start({experiment("a", 5min)}, {.max_missed_records = 10});
  advance(3min);
  time.step_wall(24h * 365 * 50);  // a clock that came up wrong and was set
  advance(2min);
  ASSERT_THAT(sink.slots, SizeIs(11));
  EXPECT_EQ(sink.slots[0].scheduled_at, at("2027-11-24T03:45:00Z"));
  EXPECT_EQ(sink.slots[0].count, 24 * 12 * 365 * 50 - 12 + 1);
  EXPECT_EQ(sink.slots[0].last + 5min, sink.slots[1].scheduled_at);
  EXPECT_EQ(sink.slots[0].last,
            sink.slots[0].scheduled_at + (sink.slots[0].count - 1) * Micros{5min});
  EXPECT_THAT(runner.runs, SizeIs(2));
}

TEST_F(SchedulerTest, SurvivesALongGapOfRandomSlots) {
  auto random = experiment("a", 1s);
  random.spread = config::Spread::poisson;
  start({random}, {.max_missed_records = 10});
  time.step_wall(24h * 365 * 50);
  advance(1min + 1s);
  EXPECT_LE(sink.slots.size(), 11U + 60U);
  EXPECT_GT(sink.count, 10'000);
}

TEST_F(SchedulerTest, GoesOnWhenTheClockIsSetBackByALot) {
  start({experiment("a", 5min)});
  advance(3min);        // 03:40:40
  time.step_wall(-2h);  // 01:40:40
  advance(10min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "a 01:45:00", "a 01:50:00"));
  EXPECT_EQ(sink.count, 0);
}

TEST_F(SchedulerTest, RunsNoSlotTwiceWhenTheClockIsSetBackByALittle) {
  start({experiment("a", 5min)});
  advance(3min);         // 03:40:40, and the slot of 03:40 has run
  time.step_wall(-50s);  // 03:39:50
  advance(10min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "a 03:45:00"));
  EXPECT_EQ(sink.count, 0);
}

TEST_F(SchedulerTest, NoticesAClockThatIsSetForwardWithinALook) {
  start({experiment("a", 1h)}, {.look_at_clock = 30s});
  time.step_wall(22min);  // 03:59:40
  advance(1min);
  ASSERT_THAT(runner.runs, SizeIs(1));
  EXPECT_EQ(runner.runs[0].scheduled_at, at("2027-11-24T04:00:00Z"));
  EXPECT_LE(runner.runs[0].started_at, at("2027-11-24T04:00:30Z"));
}

// Whatever the clock and the machine do, every slot is run or missed, and once.
TEST_F(SchedulerTest, CountsExactlyThroughAYearOfTroubles) {
  runner.takes = {{"a", 40s}, {"b", 3min}, {"c", 20min}};
  auto jittered = experiment("b", 20min, 1min);
  jittered.spread = config::Spread::jitter;
  jittered.jitter = 10min;
  auto random = experiment("c", 2h);
  random.spread = config::Spread::poisson;
  start({experiment("a", 5min), jittered, random}, {.look_at_clock = 10min});
  std::uint64_t dice = 1;
  for (int day = 0; day < 120; ++day) {
    dice = dice * 6364136223846793005U + 1442695040888963407U;
    Micros const amount{static_cast<std::int64_t>((dice >> 33U) % 10'800'000'000U)};
    switch ((dice >> 20U) % 4) {
      case 0:
        time.step_wall(amount);
        break;
      case 1:
        time.step_wall(-amount);
        break;
      case 2:
        time.jump(amount);
        break;
      default:
        break;
    }
    advance(24h);
    for (auto const& s : scheduler->status())
      ASSERT_EQ(s.slots, s.started + s.missed + (s.waiting ? 1 : 0)) << s.name;
  }
  EXPECT_GT(sink.count, 100);
  EXPECT_GT(runner.runs.size(), 30'000U);
}

TEST_F(SchedulerTest, GoesOnAfterARunnerThatThrows) {
  runner.fails = true;
  start({experiment("a", 5min)});
  advance(3min);
  runner.fails = false;
  advance(5min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "a 03:45:00"));
  EXPECT_THAT(failures, ElementsAre("measurement of a: broken"));
}

TEST_F(SchedulerTest, TakesOverChangedExperimentsWhileRunning) {
  replaced = true;
  runner.takes = {{"a", 10min}, {"b", 1s}, {"c", 1s}};
  start({experiment("a", 1h, 40min), experiment("b", 5min), experiment("gone", 7min)});
  advance(8min);  // 03:45:40: a runs, b and gone wait
  auto moved = experiment("b", 5min, 0s, "other");
  scheduler->replace({experiment("c", 1h, 46min, "other"), moved});
  EXPECT_THAT(missed(), ElementsAre("b 03:40:00 tor instance default was busy with a",
                                    "gone 03:42:00 the experiment was taken out of the "
                                    "configuration"));
  advance(5min);
  // b waits for the tor instance no longer; a runs to its end as it began; nothing starts it again.
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00", "b 03:45:40", "c 03:46:00", "b 03:50:00"));
  EXPECT_EQ(runner.runs[0].ended_at, at("2027-11-24T03:50:00Z"));
  EXPECT_EQ(runner.runs[1].scheduled_at, at("2027-11-24T03:45:00Z"));
  advance(2h);
  for (auto const& run : runner.runs) {
    if (run.experiment != "a") continue;
    EXPECT_EQ(run.scheduled_at, at("2027-11-24T03:40:00Z"));
  }
}

config::Experiment on_two(std::string name, Micros every, std::string one, std::string two) {
  auto out = experiment(std::move(name), every, 0s, one);
  out.arms.resize(2);
  out.arms[0].name = "x";
  out.arms[0].tor = std::move(one);
  out.arms[1].name = "y";
  out.arms[1].tor = std::move(two);
  return out;
}

// "both" keeps "moved" from b, though b is free. When "both" leaves b, "moved" shall run elsewhere,
// and "gone", which is next on b, not at all.
TEST_F(SchedulerTest, BeginsWhatAChangeLetsGoAsItIsDefinedFromThenOn) {
  replaced = true;
  runner.takes = {{"long", 30min}};
  auto const held = experiment("long", 1h, 39min, "a");
  start({held, on_two("both", 5min, "a", "b"), experiment("moved", 1h, 41min, "b"),
         experiment("gone", 1h, 42min, "b")});
  advance(5min);  // 03:42:40
  ASSERT_THAT(started_at(), ElementsAre("long 03:39:00"));
  scheduler->replace({held, on_two("both", 5min, "c", "d"), experiment("moved", 1h, 41min, "e")});
  advance(1s);
  EXPECT_THAT(started_at(), ElementsAre("long 03:39:00", "both 03:42:40", "moved 03:42:40"));
  EXPECT_EQ(runner.runs[2].tor, "e");
  EXPECT_THAT(missed(), ElementsAre("gone 03:42:00 the experiment was taken out of the "
                                    "configuration"));
}

TEST_F(SchedulerTest, KeepsThePlaceOfOneThatNeedsOtherInstances) {
  replaced = true;
  runner.takes = {{"long", 10min}, {"more", 10min}};
  auto const long_one = experiment("long", 1h, 39min, "a");
  auto const more = experiment("more", 1h, 39min, "b");
  auto const behind = experiment("behind", 1h, 41min, "b");
  start({long_one, more, experiment("first", 1h, 40min, "a"), behind});
  advance(5min);
  scheduler->replace({long_one, more, experiment("first", 1h, 40min, "b"), behind});
  advance(10min);
  EXPECT_THAT(started_at(),
              ElementsAre("long 03:39:00", "more 03:39:00", "first 03:49:00", "behind 03:49:02"));
}

TEST_F(SchedulerTest, KeepsTheNextSlotOfAnExperimentWhoseScheduleIsUnchanged) {
  auto random = experiment("a", 1h);
  random.spread = config::Spread::poisson;
  start({random});
  advance(20s);
  auto const next = scheduler->status()[0].next_slot;
  auto larger = random;
  larger.size = MiB(1);
  scheduler->replace({larger});
  EXPECT_EQ(scheduler->status()[0].next_slot, next);
  auto faster = larger;
  faster.every = 30min;
  scheduler->replace({faster});
  EXPECT_NE(scheduler->status()[0].next_slot, next);
}

TEST_F(SchedulerTest, WakesForAnExperimentThatIsAddedLater) {
  start({}, {.look_at_clock = 24h});
  advance(1s);
  scheduler->replace({experiment("a", 5min)});
  advance(3min);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00"));
}

TEST_F(SchedulerTest, AwaitsWhatRunsWhenItStopsAndMissesWhatWaits) {
  runner.takes = {{"a", 10min}};
  start({experiment("a", 1h, 40min), experiment("b", 5min)});
  advance(8min);  // 03:45:40
  time.run(loop, scheduler->stop());
  EXPECT_EQ(runtime::wall_now(), at("2027-11-24T03:50:00Z"));
  EXPECT_EQ(runner.active, 0);
  EXPECT_THAT(started_at(), ElementsAre("a 03:40:00"));
  EXPECT_THAT(missed(), ElementsAre("b 03:40:00 tor instance default was busy with a",
                                    "b 03:45:00 perfd stopped"));
  advance(2h);
  EXPECT_THAT(runner.runs, SizeIs(1));
}

// On "a" and on "b" there is always something to do, and each measurement takes a whole slot: an
// experiment that needs both at once must have its turn all the same.
TEST_F(SchedulerTest, ArmsOnSeveralInstancesWaitForAllOfThemAndAreNotOvertaken) {
  auto both = on_two("both", 10min, "a", "b");
  both.start_delay = 10s;
  runner.takes = {{"on-a", 55s}, {"on-b", 55s}, {"both", 5s}};
  start({experiment("on-a", 1min, 0s, "a"), experiment("on-b", 1min, 30s, "b"), both});
  advance(1h);
  int ran = 0;
  for (auto const& run : runner.runs)
    if (run.experiment == "both") {
      ++ran;
      EXPECT_LT(run.started_at - run.scheduled_at, 2min);
    }
  EXPECT_EQ(ran, 6);
}

}  // namespace
}  // namespace perfd::schedule
