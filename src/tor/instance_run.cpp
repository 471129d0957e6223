// How a tor is brought up, watched, torn down, and brought up again.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "tor/instance.h"
#include "wire/torctl/text.h"

namespace perfd::tor {

using runtime::mono_now;
using runtime::Task;

namespace {

// A connection breaks a moment before the end of its process is known, and the end of the
// process explains more.
constexpr auto kObituary = std::chrono::milliseconds(500);

// GETINFO net/listeners/socks: quoted addresses. TCP before unix, in the order in which tor names
// them.
std::vector<runtime::Address> listeners(std::string_view text) {
  std::vector<runtime::Address> found;
  auto const arguments = wire::torctl::parse_arguments(trim(text));
  if (arguments.has_error()) return found;
  for (auto const& word : arguments->words)
    if (auto const address = runtime::Address::parse(word)) found.push_back(*address);
  std::stable_partition(found.begin(), found.end(),
                        [](runtime::Address const& address) { return !address.is_unix(); });
  return found;
}

std::string value_of(wire::torctl::Keywords const& values, std::string_view key) {
  auto const* value = wire::torctl::find(values, key);
  return value == nullptr ? std::string{} : *value;
}

}  // namespace

void Instance::start() {
  if (tasks_.size() == 0) tasks_.spawn("tor " + settings_.name, supervise());
}

Task<> Instance::stop() {
  co_await tasks_.stop();
  co_await tear_down();
  next_try_.reset();
  // An attached tor lives on, but nobody will tell how its circuits end.
  if (attached()) tracker_.adopt(runtime::wall_now(), {}, {});
  if (state_ != InstanceState::stopped) enter(InstanceState::stopped, "");
}

void Instance::trouble(std::string what) {
  if (trouble_event_.is_set()) return;
  trouble_ = std::move(what);
  trouble_event_.set();
}

Task<> Instance::supervise() {
  auto backoff = settings_.times.shortest_backoff;
  for (;;) {
    next_try_.reset();
    trouble_event_.reset();
    progress_ = 0;
    enter(InstanceState::starting,
          attached() ? "connecting to " + settings_.attach->text() : "starting tor");
    auto const begun = mono_now();
    auto const up = co_await bring_up();
    if (up.has_error())
      trouble(up.error().message);
    else
      co_await trouble_event_.wait();
    if (process_ && process_->launched() &&
        co_await process_->ended().wait_until(mono_now() + kObituary))
      trouble_ = process_->obituary();
    ++failures_;
    control_.close();
    parts_down();
    socks_.reset();
    socks_ports_.clear();
    enter(InstanceState::down, trouble_);
    co_await tear_down();

    if (up.has_value() && mono_now() - begun >= settings_.times.healthy_after)
      backoff = settings_.times.shortest_backoff;
    next_try_ = mono_now() + backoff;
    co_await runtime::sleep_until(*next_try_);
    backoff = std::min(backoff * 2, settings_.times.longest_backoff);
  }
}

Task<Result<>> Instance::bring_up() {
  auto const deadline = mono_now() + settings_.times.start_limit;
  Result<ControlConnection> opened = Error{};
  if (attached()) {
    opened = co_await ControlConnection::open(loop_, run_tasks_, *settings_.attach,
                                              settings_.credentials, deadline);
  } else {
    if (launcher_ == nullptr) co_return Error{"perfd has no launcher to start tor with"};
    process_ = std::make_unique<Process>(loop_, settings_.process);
    auto const launched = co_await process_->launch(
        *launcher_, [this](std::string const& line) { observer_.on_log_line(*this, line); });
    if (launched.has_error()) co_return launched.error();
    begin_run();
    run_tasks_.spawn("watch " + settings_.name, watch_process());
    opened = co_await process_->connect(run_tasks_, deadline);
  }
  if (opened.has_error()) co_return opened.error();
  control_ = std::move(*opened);
  control_.on_loss([this](Error const& why) { trouble(why.message); });
  control_.on_event([this](WallTime read_at, wire::torctl::Event const& event,
                           std::string const& raw) { on_control_event(read_at, event, raw); });
  auto const learnt = co_await learn();
  if (learnt.has_error()) co_return learnt.error();
  run_tasks_.spawn("heartbeat of " + settings_.name, heartbeat());
  parts_up_ = true;
  for (auto* part : parts_) part->on_up(*this, run_tasks_);
  co_return Result<>{};
}

void Instance::begin_run() {
  // Seconds since the epoch: unique over perfd's own restarts without a memory.
  auto const now = runtime::wall_now();
  auto const seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  tracker_.tor_started(now, std::max(seconds, tracker_.run() + 1));
}

Task<Result<>> Instance::learn() {
  ControlConnection::Strings keys;
  for (auto const* key : {"version", "process/pid", "net/listeners/socks"}) keys.emplace_back(key);
  auto const known = co_await control_.getinfo(std::move(keys));
  if (known.has_error()) co_return known.error();
  auto const version = value_of(*known, "version");
  version_ = version.substr(0, version.find(' '));
  socks_ports_ = listeners(value_of(*known, "net/listeners/socks"));
  if (settings_.socks) socks_ports_.assign(1, *settings_.socks);
  if (!socks_ports_.empty()) socks_ = socks_ports_.front();
  if (attached()) {
    // After a break the same process goes on with the same ids.
    auto const pid = value_of(*known, "process/pid");
    if (std::exchange(attached_pid_, pid) != pid) begin_run();
  }

  // Events first: what happens while the lists are on their way is told twice, not never.
  auto const mark = tracker_.mark();
  auto const subscribed = co_await control_.subscribe(settings_.events);
  if (subscribed.has_error()) co_return subscribed.error();
  keys.clear();
  keys.emplace_back("circuit-status");
  keys.emplace_back("stream-status");
  auto const lists = co_await control_.getinfo(std::move(keys));
  if (lists.has_error()) co_return lists.error();
  tracker_.adopt(runtime::wall_now(),
                 wire::torctl::parse_circuit_status(value_of(*lists, "circuit-status")),
                 wire::torctl::parse_stream_status(value_of(*lists, "stream-status")), mark);
  co_await refresh_consensus();
  // The phase is asked for last, as a BOOTSTRAP event may have come meanwhile.
  auto const phase = co_await control_.getinfo("status/bootstrap-phase");
  if (phase.has_error()) co_return phase.error();
  if (auto const bootstrap = wire::torctl::parse_bootstrap_phase(*phase)) on_bootstrap(*bootstrap);
  co_return Result<>{};
}

Task<> Instance::watch_process() {
  co_await process_->ended().wait();
  trouble(process_->obituary());
}

Task<> Instance::heartbeat() {
  for (;;) {
    co_await runtime::sleep_for(settings_.times.heartbeat_every);
    auto const beat = co_await control_.getinfo("version", settings_.times.heartbeat_limit);
    // A lost connection is told by itself.
    if (beat.has_error() && runtime::is_timeout(beat.error())) {
      trouble("tor hangs: no answer on its control port for " +
              format_duration(floor_us(settings_.times.heartbeat_limit)));
      co_return;
    }
  }
}

void Instance::parts_down() {
  if (!std::exchange(parts_up_, false)) return;
  for (auto* part : parts_) part->on_down(*this);
}

Task<> Instance::tear_down() {
  control_.close();
  parts_down();
  co_await run_tasks_.stop();
  control_ = ControlConnection();
  socks_.reset();
  socks_ports_.clear();
  if (!process_) co_return;
  co_await process_->stop(settings_.times.stop_grace);
  process_.reset();
  tracker_.tor_died(runtime::wall_now());
}

}  // namespace perfd::tor
