// What is known of a tor, and who is told. How it is kept running is in instance_run.cpp.
#include "tor/instance.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "runtime/clock.h"

namespace perfd::tor {

using runtime::Task;

std::string_view name(InstanceState state) {
  switch (state) {
    case InstanceState::stopped:
      return "stopped";
    case InstanceState::starting:
      return "starting";
    case InstanceState::bootstrapping:
      return "bootstrapping";
    case InstanceState::ready:
      return "ready";
    case InstanceState::down:
      return "down";
  }
  return "unknown";
}

std::vector<std::string> default_events() {
  return {"CIRC",         "CIRC_MINOR",  "STREAM",        "STREAM_BW",        "BUILDTIMEOUT_SET",
          "GUARD",        "ORCONN",      "STATUS_CLIENT", "NETWORK_LIVENESS", "HS_DESC",
          "CONF_CHANGED", "NEWCONSENSUS"};
}

Instance::Instance(runtime::Loop& loop, runtime::Launcher* launcher, InstanceSettings settings,
                   InstanceObserver& observer)
    : loop_(loop),
      launcher_(launcher),
      settings_(std::move(settings)),
      observer_(observer),
      tracker_(settings_.name, 0, *this, settings_.tracker),
      ready_(loop.context()),
      trouble_event_(loop.context()),
      run_tasks_(loop),
      tasks_(loop) {}

Instance::~Instance() = default;

std::optional<pid_t> Instance::pid() const { return process_ ? process_->pid() : std::nullopt; }

model::TorView Instance::view() const {
  model::TorView out;
  out.instance = settings_.name;
  out.version = version_;
  out.consensus_valid_after = valid_after_;
  auto const& timeout = tracker_.build_timeout();
  out.build_timeout = timeout.timeout;
  out.timeout_quantile = timeout.quantile;
  out.build_timeout_learned = timeout.learned;
  for (auto const* part : parts_) part->describe(out);
  return out;
}

std::optional<std::string> Instance::held_back() const {
  for (auto const* part : parts_)
    if (auto why = part->holds_back()) return why;
  return std::nullopt;
}

Task<bool> Instance::wait_ready(MonoTime until) { return ready_.wait_until(until); }

void Instance::on_circuit_done(model::Circuit const& circuit) {
  observer_.on_circuit_done(*this, circuit);
}

void Instance::on_stream_done(model::Stream const& stream) {
  observer_.on_stream_done(*this, stream);
}

void Instance::enter(InstanceState state, std::string detail) {
  state_ = state;
  detail_ = std::move(detail);
  if (state == InstanceState::ready)
    ready_.set();
  else
    ready_.reset();
  observer_.on_state(*this);
}

void Instance::on_control_event(WallTime read_at, wire::torctl::Event const& event,
                                std::string const& raw) {
  using namespace wire::torctl;
  observer_.on_raw_event(*this, read_at, raw);
  tracker_.on_event(read_at, event);
  if (auto const* status = std::get_if<StatusClient>(&event)) {
    if (auto const bootstrap = bootstrap_of(*status)) on_bootstrap(*bootstrap);
  } else if (std::holds_alternative<NewConsensus>(event)) {
    run_tasks_.spawn("consensus of " + settings_.name, refresh_consensus());
  }
  if (!parts_up_) return;
  for (auto* part : parts_) part->on_event(*this, read_at, event);
}

void Instance::on_bootstrap(wire::torctl::Bootstrap const& bootstrap) {
  progress_ = bootstrap.progress;
  if (bootstrap.progress == 100) {
    if (state_ != InstanceState::ready) run_tasks_.spawn("ready " + settings_.name, become_ready());
    return;
  }
  auto detail =
      fmt::format("bootstrapped {} %: {}", bootstrap.progress, printable(bootstrap.summary));
  if (!bootstrap.warning.empty()) {
    detail += "; " + printable(bootstrap.warning);
    if (!bootstrap.host.empty()) detail += " (" + printable(bootstrap.host) + ")";
  }
  enter(InstanceState::bootstrapping, std::move(detail));
}

// tor may tell of its first consensus and of the end of its bootstrap in one breath: whoever waits
// for a tor that is ready also wants to know by which consensus it works.
Task<> Instance::become_ready() {
  if (!valid_after_) co_await refresh_consensus();
  if (progress_ == 100 && state_ != InstanceState::ready)
    enter(InstanceState::ready, "bootstrapped");
}

Task<> Instance::refresh_consensus() {
  // Without a consensus there is no such value: an error, and nothing is known.
  auto const text = co_await control_.getinfo("consensus/valid-after");
  if (text.has_error()) co_return;
  if (auto const time = parse_time(trim(*text))) valid_after_ = *time;
}

}  // namespace perfd::tor
