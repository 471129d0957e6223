#include "app/tor_recorder.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "app/log.h"
#include "base/text.h"
#include "base/time_text.h"

namespace perfd::app {

using tor::InstanceState;

namespace {

constexpr std::size_t kMostPrivate = 1000;
constexpr std::size_t kOnionLength = 56;  // of an address, without its suffix

bool is_name_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; }

// Whether a text has the whole host: "x.org" is in "x.org:80", not in "box.org:80" nor in
// "x.org.example:80". Before an onion service's own name there may be others.
bool has_host(std::string_view text, std::string const& host) {
  bool const onion = host.size() == kOnionLength && host.find('.') == host.npos;
  for (auto at = text.find(host); at != text.npos; at = text.find(host, at + 1)) {
    auto const before = at == 0 ? ' ' : text[at - 1];
    auto const behind = text.substr(at + host.size());
    bool const begins = !is_name_byte(before) && (onion || before != '.');
    bool const goes_on =
        !behind.empty() &&
        (is_name_byte(behind.front()) ||
         (!onion && behind.front() == '.' && behind.size() > 1 && is_name_byte(behind[1])));
    if (begins && !goes_on) return true;
  }
  return false;
}

}  // namespace

void TorRecorder::keep_private(std::string const& host) {
  auto name = host;
  for (auto const label : split(host, '.'))
    if (label.size() == kOnionLength) name = label;
  if (private_names_.size() >= kMostPrivate && !private_names_.contains(name))
    private_names_.erase(private_names_.begin());
  private_names_.insert(std::move(name));
}

bool TorRecorder::names_private(std::string_view text) const {
  return std::any_of(private_names_.begin(), private_names_.end(),
                     [&](auto const& name) { return has_host(text, name); });
}

void TorRecorder::circuit(model::Circuit const& circuit) {
  if (!names_private(circuit.rend_query)) return store_.circuit(circuit);
  auto without = circuit;
  without.rend_query.clear();
  store_.circuit(std::move(without));
}

void TorRecorder::stream(model::Stream const& stream) {
  auto const told = [&](model::StateChange const& state) { return names_private(state.detail); };
  if (!names_private(stream.target) &&
      std::none_of(stream.states.begin(), stream.states.end(), told))
    return store_.stream(stream);
  auto without = stream;
  without.target.clear();
  for (auto& state : without.states)
    if (told(state)) state.detail.clear();
  store_.stream(std::move(without));
}

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
  if (names_private(raw)) return;
  store_.raw_event({instance.name(), instance.tracker().run(), read_at, raw});
}

bool TorRecorder::warns(std::string const& line) {
  return line.find("[warn]") != std::string::npos || line.find("[err]") != std::string::npos;
}

void TorRecorder::log_line(tor::Instance const& instance, std::string const& line) {
  log::write(warns(line) ? log::LogLevel::warning : log::LogLevel::debug, "tor-log",
             {{"instance", instance.name()}, {"line", line}});
}

void TorRecorder::on_guard_ranking(model::GuardRanking ranking) {
  store_.guard_ranking(std::move(ranking));
}

void TorRecorder::on_guard_choice(model::GuardChoice const& choice) {
  std::string set;
  for (auto const& fingerprint : choice.set) set += (set.empty() ? "" : ",") + fingerprint;
  // With a policy of tor's own nothing is set.
  log::info(choice.reason == "dropped" && choice.set.empty() ? "guards-dropped" : "guards-set",
            {{"instance", choice.instance},
             {"policy", choice.policy},
             {"reason", choice.reason},
             {"set", set},
             {"consensus", choice.consensus_valid_after
                               ? format_iso_seconds(*choice.consensus_valid_after)
                               : std::string()}});
  store_.guard_choice(choice);
}

void TorRecorder::on_guard_trouble(std::string const& instance, std::string_view event,
                                   std::string const& detail) {
  log::warning(event, {{"instance", instance}, {"detail", detail}});
}

}  // namespace perfd::app
