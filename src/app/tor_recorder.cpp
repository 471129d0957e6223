#include "app/tor_recorder.h"

#include "app/log.h"

namespace perfd::app {

using tor::InstanceState;

void TorRecorder::state(tor::Instance const& instance) {
  auto const state = instance.state();
  auto const [last, first] = last_.try_emplace(instance.name(), InstanceState::stopped);
  bool const changed = first || last->second != state;
  last->second = state;
  // The steps of a bootstrap are many; what stops one is in tor's own log lines.
  auto const level = state == InstanceState::down ? log::LogLevel::warning
                     : changed                    ? log::LogLevel::info
                                                  : log::LogLevel::debug;
  log::write(level, "tor-" + std::string(tor::name(state)),
             {{"instance", instance.name()},
              {"detail", instance.detail()},
              {"version", instance.version()},
              {"failures", std::to_string(instance.failures())}});
}

void TorRecorder::raw_event(tor::Instance const& instance, WallTime read_at,
                            std::string const& raw) {
  store_.raw_event({instance.name(), instance.tracker().run(), read_at, raw});
}

void TorRecorder::log_line(tor::Instance const& instance, std::string const& line) {
  bool const serious =
      line.find("[warn]") != std::string::npos || line.find("[err]") != std::string::npos;
  log::write(serious ? log::LogLevel::warning : log::LogLevel::debug, "tor-log",
             {{"instance", instance.name()}, {"line", line}});
}

}  // namespace perfd::app
