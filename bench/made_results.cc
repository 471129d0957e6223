#include "made_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/id.h"

namespace perfd::bench {
namespace {

constexpr std::uint64_t kSeries = 24;
constexpr std::int64_t kSizes[] = {50 << 10, 1 << 20, 5 << 20};
constexpr char const* kExperiments[] = {"default", "fast-guards", "early-data", "single"};

std::string id_of(std::uint64_t number, WallTime at) {
  IdEntropy entropy{};
  for (std::size_t i = 0; i < 8; ++i)
    entropy[2 + i] = static_cast<std::byte>(number >> (8 * (7 - i)) & 0xFF);
  return make_id(at, entropy);
}

}  // namespace

double MadeResults::uniform() {
  // xorshift64*
  state_ ^= state_ >> 12U;
  state_ ^= state_ << 25U;
  state_ ^= state_ >> 27U;
  return static_cast<double>((state_ * 0x2545F4914F6CDD1DU) >> 11U) / 9007199254740992.0;
}

double MadeResults::log_normal(double median, double sigma) {
  // Nearly normal: twelve uniform numbers.
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return median * std::exp(sigma * sum);
}

model::Measurement MadeResults::make(std::uint64_t number, WallTime at) {
  namespace mark = model::mark;
  auto const series = number % kSeries;
  auto const size = kSizes[series / 4 % 3];
  bool const onion = series >= kSeries / 2;
  model::Measurement m;
  m.id = id_of(number, at);
  m.source = "op-made";
  m.experiment = kExperiments[series % 4];
  m.target = onion ? "onion" : "direct";
  m.perfd_version = "1.0.0";
  m.filesize = size;
  m.scheduled_at = m.started_at = at;
  m.tor.instance = "default";
  m.tor.guard = fmt::format("{:040X}", 0xABCDEF12345678U * (number / 5000 % 60 + 1));

  auto const hour = to_us(at) / 3'600'000'000 % 24;
  // Busier in the evening, and slower.
  auto const load = 1 + 0.3 * std::sin((static_cast<double>(hour) - 13) / 24 * 2 * M_PI);
  auto& circuit = m.tor.circuits.emplace_back();
  circuit.id = number;
  circuit.launched_at = at - std::chrono::seconds{30};
  auto built = circuit.launched_at;
  for (int hop = 0; hop < (onion ? 4 : 3); ++hop) {
    built += Micros{std::llround(log_normal(120'000, 0.5) * load)};
    circuit.path.push_back({m.tor.guard, "", built});
  }
  auto const set = [&](std::string_view name, double after_us) {
    m.marks.set(name, {at + Micros{std::llround(after_us)}});
  };
  set(mark::kStart, 0);
  if (uniform() < 0.02 * load) {
    m.outcome = {uniform() < 0.7 ? model::FailureCode::net_timeout
                                 : model::FailureCode::socks_host_unreachable,
                 "socks connect", ""};
    return m;
  }
  auto const request = log_normal(onion ? 900'000 : 250'000, 0.4) * load;
  auto const first = request + log_normal(onion ? 500'000 : 220'000, 0.4) * load;
  auto const rate = log_normal(12e6, 0.6) / load;  // bit/s
  auto const all = static_cast<double>(size) * 8e6 / rate;
  set(mark::kDataRequest, request);
  set(mark::kDataResponse, first);
  set("PARTIAL512000", first + all * std::min(1.0, 512'000.0 / static_cast<double>(size)));
  if (size >= 5 << 20) {
    set("DATAPERC10", first + all * 0.1);
    set("DATAPERC20", first + all * 0.2);
    set("DATAPERC80", first + all * 0.8);
    set("DATAPERC100", first + all);
  }
  set(mark::kDataComplete, first + all);
  m.payload_bytes = size;
  return m;
}

}  // namespace perfd::bench
