#include "app/tor_unit.h"

#include <algorithm>
#include <utility>

#include "app/tor_settings.h"
#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::app {

TorUnit::TorUnit(runtime::Loop& loop, runtime::Launcher* launcher, runtime::Pool& pool,
                 config::Tor configuration, tor::InstanceSettings settings,
                 tor::OnionSettings onion, TorRecorder& recorder, StateHandler on_state)
    : configuration_(std::move(configuration)),
      recorder_(recorder),
      on_state_(std::move(on_state)),
      instance_(loop, launcher, std::move(settings), *this),
      joiner_(loop, instance_),
      onion_services_(loop, instance_, std::move(onion)),
      chosen_paths_(loop, instance_),
      guard_keeper_(loop, &pool, guard_settings(configuration_), recorder),
      onion_port_(instance_, onion_services_, configuration_.onion_suffix),
      path_port_(instance_, chosen_paths_) {
  instance_.add_part(onion_services_);
  instance_.add_part(chosen_paths_);
  instance_.add_part(guard_keeper_);
}

void TorUnit::on_state(tor::Instance const& instance) {
  recorder_.state(instance);
  joiner_.wake();
  if (on_state_) on_state_(instance);
}

void TorUnit::on_raw_event(tor::Instance const& instance, WallTime read_at,
                           std::string const& raw) {
  last_event_at_ = read_at;
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
  if (TorRecorder::warns(line)) last_warning_ = line;
  recorder_.log_line(instance, line);
}

runtime::Task<Result<>> await_tor(tor::Instance& instance, Nanos limit) {
  constexpr auto kLook = std::chrono::milliseconds(100);
  auto const until = runtime::mono_now() + limit;
  for (;;) {
    bool const ready = co_await instance.wait_ready(std::min(until, runtime::mono_now() + kLook));
    auto const held_back = ready ? instance.held_back() : std::nullopt;
    if (ready && !held_back) co_return Result<>{};
    if (instance.state() == tor::InstanceState::down) co_return Error{instance.detail()};
    if (runtime::mono_now() >= until)
      co_return Error{"tor did not bootstrap within " + describe_duration(floor_us(limit)) + ": " +
                      held_back.value_or(instance.detail())};
    if (held_back) co_await runtime::sleep_for(kLook);
  }
}

}  // namespace perfd::app
