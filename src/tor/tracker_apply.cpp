#include "tor/tracker_apply.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace perfd::tor {
namespace {

using wire::torctl::CircuitReport;

std::string clip(std::string_view text, ObjectLimits const& limits) {
  return std::string(text.substr(0, limits.text));
}

// Which word of a report goes where. `latest`: a new value replaces the old one; else the
// first that is not empty stays.
template <class Report, class Object>
struct Word {
  std::string Report::*from;
  std::string Object::*to;
  bool latest;
};

using CircuitWord = Word<CircuitReport, model::Circuit>;
constexpr std::array kCircuitWords = {
    CircuitWord{&CircuitReport::purpose, &model::Circuit::purpose, true},
    CircuitWord{&CircuitReport::build_flags, &model::Circuit::build_flags, true},
    CircuitWord{&CircuitReport::hs_state, &model::Circuit::hs_state, true},
    CircuitWord{&CircuitReport::rend_query, &model::Circuit::rend_query, true},
    CircuitWord{&CircuitReport::hs_pow, &model::Circuit::hs_pow, true},
    CircuitWord{&CircuitReport::conflux_id, &model::Circuit::conflux_id, true},
    CircuitWord{&CircuitReport::socks_username, &model::Circuit::socks_username, true},
    CircuitWord{&CircuitReport::reason, &model::Circuit::reason, false},
    CircuitWord{&CircuitReport::remote_reason, &model::Circuit::remote_reason, false},
};

using StreamReport = wire::torctl::Stream;
using StreamWord = Word<StreamReport, model::Stream>;
constexpr std::array kStreamWords = {
    // A REMAP tells another target; the one that the client asked for is the stream's.
    StreamWord{&StreamReport::target, &model::Stream::target, false},
    StreamWord{&StreamReport::source_address, &model::Stream::source_address, false},
    StreamWord{&StreamReport::purpose, &model::Stream::purpose, false},
    StreamWord{&StreamReport::socks_username, &model::Stream::socks_username, false},
    StreamWord{&StreamReport::client_protocol, &model::Stream::client_protocol, false},
};

template <class Report, class Object, std::size_t N>
void take_words(std::array<Word<Report, Object>, N> const& words, Report const& report,
                Object& object, ObjectLimits const& limits) {
  for (auto const& word : words) {
    auto const& value = report.*(word.from);
    auto& member = object.*(word.to);
    if (!value.empty() && (word.latest || member.empty())) member = clip(value, limits);
  }
}

// "ISO_FIELDS=… SESSION_GROUP=… NYM_EPOCH=…", as far as reported.
std::string isolation_of(StreamReport const& report, ObjectLimits const& limits) {
  std::string out;
  auto const add = [&](std::string_view keyword, std::string const& value) {
    if (value.empty()) return;
    if (!out.empty()) out += ' ';
    out += std::string(keyword) + "=" + value;
  };
  add("ISO_FIELDS", report.iso_fields);
  add("SESSION_GROUP", report.session_group);
  add("NYM_EPOCH", report.nym_epoch);
  return clip(out, limits);
}

template <class Object>
std::size_t add_state(Object& object, model::StateChange change, ObjectLimits const& limits) {
  if (object.states.size() >= limits.states) return 1;
  object.states.push_back(std::move(change));
  return 0;
}

std::size_t take_path(model::Circuit& circuit, CircuitReport const& report, WallTime at, bool known,
                      ObjectLimits const& limits) {
  auto const count = std::min(report.path.size(), limits.hops);
  for (std::size_t i = 0; i < count; ++i) {
    auto const& relay = report.path[i];
    bool const same = i < circuit.path.size() && circuit.path[i].fingerprint == relay.fingerprint &&
                      circuit.path[i].nickname == relay.nickname;
    if (same) continue;
    // Of a circuit that is new to us, EXTENDED tells at least when the last hop came.
    bool const timed = known || (report.status == "EXTENDED" && i + 1 == report.path.size());
    model::Hop hop{clip(relay.fingerprint, limits), clip(relay.nickname, limits),
                   timed ? at : WallTime{}};
    if (i < circuit.path.size())
      circuit.path[i] = std::move(hop);
    else
      circuit.path.push_back(std::move(hop));
  }
  return report.path.size() - count;
}

model::Attachment* open_attachment(model::Stream& stream) {
  if (stream.attachments.empty() || stream.attachments.back().detached_at) return nullptr;
  return &stream.attachments.back();
}

void detach(model::Stream& stream, WallTime at, std::string reason, std::string remote_reason) {
  auto* attachment = open_attachment(stream);
  if (attachment == nullptr) return;
  attachment->detached_at = at;
  attachment->reason = std::move(reason);
  attachment->remote_reason = std::move(remote_reason);
}

std::size_t attach(model::Stream& stream, std::uint64_t circuit, WallTime at, bool same_set,
                   ObjectLimits const& limits) {
  if (circuit == 0) return 0;
  if (auto const* open = open_attachment(stream)) {
    if (open->circuit_id == circuit || same_set) return 0;
    detach(stream, at, {}, {});
  }
  if (stream.attachments.size() >= limits.attachments) return 1;
  stream.attachments.push_back({circuit, at, {}, {}, {}});
  return 0;
}

}  // namespace

std::size_t apply(model::Circuit& circuit, CircuitReport const& report, WallTime at, bool known,
                  ObjectLimits const& limits) {
  take_words(kCircuitWords, report, circuit, limits);
  if (report.conflux_rtt) circuit.conflux_rtt = report.conflux_rtt;
  // A cannibalized circuit reports a new TIME_CREATED; the launch was the first.
  if (circuit.launched_at == WallTime{}) circuit.launched_at = report.time_created.value_or(at);
  auto dropped = take_path(circuit, report, at, known, limits);

  bool const minor = !report.old_purpose.empty() || report.status == "PURPOSE_CHANGED" ||
                     report.status == "CANNIBALIZED";
  std::string detail;
  if (minor) {
    detail = report.purpose;
    if (!report.hs_state.empty()) detail += " " + report.hs_state;
  }
  dropped += add_state(circuit, {at, clip(report.status, limits), clip(detail, limits)}, limits);

  if (report.status == "BUILT" && known && !circuit.built_at) circuit.built_at = at;
  if (report.status == "FAILED" || report.status == "CLOSED") {
    circuit.closed_at = at;
    circuit.failed = report.status == "FAILED";
  }
  return dropped;
}

std::size_t apply(model::Stream& stream, StreamReport const& report, WallTime at, bool same_set,
                  ObjectLimits const& limits) {
  take_words(kStreamWords, report, stream, limits);
  if (stream.created_at == WallTime{}) stream.created_at = at;
  if (stream.isolation.empty()) stream.isolation = isolation_of(report, limits);

  auto detail = report.circuit == 0 ? std::string{} : std::to_string(report.circuit);
  if (report.status == "REMAP") detail = report.target;
  auto dropped = add_state(stream, {at, clip(report.status, limits), clip(detail, limits)}, limits);

  if (report.status == "DETACHED") {
    detach(stream, at, clip(report.reason, limits), clip(report.remote_reason, limits));
  } else if (report.status == "FAILED" || report.status == "CLOSED") {
    detach(stream, at, clip(report.reason, limits), clip(report.remote_reason, limits));
    // CLOSED follows FAILED with a reason of its own; why it failed is what counts.
    if (!stream.failed) {
      stream.reason = clip(report.reason, limits);
      stream.remote_reason = clip(report.remote_reason, limits);
    }
    stream.failed = stream.failed || report.status == "FAILED";
    if (report.status == "CLOSED") stream.closed_at = at;
  } else if (report.status != "NEW" && report.status != "NEWRESOLVE" &&
             report.status != "CONTROLLER_WAIT") {  // which may name the circuit of before
    dropped += attach(stream, report.circuit, at, same_set, limits);
  }
  return dropped;
}

bool is_end(wire::torctl::Circ const& report) {
  return report.status == "FAILED" || report.status == "CLOSED";
}
bool is_end(wire::torctl::Stream const& report) { return report.status == "CLOSED"; }

void abandon(model::Circuit& circuit, WallTime at, char const* reason) {
  circuit.closed_at = at;
  circuit.failed = std::none_of(circuit.states.begin(), circuit.states.end(),
                                [](auto const& state) { return state.status == "BUILT"; });
  circuit.reason = reason;
}

void abandon(model::Stream& stream, WallTime at, char const* reason) {
  detach(stream, at, reason, {});
  stream.closed_at = at;
  stream.failed = true;
  stream.reason = reason;
}

}  // namespace perfd::tor
