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

namespace {

// What both arms share.
class Maker {
 public:
  Maker(World const& world, std::uint64_t seed)
      : world_(world),
        noise_(seed),
        own_{Autoregression(world.neighbours, noise_), Autoregression(world.neighbours, noise_)},
        common_(0.99, noise_) {}

  Noise& noise() { return noise_; }
  void measure(std::size_t arm, std::size_t slot) {
    double const minutes = static_cast<double>(slot) * world_.slot_minutes;
    auto const at = wall_from_us(1'700'000'000'000'000 + std::llround(minutes * 60e6));
    double const level = std::log(300'000.0) + world_.day * std::sin(kTurn * minutes / 1440) +
                         world_.common * common_.next() + world_.own * own_[arm].next();
    // A chain of two states with the same rate of failures and the same memory.
    double const p = world_.failure_rate;
    failing_[arm] = noise_.uniform() <
                    (failing_[arm] ? p + (1 - p) * world_.neighbours : p * (1 - world_.neighbours));
    if (failing_[arm])
      arms_[arm].add(made_up_failure(at, model::FailureCode::net_timeout));
    else
      arms_[arm].add(made_up(at, std::exp(level) + (arm == 1 ? world_.added_ms * 1000 : 0)));
  }
  std::pair<ArmSample, ArmSample> both() && { return {std::move(arms_[0]), std::move(arms_[1])}; }

 private:
  World world_;
  Noise noise_;
  std::array<ArmSample, 2> arms_;
  std::array<Autoregression, 2> own_;
  Autoregression common_;
  std::array<bool, 2> failing_ = {false, false};
};

}  // namespace

std::pair<ArmSample, ArmSample> two_arms(World const& world, std::uint64_t seed) {
  Maker maker(world, seed);
  std::size_t first = 0;
  for (std::size_t slot = 0; slot < 2 * world.n; ++slot) {
    if (slot % 2 == 0) first = maker.noise().uniform() < 0.5 ? 0 : 1;
    maker.measure(slot % 2 == 0 ? first : 1 - first, slot);
  }
  return std::move(maker).both();
}

std::pair<ArmSample, ArmSample> two_periods(World const& world, std::uint64_t seed,
                                            std::size_t other_n) {
  Maker maker(world, seed);
  auto const slots_a_day = 1440 / world.slot_minutes;
  auto const days = std::ceil(static_cast<double>(world.n) / slots_a_day) + 7;
  auto const second = static_cast<std::size_t>(std::llround(days * slots_a_day));
  for (std::size_t i = 0; i < world.n; ++i) maker.measure(0, i);
  for (std::size_t i = 0; i < (other_n == 0 ? world.n : other_n); ++i) maker.measure(1, second + i);
  return std::move(maker).both();
}

}  // namespace perfd::stats
