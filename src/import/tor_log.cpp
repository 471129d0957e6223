#include "import/tor_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "formats/torctl_log.h"
#include "wire/torctl/event.h"

namespace perfd::import {
namespace {

// Streams that wait for their transfer: 300 s of more than anyone measures.
constexpr std::size_t kMostEnded = 20'000;

// The events that the tracker takes. All others, nearly all of a log, aren't even parsed.
bool is_followed(std::string_view event) {
  constexpr std::array<std::string_view, 5> kFollowed = {"CIRC ", "CIRC_MINOR ", "STREAM ",
                                                         "STREAM_BW ", "BUILDTIMEOUT_SET "};
  return std::any_of(kFollowed.begin(), kFollowed.end(),
                     [event](auto const word) { return event.starts_with(word); });
}

// "STREAM_BW 64 52 10 2019-01-31T11:29:55.802762": the only event of these that comes each second,
// and all that is wanted of it are the numbers. Nothing where it is another or looks otherwise.
std::optional<wire::torctl::StreamBw> stream_bandwidth(std::string_view event) {
  constexpr std::string_view kName = "STREAM_BW ";
  if (!event.starts_with(kName)) return std::nullopt;
  auto rest = event.substr(kName.size());
  auto const number = [&] {
    auto const word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return parse_int<std::uint64_t>(word);
  };
  auto const id = number();
  auto const written = id ? number() : std::nullopt;
  auto const read = written ? number() : std::nullopt;
  if (!read || rest.empty()) return std::nullopt;
  wire::torctl::StreamBw out;
  out.id = *id;
  out.written = *written;
  out.read = *read;
  return out;
}

std::optional<std::uint16_t> port_of(std::string_view address) {
  auto const colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return parse_int<std::uint16_t>(address.substr(colon + 1));
}

Micros apart(WallTime a, WallTime b) { return a < b ? b - a : a - b; }

}  // namespace

TorLog::TorLog(std::string instance, std::function<void(model::Circuit)> circuit)
    : instance_(std::move(instance)), circuit_(std::move(circuit)), tracker_(instance_, 1, *this) {}

Result<void> TorLog::line(std::string_view text) {
  // Most lines tell bandwidth, and of the same moment as the line before.
  constexpr std::string_view kEvent = " 650 ";
  if (!stamp_.empty() && text.starts_with(stamp_)) {
    auto const rest = text.substr(stamp_.size());
    if (rest.starts_with(kEvent) && !is_followed(rest.substr(kEvent.size()))) return {};
  }
  auto const line = formats::parse_torctl_line(text);
  if (!line) return line.error();
  if (line->kind == formats::TorctlLine::Kind::other) return {};
  now_ = std::max(now_, line->at);
  if (line->kind == formats::TorctlLine::Kind::event)
    stamp_ = text.substr(0, static_cast<std::size_t>(line->reply.data() - text.data()) - 1);
  if (line->kind == formats::TorctlLine::Kind::start) {
    if (!line->tor_version.empty()) version_ = std::string(line->tor_version.substr(0, 64));
    host_ = std::string(line->host.substr(0, 256));
    // A tor of its own for each start of OnionPerf: ids begin anew.
    tracker_.tor_started(line->at, tracker_.run() + 1);
    return {};
  }
  if (!is_followed(line->event)) return {};
  if (auto const bandwidth = stream_bandwidth(line->event)) {
    tracker_.on_event(line->at, *bandwidth);
    return {};
  }
  wire::torctl::Reply reply;
  reply.code = 650;
  reply.lines.push_back({.text = std::string(line->event)});
  auto const event = wire::torctl::parse_event(reply);
  if (auto const* broken = std::get_if<wire::torctl::Malformed>(&event))
    return Error{broken->error + ": '" + printable(broken->raw, 80) + "'"};
  tracker_.on_event(line->at, event);
  for (auto& stream : std::exchange(just_ended_, {})) {
    auto circuits = tracker_.circuits_for(stream);
    ended_.push_back({std::move(stream), std::move(circuits)});
    if (ended_.size() > kMostEnded) ended_.pop_front();
  }
  return {};
}

void TorLog::on_circuit_done(model::Circuit const& circuit) { circuit_(circuit); }

void TorLog::on_stream_done(model::Stream const& stream) { just_ended_.push_back(stream); }

std::optional<TorLog::EndedStream> TorLog::stream_from(std::uint16_t port, WallTime end,
                                                       Micros within) const {
  EndedStream const* nearest = nullptr;
  for (auto const& ended : ended_) {
    if (!ended.stream.closed_at || port_of(ended.stream.source_address) != port) continue;
    auto const distance = apart(*ended.stream.closed_at, end);
    if (distance >= within) continue;
    if (nearest == nullptr || distance < apart(*nearest->stream.closed_at, end)) nearest = &ended;
  }
  if (nearest == nullptr) return std::nullopt;
  auto out = *nearest;
  // What became of its circuits meanwhile, as far as it is still known.
  if (auto now = tracker_.circuits_for(out.stream); now.size() >= out.circuits.size())
    out.circuits = std::move(now);
  out.stream.tor_run = 0;
  for (auto& circuit : out.circuits) circuit.tor_run = 0;
  return out;
}

void TorLog::forget_before(WallTime time) {
  while (!ended_.empty() && ended_.front().stream.closed_at.value_or(WallTime{}) < time)
    ended_.pop_front();
}

}  // namespace perfd::import
