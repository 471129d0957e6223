#include "app/tor_unit.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::app {

TorUnit::TorUnit(runtime::Loop& loop, runtime::Launcher* launcher, config::Tor configuration,
                 tor::InstanceSettings settings, TorRecorder& recorder, StateHandler on_state)
    : configuration_(std::move(configuration)),
      recorder_(recorder),
      on_state_(std::move(on_state)),
      instance_(loop, launcher, std::move(settings), *this),
      joiner_(loop, instance_) {}

void TorUnit::on_state(tor::Instance const& instance) {
  recorder_.state(instance);
  joiner_.wake();
  if (on_state_) on_state_(instance);
}

void TorUnit::on_raw_event(tor::Instance const& instance, WallTime read_at,
                           std::string const& raw) {
  recorder_.raw_event(instance, read_at, raw);
}

void TorUnit::on_circuit_done(tor::Instance const& /*instance*/, model::Circuit const& circuit) {
  recorder_.circuit(circuit);
}

void TorUnit::on_stream_done(tor::Instance const& /*instance*/, model::Stream const& stream) {
  recorder_.stream(stream);
  joiner_.wake();
}

void TorUnit::on_log_line(tor::Instance const& instance, std::string const& line) {
  recorder_.log_line(instance, line);
}

runtime::Task<Result<>> await_tor(tor::Instance& instance, Nanos limit) {
  constexpr auto kLook = std::chrono::milliseconds(100);
  auto const until = runtime::mono_now() + limit;
  for (;;) {
    bool const ready = co_await instance.wait_ready(std::min(until, runtime::mono_now() + kLook));
    if (ready) co_return Result<>{};
    if (instance.state() == tor::InstanceState::down) co_return Error{instance.detail()};
    if (runtime::mono_now() >= until)
      co_return Error{"tor did not bootstrap within " + describe_duration(floor_us(limit)) + ": " +
                      instance.detail()};
  }
}

}  // namespace perfd::app
