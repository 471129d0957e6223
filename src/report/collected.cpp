#include "report/collected.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "report/sort.h"

namespace perfd::report {
namespace {

// A slot that was missed never started, but it has a time.
std::optional<WallTime> time_of(model::Measurement const& m) {
  auto const at = to_us(m.started_at) == 0 ? m.scheduled_at : m.started_at;
  constexpr std::int64_t kYear2300 = 10'413'792'000'000'000;
  return to_us(at) > 0 && to_us(at) < kYear2300 ? std::optional(at) : std::nullopt;
}

bool is_over_time(model::Kind kind, std::size_t number) {
  auto const shown = over_time(kind);
  return std::find(shown.begin(), shown.end(), quantity(number)) != shown.end();
}

bool is_since_launch(std::size_t number) {
  return number >= number_of(Quantity::built_1) && number <= number_of(Quantity::built_4);
}

template <class Value>
void append(std::vector<Value>& to, std::vector<Value> const& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Of few values a vector may grow as it likes.
constexpr std::size_t kManyValues = std::size_t{1} << 15U;

void push(std::vector<double>& values, double value, std::size_t expected) {
  if (values.size() == values.capacity() && values.size() >= kManyValues) values.reserve(expected);
  values.push_back(value);
}

template <class Counts>
void add_counts(Counts& to, Counts const& more) {
  for (auto const& [key, count] : more) to[key] += count;
}

}  // namespace

SeriesKey series_key(model::Measurement const& m) {
  bool const own = m.target == "direct" || m.target == "onion" || m.target == "single-onion";
  bool const sized = m.kind == model::Kind::download || m.kind == model::Kind::upload;
  return {m.experiment, m.arm, m.kind, own ? m.target : "web", sized ? m.filesize : 0};
}

void Collection::note_guard(model::Measurement const& m, double first_byte) {
  if (m.tor.guard.empty()) {
    ++counts_.without_guard;
    return;
  }
  auto& guard = guards_[m.tor.guard];
  ++guard.n;
  if (!m.outcome.ok()) ++guard.failed;
  if (!std::isnan(first_byte)) guard.first_byte.push_back(first_byte);
  if (!guard.nickname.empty()) return;
  for (auto const& circuit : m.tor.circuits)
    if (!circuit.path.empty() && circuit.path.front().fingerprint == m.tor.guard)
      guard.nickname = circuit.path.front().nickname;
}

void Collection::add(model::Measurement const& m) {
  ++counts_.n;
  ++counts_.sources[m.source];
  ++counts_.versions[m.perfd_version];
  auto const at = time_of(m);
  if (at) {
    if (!counts_.first || *at < *counts_.first) counts_.first = at;
    if (!counts_.last || *at > *counts_.last) counts_.last = at;
  } else {
    ++counts_.without_time;
  }
  auto& open = open_[series_key(m)];
  auto& series = open.series;
  if (series.n++ == 0)
    series.url = m.target;
  else if (series.url != m.target)
    series.more_urls = true;
  if (!m.outcome.ok()) {
    ++series.failures[m.outcome.code];
    if (at && kept_ == Kept::all) open.failed_at.push_back(to_us(*at));
    note_guard(m, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  ++counts_.ok;
  ++series.ok;
  auto const values = values_of(m);
  note_guard(m, values[number_of(Quantity::first_byte)]);
  keep_values(open, at, m.kind, values);
}

void Collection::keep_values(Open& open, std::optional<WallTime> at, model::Kind kind,
                             Values const& values) {
  auto& kept = open.series.values;
  if (kept_ == Kept::numbers) {
    for (std::size_t i = 0; i < kQuantities; ++i)
      if (!std::isnan(values[i]) && !is_since_launch(i)) push(kept[i], values[i], expected_);
    return;
  }
  // What is drawn over time keeps a place for each, so that times and values stay together;
  // without a time the place is the first moment's, which cut_into_buckets() passes by.
  open.ok_at.push_back(at ? to_us(*at) : 0);
  for (std::size_t i = 0; i < kQuantities; ++i)
    if (!std::isnan(values[i]) || is_over_time(kind, i)) push(kept[i], values[i], expected_);
}

void Collection::Open::sort_values() {
  for (auto& values : series.values)
    if (!std::is_sorted(values.begin(), values.end())) sort_ascending(values);
}

void Collection::settle() {
  // Else the values stand beside their times until they are cut into buckets.
  if (kept_ != Kept::numbers) return;
  for (auto& [key, open] : open_) open.sort_values();
}

void Collection::Open::merge(Open later, Kept kept) {
  if (kept == Kept::numbers) {
    sort_values();
    later.sort_values();
  }
  auto& more = later.series;
  if (series.n == 0) series.url = more.url;
  series.more_urls = series.more_urls || more.more_urls || series.url != more.url;
  series.n += more.n;
  series.ok += more.ok;
  add_counts(series.failures, more.failures);
  for (std::size_t i = 0; i < kQuantities; ++i) {
    auto& values = series.values[i];
    auto const before = static_cast<std::ptrdiff_t>(values.size());
    append(values, more.values[i]);
    if (kept == Kept::numbers)
      std::inplace_merge(values.begin(), values.begin() + before, values.end());
  }
  append(ok_at, later.ok_at);
  append(failed_at, later.failed_at);
}

void Collection::merge(Collection later) {
  auto const& more = later.counts_;
  counts_.n += more.n;
  counts_.ok += more.ok;
  counts_.without_time += more.without_time;
  counts_.without_guard += more.without_guard;
  if (more.first && (!counts_.first || *more.first < *counts_.first)) counts_.first = more.first;
  if (more.last && (!counts_.last || *more.last > *counts_.last)) counts_.last = more.last;
  add_counts(counts_.sources, more.sources);
  add_counts(counts_.versions, more.versions);
  for (auto& [key, open] : later.open_) open_[key].merge(std::move(open), kept_);
  for (auto& [fingerprint, use] : later.guards_) {
    auto& guard = guards_[fingerprint];
    guard.n += use.n;
    guard.failed += use.failed;
    append(guard.first_byte, use.first_byte);
    if (guard.nickname.empty()) guard.nickname = std::move(use.nickname);
  }
}

// Before the values are sorted: it needs them in the order of their times.
void Collection::cut_into_buckets(Open& open, Micros period) {
  auto& [series, ok_at, failed_at] = open;
  series.bucket = bucket_length(period, series.n);
  auto const timeless = std::count(ok_at.begin(), ok_at.end(), 0) > 0;
  for (auto const q : over_time(series.key.kind)) {
    auto const& values = series.of(q);
    auto& bands_of_it = series.bands[number_of(q)];
    if (!timeless) {
      bands_of_it = bands(ok_at, values, series.bucket);
      continue;
    }
    std::vector<std::int64_t> times;
    std::vector<double> with_time;
    for (std::size_t i = 0; i < ok_at.size(); ++i) {
      if (ok_at[i] == 0) continue;
      times.push_back(ok_at[i]);
      with_time.push_back(values[i]);
    }
    bands_of_it = bands(times, with_time, series.bucket);
  }
  std::erase(ok_at, 0);
  series.shares = failure_shares(ok_at, failed_at, series.bucket);
}

Collected Collection::finish(ArmOrder const& arms) {
  auto out = std::move(counts_);
  auto const period = out.first ? *out.last - *out.first : Micros{0};
  for (auto& [key, open] : open_) {
    open.series.key = key;
    if (kept_ == Kept::all) cut_into_buckets(open, period);
    for (auto& values : open.series.values)
      std::erase_if(values, [](double value) { return std::isnan(value); });
    open.sort_values();
    out.series.push_back(std::move(open.series));
    open = {};
  }
  auto const place = [&](Series const& series) {
    auto const found = arms.find({series.key.experiment, series.key.arm});
    return found == arms.end() ? arms.size() : found->second;
  };
  std::stable_sort(out.series.begin(), out.series.end(), [&](auto const& a, auto const& b) {
    if (a.key.experiment != b.key.experiment) return a.key.experiment < b.key.experiment;
    auto const [of_a, of_b] = std::pair(place(a), place(b));
    return of_a != of_b ? of_a < of_b : a.key < b.key;
  });
  for (auto& [fingerprint, guard] : guards_) {
    sort_ascending(guard.first_byte);
    guard.fingerprint = fingerprint;
    out.guards.push_back(std::move(guard));
  }
  std::stable_sort(out.guards.begin(), out.guards.end(), [](auto const& a, auto const& b) {
    return a.n != b.n ? a.n > b.n : a.fingerprint < b.fingerprint;
  });
  open_.clear();
  guards_.clear();
  counts_ = {};
  return out;
}

}  // namespace perfd::report
