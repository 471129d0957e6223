#include "report/buckets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "stats/quantile.h"

namespace perfd::report {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr std::int64_t kDayUs = 24 * kHourUs;

constexpr std::array kLengths = {
    kSecondUs,     5 * kSecondUs,  10 * kSecondUs, 30 * kSecondUs, kMinuteUs,   2 * kMinuteUs,
    5 * kMinuteUs, 10 * kMinuteUs, 30 * kMinuteUs, kHourUs,        2 * kHourUs, 3 * kHourUs,
    6 * kHourUs,   12 * kHourUs,   kDayUs,         2 * kDayUs,     7 * kDayUs,  28 * kDayUs,
    91 * kDayUs,   364 * kDayUs,   3640 * kDayUs};

// Of times that are not negative.
std::int64_t number_of_bucket(std::int64_t at_us, Micros bucket) { return at_us / bucket.count(); }

Band band_of(std::span<double> values, WallTime from) {
  std::sort(values.begin(), values.end());
  auto const at = [&](double p) { return stats::quantile(values, p).value_or(0); };
  return {from, values.size(), at(0.1), at(0.25), at(0.5), at(0.75), at(0.9)};
}

}  // namespace

Micros bucket_length(Micros period, std::size_t n) {
  for (auto const length : kLengths) {
    auto const buckets = static_cast<double>(period.count()) / static_cast<double>(length);
    if (buckets <= 72 && (buckets <= 8 || static_cast<double>(n) / buckets >= 10))
      return Micros{length};
  }
  return Micros{kLengths.back()};
}

std::string bucket_text(Micros length) {
  constexpr std::pair<std::int64_t, char const*> kUnits[] = {
      {kDayUs, "day"}, {kHourUs, "hour"}, {kMinuteUs, "minute"}, {kSecondUs, "second"}};
  for (auto const& [unit, name] : kUnits) {
    auto const many = length.count() / unit;
    if (many * unit != length.count() || many == 0) continue;
    return fmt::format("{} {}{}", many, name, many == 1 ? "" : "s");
  }
  return fmt::format("{} µs", length.count());
}

std::vector<Band> bands(std::span<std::int64_t const> at_us, std::span<double const> values,
                        Micros bucket) {
  std::vector<Band> out;
  if (at_us.empty()) return out;
  // Counting sort by bucket: two passes, and each bucket's values lie side by side.
  auto const [least, most] = std::minmax_element(at_us.begin(), at_us.end());
  auto const first = number_of_bucket(*least, bucket);
  auto const buckets = static_cast<std::size_t>(number_of_bucket(*most, bucket) - first + 1);
  std::vector<std::size_t> ends(buckets + 1, 0);
  auto const place = [&](std::size_t i) {
    return static_cast<std::size_t>(number_of_bucket(at_us[i], bucket) - first);
  };
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) ++ends[place(i) + 1];
  for (std::size_t b = 0; b < buckets; ++b) ends[b + 1] += ends[b];
  auto next = ends;
  std::vector<double> sorted(ends.back());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) sorted[next[place(i)]++] = values[i];
  for (std::size_t b = 0; b < buckets; ++b) {
    if (ends[b] == ends[b + 1]) continue;
    auto const from = wall_from_us((first + static_cast<std::int64_t>(b)) * bucket.count());
    out.push_back(band_of(std::span(sorted).subspan(ends[b], ends[b + 1] - ends[b]), from));
  }
  return out;
}

std::vector<FailureShare> failure_shares(std::span<std::int64_t const> ok_at_us,
                                         std::span<std::int64_t const> failed_at_us,
                                         Micros bucket) {
  std::vector<FailureShare> out;
  if (ok_at_us.empty() && failed_at_us.empty()) return out;
  auto first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = 0;
  for (auto const times : {ok_at_us, failed_at_us})
    for (auto const at : times) {
      first = std::min(first, number_of_bucket(at, bucket));
      last = std::max(last, number_of_bucket(at, bucket));
    }
  std::vector<FailureShare> all(static_cast<std::size_t>(last - first + 1));
  auto const of = [&](std::int64_t at) -> FailureShare& {
    return all[static_cast<std::size_t>(number_of_bucket(at, bucket) - first)];
  };
  for (auto const at : ok_at_us) ++of(at).n;
  for (auto const at : failed_at_us) {
    ++of(at).n;
    ++of(at).failed;
  }
  for (std::size_t b = 0; b < all.size(); ++b) {
    if (all[b].n == 0) continue;
    all[b].from = wall_from_us((first + static_cast<std::int64_t>(b)) * bucket.count());
    out.push_back(all[b]);
  }
  return out;
}

}  // namespace perfd::report
