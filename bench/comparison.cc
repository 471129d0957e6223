#include "comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "model/mark.h"

namespace perfd::bench {
namespace {

constexpr std::size_t kToldInWords = 10;
// In µs: marks are whole ones, the clocks are tied to 0.1 (runtime/clock_tie.h), and the capture
// stamps a packet about 0.2 before the network stack does.
constexpr double kResolution = 1;

std::int64_t to_ns(WallTime time) { return to_us(time) * 1000; }

// The byte that completes that share of the payload, from 0; for 0 % the first one.
std::uint64_t byte_of(int percent, std::int64_t size) {
  auto const bytes = std::max<std::int64_t>(1, (size * percent + 99) / 100);
  return static_cast<std::uint64_t>(bytes - 1);
}

std::string json(Compared const& values) {
  return fmt::format(R"({{"outside":{},"errors_us":[{:.3f}],"bounds_us":[{:.0f}]}})",
                     values.outside, fmt::join(values.errors_us, ","),
                     fmt::join(values.bounds_us, ","));
}

}  // namespace

void Comparison::compare(std::string_view name, Flow const& flow, std::uint64_t place,
                         net::TransferTrace const& trace, Compared& into) {
  auto const* const mark = trace.marks.find(name);
  auto const truth = flow.arrival_ns(place);
  auto const error = static_cast<double>(to_ns(mark->at) - *truth) / 1000;
  auto const bound = static_cast<double>(mark->error_bound.count());
  into.errors_us.push_back(std::abs(error));
  into.bounds_us.push_back(bound);
  if (error > -1 - kResolution && error <= bound + kResolution) return;
  ++into.outside;
  if (odd_.size() < kToldInWords)
    odd_.push_back(fmt::format("{} of port {}: at - truth = {:.3f} us, bound {:.0f} us, by {}",
                               name, trace.local.port, error, bound,
                               mark->source == model::MarkSource::kernel ? "kernel" : "clock"));
}

void Comparison::add(net::TransferTrace const& trace) {
  auto const* const last = trace.marks.find(model::mark::kDataComplete);
  auto const* const flow =
      last ? flows_.find(static_cast<std::uint16_t>(trace.local.port), to_ns(last->at)) : nullptr;
  auto const head = flow ? flow->head_length() : std::nullopt;
  auto const end = head ? flow->arrival_ns(*head + byte_of(100, size_)) : std::nullopt;
  if (!end) {
    ++gaps_;
    return;
  }
  if (flow->doubtful()) {
    ++doubtful_;
    return;
  }
  ++compared_;
  if (flow->repeated()) ++repeated_;
  if (flow->reordered()) ++reordered_;
  if (last->source != model::MarkSource::kernel) ++by_clock_;
  compare(model::mark::kDataResponse, *flow, 0, trace, response_);
  for (int percent = 0; percent <= 100; percent += 10)
    compare(model::dataperc_name(percent), *flow, *head + byte_of(percent, size_), trace, perc_);
  compare(model::mark::kDataComplete, *flow, *head + byte_of(100, size_), trace, complete_);
}

std::string Comparison::json() const {
  std::vector<std::string> told;
  for (auto const& text : odd_) told.push_back('"' + text + '"');
  return fmt::format(
      R"({{"compared":{},"gaps":{},"doubtful":{},"repeated":{},"reordered":{},"by_clock":{},"response":{},)"
      R"("perc":{},"complete":{},"odd":[{}]}})",
      compared_, gaps_, doubtful_, repeated_, reordered_, by_clock_, bench::json(response_),
      bench::json(perc_), bench::json(complete_), fmt::join(told, ","));
}

}  // namespace perfd::bench
