#include "tor/tally.h"

#include <algorithm>
#include <utility>

namespace perfd::tor {
namespace {

// A tor uses a few guards in its life; with UseEntryGuards 0, any relay.
constexpr std::size_t kMostGuards = 10'000;
constexpr std::size_t kMostReasons = 64;
constexpr char const* kOther = "OTHER";

bool timed_out(wire::torctl::CircuitReport const& report) {
  // tor gives a slow circuit this purpose and builds on to learn how slow it is; before it
  // has learned anything it closes it.
  return (report.purpose == "MEASURE_TIMEOUT" && report.old_purpose != "MEASURE_TIMEOUT" &&
          report.status == "PURPOSE_CHANGED") ||
         (report.reason == "TIMEOUT" && report.status == "FAILED" &&
          report.purpose != "MEASURE_TIMEOUT");
}

}  // namespace

void CircuitTally::count(model::Circuit const& circuit, wire::torctl::CircuitReport const& report) {
  if (circuit.build_flags.find("ONEHOP_TUNNEL") != std::string::npos) return;
  bool const failed = report.status == "FAILED";
  bool const closed = report.status == "CLOSED";
  // A cannibalized circuit is BUILT again.
  bool const built = report.status == "BUILT" &&
                     std::count_if(circuit.states.begin(), circuit.states.end(),
                                   [](auto const& state) { return state.status == "BUILT"; }) == 1;
  bool const late = timed_out(report);
  if (!failed && !closed && !built && !late) return;

  auto guard = circuit.path.empty() ? std::string{} : circuit.path.front().fingerprint;
  if (by_guard_.size() >= kMostGuards && !by_guard_.contains(guard)) guard = kOther;
  auto& tally = by_guard_[guard];
  tally.built += built ? 1 : 0;
  tally.failed += failed ? 1 : 0;
  tally.closed += closed ? 1 : 0;
  tally.timed_out += late ? 1 : 0;
  if (built) count_fate("built", "");
  if (failed || closed) {
    count_fate(failed ? "failed" : "closed", circuit.reason);
    auto reason = circuit.reason;
    if (tally.reasons.size() >= kMostReasons && !tally.reasons.contains(reason)) reason = kOther;
    ++tally.reasons[reason];
  }
}

void CircuitTally::count_fate(std::string result, std::string reason) {
  Fate fate{std::move(result), std::move(reason)};
  if (by_fate_.size() >= 2 * kMostReasons && !by_fate_.contains(fate)) fate.reason = kOther;
  ++by_fate_[std::move(fate)];
}

GuardTally CircuitTally::total() const {
  GuardTally sum;
  for (auto const& [guard, tally] : by_guard_) {
    sum.built += tally.built;
    sum.failed += tally.failed;
    sum.timed_out += tally.timed_out;
    sum.closed += tally.closed;
    for (auto const& [reason, count] : tally.reasons) sum.reasons[reason] += count;
  }
  return sum;
}

}  // namespace perfd::tor
