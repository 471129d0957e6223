#include "schedule/slots.h"

#include <algorithm>
#include <cmath>

namespace perfd::schedule {
namespace {

// SplitMix64's mixing step: every bit of the result depends on every bit of the value.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

std::uint64_t random_for(Policy const& policy, std::int64_t number) {
  return mix(policy.seed ^ mix(static_cast<std::uint64_t>(number)));
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  auto const quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

Micros exponential(Policy const& policy, WallTime before) {
  // In (0, 1], so that the logarithm exists; the longest interval is 37 times the mean.
  auto const bits = random_for(policy, to_us(before)) >> 11U;
  double const uniform = static_cast<double>(bits + 1) * 0x1p-53;
  auto const span = std::llround(-std::log(uniform) * static_cast<double>(policy.every.count()));
  return Micros{std::max<std::int64_t>(span, 1)};
}

}  // namespace

Policy policy_of(config::Experiment const& experiment, std::uint64_t seed) {
  return {experiment.spread, experiment.every, experiment.start_delay,
          std::min(experiment.jitter, experiment.every), mix(seed ^ seed_from(experiment.name))};
}

std::uint64_t seed_from(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (char const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return mix(hash);
}

WallTime numbered_slot(Policy const& policy, std::int64_t number) {
  auto slot = WallTime{policy.start_delay + policy.every * number};
  if (policy.spread == config::Spread::jitter && policy.jitter.count() > 0) {
    auto const range = static_cast<std::uint64_t>(policy.jitter.count());
    slot += Micros{static_cast<std::int64_t>(random_for(policy, number) % range)};
  }
  return slot;
}

std::int64_t last_number(Policy const& policy, WallTime moment) {
  auto const number = floor_div(to_us(moment) - policy.start_delay.count(), policy.every.count());
  // A slot is jittered by less than an interval: the one before is past in any case.
  return numbered_slot(policy, number) <= moment ? number : number - 1;
}

WallTime next_slot(Policy const& policy, WallTime moment) {
  if (policy.spread == config::Spread::poisson) return moment + exponential(policy, moment);
  return numbered_slot(policy, last_number(policy, moment) + 1);
}

}  // namespace perfd::schedule
