#include "schedule/scheduler.h"

#include <algorithm>
#include <set>
#include <utility>

#include "schedule/arms.h"

namespace perfd::schedule {
namespace {

constexpr std::string_view kPassed =
    "the slot passed while the machine slept, or when the clock was set forward";

// Poisson slots of a gap have to be drawn one by one; after so many the rest is not drawn.
constexpr std::int64_t kMaxDraws = 100'000;

// Tells steps of the wall clock from the passing of time.
Micros wall_offset(runtime::ClockPair const& now) {
  return floor_us(now.wall - now.mono.time_since_epoch());
}
WallTime wall_time(runtime::ClockPair const& now) { return WallTime{floor_us(now.wall)}; }

}  // namespace

// One experiment.
struct Scheduler::Plan {
  ExperimentRef experiment;
  Policy policy;
  WallTime next{};
  Micros offset{0};  // the wall clock's when `next` was found
  std::optional<WallTime> waiting;
  int running = 0;
  std::int64_t slots = 0;
  std::int64_t started = 0;
  std::int64_t missed = 0;

  void find_next(WallTime now, Micros wall_offset) {
    next = next_slot(policy, now);
    offset = wall_offset;
  }
};

Scheduler::Scheduler(runtime::Loop& loop, Runner& runner, MissedSink& missed, Options options)
    : loop_(loop),
      runner_(runner),
      missed_(missed),
      options_(options),
      changed_(loop.context()),
      watching_(loop),
      running_(loop) {}

Scheduler::~Scheduler() = default;

void Scheduler::start(std::vector<config::Experiment> const& experiments) {
  replace(experiments);
  watching_.spawn("schedule", watch());
}

runtime::Task<> Scheduler::watch() {
  for (;;) {
    changed_.reset();
    try {
      look();
    } catch (...) {
      // A sink that fails must not end the schedule; the slots have been counted.
      loop_.report_failure("schedule", std::current_exception());
    }
    auto const now = runtime::clock_pair();
    auto sleep = options_.look_at_clock;
    for (auto const& plan : plans_) sleep = std::min(sleep, plan->next - wall_time(now));
    co_await changed_.wait_until(now.mono + std::max(sleep, Micros{0}));
  }
}

void Scheduler::look() {
  queue_due();
  begin_waiting();
}

// Finds what is due, over all experiments in the order of the slots. Whoever calls it begins what
// waits when all of it is in the queue: before, one whose slot became a missed one seems to wait
// no more, and would lose its place.
void Scheduler::queue_due() {
  if (stopping_) return;
  auto const now = runtime::clock_pair();
  std::vector<std::pair<WallTime, PlanRef>> due;
  for (auto const& plan : plans_)
    if (auto const slot = pass_slots(*plan, wall_time(now), wall_offset(now)))
      due.emplace_back(*slot, plan);
  std::stable_sort(due.begin(), due.end(),
                   [](auto const& a, auto const& b) { return a.first < b.first; });
  for (auto const& [slot, plan] : due) offer(plan, slot);
}

// Moves the plan past `now`. Returns the last slot that came; those before it are missed.
std::optional<WallTime> Scheduler::pass_slots(Plan& plan, WallTime now, Micros offset) {
  if (plan.offset - offset > plan.policy.every) plan.find_next(now, offset);
  if (plan.next > now) return std::nullopt;

  auto const limit = std::max<std::int64_t>(options_.max_missed_records, 0);
  auto const first = plan.next;
  auto slot = first;
  std::int64_t older = 0;  // share one record, up to older_last
  WallTime older_last{};
  std::deque<WallTime> passed;
  bool const drawn = plan.policy.spread == config::Spread::poisson;
  if (!drawn) {
    auto const number = last_number(plan.policy, slot);
    older = std::max<std::int64_t>(last_number(plan.policy, now) - number - limit, 0);
    if (older > 0) older_last = numbered_slot(plan.policy, number + older - 1);
    slot = numbered_slot(plan.policy, number + older);
  }
  std::int64_t draws = 0;
  for (; slot <= now && draws < kMaxDraws; ++draws) {
    passed.push_back(slot);
    slot = next_slot(plan.policy, slot);
    if (static_cast<std::int64_t>(passed.size()) > limit + 1) {
      older_last = passed.front();
      passed.pop_front();
      ++older;
    }
  }
  plan.next = slot > now ? slot : next_slot(plan.policy, now);
  plan.offset = offset;
  auto const due = passed.back();
  passed.pop_back();

  plan.slots += older + static_cast<std::int64_t>(passed.size()) + 1;
  if (plan.waiting && (older > 0 || !passed.empty())) {
    auto const waited = *std::exchange(plan.waiting, std::nullopt);
    miss(plan, waited, waited, 1, why_waiting(plan));
  }
  if (older > 0) miss(plan, first, older_last, older, std::string(kPassed));
  for (auto const missed : passed) miss(plan, missed, missed, 1, std::string(kPassed));
  return due;
}

void Scheduler::offer(PlanRef const& plan, WallTime slot) {
  if (plan->experiment->overlap) {
    if (plan->running < options_.max_overlap) return begin(plan, slot);
    return miss(*plan, slot, slot, 1,
                std::to_string(plan->running) + " measurements of it still ran");
  }
  if (plan->waiting) {
    auto const waited = *std::exchange(plan->waiting, std::nullopt);
    miss(*plan, waited, waited, 1, why_waiting(*plan));
  }
  // One that missed its slot keeps its place, or it might never have its turn.
  plan->waiting = slot;
  if (std::find(queue_.begin(), queue_.end(), plan) == queue_.end()) queue_.push_back(plan);
}

void Scheduler::begin(PlanRef const& plan, WallTime slot) {
  ++plan->running;
  ++plan->started;
  if (!plan->experiment->overlap)
    for (auto const& tor : tors_of(*plan->experiment)) holders_[tor] = plan;
  running_.spawn("measurement of " + plan->experiment->name, run_one(plan, plan->experiment, slot));
}

// Begins whatever waits for free instances, and keeps those that wait for several from being
// overtaken on any of them.
void Scheduler::begin_waiting() {
  if (stopping_) return;
  std::set<std::string> claimed;
  auto const waiting = std::exchange(queue_, {});
  for (auto const& plan : waiting) {
    // Its slot has become a missed one.
    if (!plan->waiting) continue;
    auto const tors = tors_of(*plan->experiment);
    bool const free = std::all_of(tors.begin(), tors.end(), [&](std::string const& tor) {
      return !holders_.contains(tor) && !claimed.contains(tor);
    });
    if (free) {
      begin(plan, *std::exchange(plan->waiting, std::nullopt));
    } else {
      claimed.insert(tors.begin(), tors.end());
      queue_.push_back(plan);
    }
  }
}

runtime::Task<> Scheduler::run_one(PlanRef plan, ExperimentRef experiment, WallTime slot) {
  std::exception_ptr failure;
  try {
    co_await runner_.run(experiment, slot);
    // What waits must be as of now: its own next slot may have come in the meantime.
    look();
  } catch (...) {
    failure = std::current_exception();
  }
  --plan->running;
  if (!experiment->overlap) {
    for (auto const& tor : tors_of(*experiment)) holders_.erase(tor);
    begin_waiting();
  }
  if (failure) std::rethrow_exception(failure);
}

void Scheduler::miss(Plan& plan, WallTime first, WallTime last, std::int64_t count,
                     std::string detail) {
  plan.missed += count;
  missed_.missed({plan.experiment,
                  first,
                  count,
                  last,
                  {model::FailureCode::perfd_missed_slot, "schedule", std::move(detail)}});
}

std::string Scheduler::why_waiting(Plan const& plan) const {
  auto const tors = tors_of(*plan.experiment);
  for (auto const& tor : tors) {
    auto const holder = holders_.find(tor);
    if (holder == holders_.end()) continue;
    if (holder->second.get() == &plan) return "the measurement before it still ran";
    return "tor instance " + tor + " was busy with " + holder->second->experiment->name;
  }
  return "tor instance " + tors.front() + " was busy";
}

void Scheduler::withdraw(PlanRef const& plan) { std::erase(queue_, plan); }

void Scheduler::replace(std::vector<config::Experiment> const& experiments) {
  queue_due();
  auto old = std::exchange(plans_, {});
  for (auto const& experiment : experiments) {
    auto const same = std::find_if(old.begin(), old.end(), [&](PlanRef const& plan) {
      return plan->experiment->name == experiment.name;
    });
    plans_.push_back(same == old.end() ? std::make_shared<Plan>() : *same);
    if (same != old.end()) old.erase(same);
    adopt(plans_.back(), experiment);
  }
  for (auto const& plan : old) {
    withdraw(plan);
    if (!plan->waiting) continue;
    auto const waited = *std::exchange(plan->waiting, std::nullopt);
    miss(*plan, waited, waited, 1, "the experiment was taken out of the configuration");
  }
  // Only now: each as it is defined from now on, also what waited behind one that is gone or that
  // needs less.
  begin_waiting();
  changed_.set();
}

void Scheduler::adopt(PlanRef const& plan, config::Experiment const& experiment) {
  auto const before =
      std::exchange(plan->experiment, std::make_shared<config::Experiment>(experiment));
  auto const policy = policy_of(experiment, options_.seed);
  if (before == nullptr || policy != plan->policy) {
    auto const now = runtime::clock_pair();
    plan->policy = policy;
    plan->find_next(wall_time(now), wall_offset(now));
  }
  // It waits for nobody any more. One that needs other instances keeps its place in the queue.
  if (!plan->waiting || !experiment.overlap) return;
  withdraw(plan);
  offer(plan, *std::exchange(plan->waiting, std::nullopt));
}

runtime::Task<> Scheduler::stop() {
  stopping_ = true;
  co_await watching_.stop();
  for (auto const& plan : plans_) {
    withdraw(plan);
    if (!plan->waiting) continue;
    auto const waited = *std::exchange(plan->waiting, std::nullopt);
    miss(*plan, waited, waited, 1, "perfd stopped");
  }
  co_await running_.join();
}

std::vector<Scheduler::Status> Scheduler::status() const {
  std::vector<Status> out;
  for (auto const& plan : plans_)
    out.push_back({plan->experiment->name, plan->experiment->tor, plan->next, plan->waiting,
                   plan->running, plan->slots, plan->started, plan->missed});
  return out;
}

}  // namespace perfd::schedule
