#include "tor/guard_keeper.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/clock.h"
#include "tor/guard_sources.h"

namespace perfd::tor {

using runtime::Task;

namespace {

constexpr char const* kStart = "start";
constexpr char const* kConsensus = "consensus";
constexpr char const* kDropped = "dropped";

// Between replacements that did not help.
constexpr Nanos kFirstPause = std::chrono::seconds(1);
constexpr Nanos kLongestPause = std::chrono::minutes(1);

std::vector<std::string> fingerprints_of(std::vector<model::RankedGuard> const& guards) {
  std::vector<std::string> out;
  out.reserve(guards.size());
  for (auto const& guard : guards) out.push_back(guard.fingerprint);
  return out;
}

std::string reasons_text(std::vector<std::string> const& words) {
  std::string out;
  for (auto const& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

}  // namespace

GuardKeeper::GuardKeeper(runtime::Loop& loop, runtime::Pool* pool, GuardSettings settings,
                         GuardObserver& observer)
    : loop_(loop),
      pool_(pool),
      settings_(std::move(settings)),
      observer_(observer),
      closer_([this](auto const& circuit) { return unwanted(circuit); }),
      work_(loop.context()) {}

void GuardKeeper::on_up(Instance& instance, runtime::TaskGroup& run_tasks) {
  want(kStart);
  run_tasks.spawn("guards of " + instance.name(), keep(instance));
  if (settings_.drop_every)
    run_tasks.spawn("drop guards of " + instance.name(),
                    drop_at_intervals(Nanos{*settings_.drop_every}));
}

void GuardKeeper::on_down(Instance& /*instance*/) {
  // tor forgets what was set.
  selection_.begin({}, 0);
  valid_after_.reset();
  set_at_.reset();
  dropped_at_.reset();
  newest_dropped_ = 0;
  offering_ = false;
  waits_for_.clear();
  wanted_.clear();
  look_again_ = Nanos{0};
  failed_.clear();
  replace_from_ = {};
  in_vain_ = 0;
  drop_due_ = dropping_ = false;
  closer_.forget();
}

void GuardKeeper::want(std::string reason) {
  // The first choice of a run stays its first.
  if (wanted_ != kStart) wanted_ = std::move(reason);
  look_again_ = Nanos{0};
  work_.set();
}

void GuardKeeper::on_event(Instance& /*instance*/, WallTime /*read_at*/,
                           wire::torctl::Event const& event) {
  using namespace wire::torctl;
  if (std::holds_alternative<NewConsensus>(event)) {
    want(kConsensus);
  } else if (auto const* guard = std::get_if<wire::torctl::Guard>(&event)) {
    on_guard(*guard);
  } else if (auto const* circuit = std::get_if<Circ>(&event)) {
    on_circuit(*circuit);
  } else if (auto const* stream = std::get_if<wire::torctl::Stream>(&event)) {
    if (closer_.on_stream(*stream)) work_.set();
  }
}

void GuardKeeper::on_circuit(wire::torctl::Circ const& report) {
  if (closer_.on_circuit(report)) {
    // Begun before the guards were set.
    work_.set();
  } else if (report.status == "BUILT" && report.path.size() > 1) {
    in_vain_ = 0;
    replace_from_ = {};
    if (!failed_.empty()) work_.set();
  }
}

void GuardKeeper::on_guard(wire::torctl::Guard const& report) {
  auto const& status = report.status;
  bool const failed = status == "DOWN" || status == "BAD" || (status == "DROPPED" && !dropping_);
  if (!failed || !selection_.has(report.relay.fingerprint)) return;
  failed_.push_back({report.relay.fingerprint, to_lower(status)});
  work_.set();
}

void GuardKeeper::describe(model::TorView& view) const {
  model::GuardsInForce guards;
  guards.policy = settings_.policy;
  guards.set = selection_.set();
  if (!guards.set.empty()) guards.set_at = set_at_;
  guards.dropped_at = dropped_at_;
  view.guards = std::move(guards);
}

std::optional<std::string> GuardKeeper::holds_back() const {
  if (!chooses() || offering_) return std::nullopt;
  return "guards: " + (waits_for_.empty() ? std::string("not chosen yet") : waits_for_);
}

Task<> GuardKeeper::drop_at_intervals(Nanos interval) {
  for (;;) {
    co_await runtime::sleep_for(interval);
    drop_due_ = true;
    work_.set();
  }
}

Task<> GuardKeeper::rest() {
  auto until = MonoTime::max();
  if (look_again_ > Nanos{0}) until = runtime::mono_now() + look_again_;
  if (!failed_.empty()) until = std::min(until, replace_from_);
  if (until == MonoTime::max())
    co_await work_.wait();
  else
    co_await work_.wait_until(until);
}

Task<> GuardKeeper::keep(Instance& instance) {
  for (;;) {
    work_.reset();
    if (!failed_.empty() && runtime::mono_now() >= replace_from_) {
      co_await replace_failed(instance);
      continue;
    }
    if (std::exchange(drop_due_, false)) {
      co_await drop(instance);
      continue;
    }
    if (closer_.take_due()) {
      co_await closer_.close(instance);
      continue;
    }
    if (!wanted_.empty()) {
      auto const last_look = look_again_;
      auto reason = std::exchange(wanted_, {});
      auto const chosen = co_await choose(instance, reason);
      if (chosen.has_value()) {
        look_again_ = Nanos{0};
        continue;
      }
      waits_for_ = chosen.error().message;
      // Unless a new reason came meanwhile.
      if (wanted_.empty() || reason == kStart) wanted_ = std::move(reason);
      look_again_ = last_look == Nanos{0} ? settings_.first_look
                                          : std::min(last_look * 2, settings_.longest_look);
    }
    co_await rest();
  }
}

Task<Result<>> GuardKeeper::choose(Instance& instance, std::string reason) {
  auto asking = ask_ranking(loop_, pool_, instance, settings_.guards);
  auto ranked = co_await std::move(asking);
  if (ranked.has_error()) co_return ranked.error();

  auto const set_before = valid_after_;
  valid_after_ = ranked->consensus_valid_after;
  if (chooses()) {
    tell_unavailable(instance, std::move(ranked->unavailable));
    failed_.clear();
    selection_.begin(fingerprints_of(ranked->guards), settings_.count);
  }
  model::GuardRanking ranking;
  ranking.instance = instance.name();
  ranking.policy = settings_.policy;
  ranking.at = runtime::wall_now();
  ranking.consensus_valid_after = valid_after_;
  ranking.guards = std::move(ranked->guards);
  if (set_before != valid_after_ || reason == kStart)
    observer_.on_guard_ranking(std::move(ranking));
  if (!chooses()) {
    dropping_ = false;
    co_return Result<>{};
  }
  if (selection_.set().empty()) {
    set_aside(instance, std::move(reason));
    co_return Result<>{};
  }
  co_return co_await apply(instance, std::move(reason));
}

// No guard is to be had: nothing is measured until a consensus has one.
void GuardKeeper::set_aside(Instance& instance, std::string reason) {
  offering_ = false;
  dropping_ = false;
  set_at_ = runtime::wall_now();
  waits_for_ = settings_.guards.policy == config::GuardPolicy::list
                   ? "none of the list is a guard in the consensus"
                   : "the consensus has no guard";
  observer_.on_guard_trouble(instance.name(), "guards-none", waits_for_);
  tell_choice(instance, std::move(reason));
}

Task<Result<>> GuardKeeper::apply(Instance& instance, std::string reason) {
  auto* const control = instance.control();
  if (control == nullptr) co_return Error{"tor is not connected"};
  std::string entry_nodes;
  for (auto const& fingerprint : selection_.set())
    entry_nodes += (entry_nodes.empty() ? "$" : ",$") + fingerprint;
  auto const count = std::to_string(selection_.set().size());
  ControlConnection::ConfigEntries entries;
  entries.push_back({"EntryNodes", std::move(entry_nodes)});
  entries.push_back({"StrictNodes", "1"});
  entries.push_back({"UseEntryGuards", "1"});
  entries.push_back({"NumEntryGuards", count});
  entries.push_back({"NumPrimaryGuards", count});
  auto setting = control->setconf(std::move(entries));
  auto const set = co_await std::move(setting);
  dropping_ = false;
  if (set.has_error()) {
    offering_ = false;
    observer_.on_guard_trouble(instance.name(), "guards-refused", set.error().message);
    co_return set.error();
  }
  set_at_ = runtime::wall_now();
  tell_choice(instance, std::move(reason));
  co_await closer_.close(instance);
  offering_ = true;
  waits_for_.clear();
  co_return Result<>{};
}

Task<> GuardKeeper::replace_failed(Instance& instance) {
  auto const failed = std::exchange(failed_, {});
  std::vector<std::string> reasons;
  for (auto const& [fingerprint, status] : failed) {
    auto const replaced = selection_.replace(fingerprint);
    if (!replaced) continue;
    auto reason = "guard-" + status + " " + fingerprint;
    if (replaced->started_over)
      observer_.on_guard_trouble(instance.name(), "guards-used-up",
                                 reason +
                                     ": every guard of the ranking was used since the "
                                     "consensus; they are taken from the top again");
    if (replaced->next != fingerprint) reasons.push_back(std::move(reason));
  }
  if (reasons.empty()) co_return;
  if (in_vain_ > 0)
    replace_from_ = runtime::mono_now() +
                    std::min<Nanos>(kFirstPause * (1 << std::min(in_vain_ - 1, 6U)), kLongestPause);
  ++in_vain_;
  auto const applied = co_await apply(instance, reasons_text(reasons));
  if (applied.has_error()) want(kConsensus);
}

Task<> GuardKeeper::drop(Instance& instance) {
  auto const circuits = co_await ask_circuits(instance);
  if (circuits.has_error()) co_return;
  for (auto const& circuit : *circuits) newest_dropped_ = std::max(newest_dropped_, circuit.id);
  auto* const control = instance.control();
  if (control == nullptr) co_return;
  dropping_ = true;
  auto guards = control->dropguards();
  auto timeouts = control->droptimeouts();
  auto const dropped = co_await std::move(guards);
  auto const forgotten = co_await std::move(timeouts);
  for (auto const* result : {&dropped, &forgotten})
    if (result->has_error())
      observer_.on_guard_trouble(instance.name(), "guards-not-dropped", result->error().message);
  dropped_at_ = runtime::wall_now();
  if (chooses()) {
    want(kDropped);
    co_return;
  }
  dropping_ = false;
  tell_choice(instance, kDropped);
  closer_.look();
}

bool GuardKeeper::unwanted(wire::torctl::CircuitReport const& circuit) const {
  // Where no guard is to be had, tor goes on as it likes: it could not even bootstrap otherwise.
  if (chooses())
    return set_at_ && !selection_.set().empty() &&
           !selection_.has(circuit.path.front().fingerprint);
  return circuit.id <= newest_dropped_;
}

void GuardKeeper::tell_unavailable(Instance& instance, std::vector<std::string> missing) {
  for (auto const& item : missing) {
    if (std::find(told_unavailable_.begin(), told_unavailable_.end(), item) !=
        told_unavailable_.end())
      continue;
    observer_.on_guard_trouble(
        instance.name(), "guard-unknown",
        item + (item.starts_with('{') ? " has no guard in the consensus"
                                      : " is no guard in the consensus, and is left out"));
  }
  told_unavailable_ = std::move(missing);
}

void GuardKeeper::tell_choice(Instance& instance, std::string reason) {
  model::GuardChoice choice;
  choice.instance = instance.name();
  choice.tor_run = instance.tracker().run();
  choice.policy = settings_.policy;
  choice.at = runtime::wall_now();
  choice.consensus_valid_after = valid_after_;
  choice.reason = std::move(reason);
  choice.set = selection_.set();
  observer_.on_guard_choice(choice);
}

}  // namespace perfd::tor
