#include "store/tally.h"

#include <algorithm>
#include <numeric>

#include "store/sketch.h"

namespace perfd::store {
namespace {

constexpr std::uint32_t kRoom = 64;  // a doubling on either side

// An answer asks for a million of them.
double value_of_key(std::uint32_t key) {
  static auto const values = [] {
    std::vector<double> all;
    for (std::uint32_t each = 0; each < kSketchKeys; ++each) all.push_back(sketch_value(each));
    return all;
  }();
  return values[key];
}

}  // namespace

void Tally::make_room(std::uint32_t key) {
  auto const low = key < kRoom ? 0 : key - kRoom;
  auto const high = key + kRoom;
  if (counts_.empty()) {
    first_ = low;
    counts_.resize(high - low);
    return;
  }
  if (low < first_) {
    counts_.insert(counts_.begin(), first_ - low, 0);
    first_ = low;
  }
  if (high > first_ + counts_.size()) counts_.resize(high - first_);
}

void Tally::values(std::vector<Counted>& out) const {
  out.clear();
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      out.push_back({value_of_key(first_ + static_cast<std::uint32_t>(i)), counts_[i]});
  if (values_.empty()) return;
  for (auto const value : values_) out.push_back({value, 1});
  std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
  std::size_t last = 0;
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].value == out[last].value)
      out[last].n += out[i].n;
    else
      out[++last] = out[i];
  }
  out.resize(last + 1);
}

void Tally::add(Tally const& other) {
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  for (std::size_t i = 0; i < other.counts_.size(); ++i)
    if (other.counts_[i] > 0)
      add_key(other.first_ + static_cast<std::uint32_t>(i), other.counts_[i]);
  for (std::size_t i = 0; i < outcomes_.size(); ++i) outcomes_[i] += other.outcomes_[i];
  any_ = any_ || other.any_;
}

bool Tally::has_values() const {
  return !values_.empty() ||
         std::any_of(counts_.begin(), counts_.end(), [](auto n) { return n > 0; });
}

std::int64_t Tally::measurements() const {
  return std::accumulate(outcomes_.begin(), outcomes_.end(), std::int64_t{0});
}

void Tally::clear() {
  values_.clear();
  std::fill(counts_.begin(), counts_.end(), 0);
  outcomes_.fill(0);
  any_ = false;
}

}  // namespace perfd::store
