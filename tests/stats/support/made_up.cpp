#include "stats/support/made_up.h"

#include <array>
#include <cmath>
#include <numbers>

namespace perfd::stats {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// A series whose neighbours have a given correlation and whose values are standard normal.
class Autoregression {
 public:
  Autoregression(double correlation, Noise& noise)
      : correlation_(correlation), noise_(noise), value_(noise.normal()) {}
  double next() {
    value_ = correlation_ * value_ + std::sqrt(1 - correlation_ * correlation_) * noise_.normal();
    return value_;
  }

 private:
  double correlation_;
  Noise& noise_;
  double value_;
};

}  // namespace

double Noise::uniform() { return (static_cast<double>(generator_() >> 11U) + 0.5) * 0x1p-53; }

double Noise::normal() {  // Box and Muller
  double const radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(kTurn * uniform());
}

model::Measurement made_up(WallTime at, double ttfb_us) {
  model::Measurement m;
  m.started_at = m.scheduled_at = at;
  m.payload_bytes = m.filesize = 51'200;
  m.marks.set(model::mark::kStart, {at});
  m.marks.set(model::mark::kDataResponse, {at + Micros{std::llround(ttfb_us)}});
  return m;
}

model::Measurement made_up_failure(WallTime at, model::FailureCode code) {
  model::Measurement m;
  m.started_at = m.scheduled_at = at;
  m.outcome.code = code;
  return m;
}

std::pair<ArmSample, ArmSample> two_arms(World const& world, std::uint64_t seed) {
  Noise noise(seed);
  std::array<ArmSample, 2> arms;
  std::array<Autoregression, 2> own = {Autoregression(world.neighbours, noise),
                                       Autoregression(world.neighbours, noise)};
  Autoregression common(0.99, noise);
  std::array<bool, 2> failing = {false, false};
  std::size_t first = 0;
  for (std::size_t slot = 0; slot < 2 * world.n; ++slot) {
    if (slot % 2 == 0) first = noise.uniform() < 0.5 ? 0 : 1;
    auto const arm = slot % 2 == 0 ? first : 1 - first;
    double const minutes = static_cast<double>(slot) * 5;
    auto const at =
        wall_from_us(1'700'000'000'000'000 + static_cast<std::int64_t>(slot) * 300'000'000);
    double const level = std::log(300'000.0) + world.day * std::sin(kTurn * minutes / 1440) +
                         world.common * common.next() + world.own * own[arm].next();
    // A chain of two states with the same rate of failures and the same memory.
    double const p = world.failure_rate;
    failing[arm] = noise.uniform() <
                   (failing[arm] ? p + (1 - p) * world.neighbours : p * (1 - world.neighbours));
    if (failing[arm])
      arms[arm].add(made_up_failure(at, model::FailureCode::net_timeout));
    else
      arms[arm].add(made_up(at, std::exp(level) + (arm == 1 ? world.added_ms * 1000 : 0)));
  }
  return {std::move(arms[0]), std::move(arms[1])};
}

}  // namespace perfd::stats
