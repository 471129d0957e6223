// The values and outcomes of one slot while they are counted: exact values, or the keys of a
// sketch, of which few of all possible ones come.
// Thread: values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/counted.h"
#include "model/outcome.h"

namespace perfd::store {

class Tally {
 public:
  void add_value(double value) { values_.push_back(value); }
  void add_key(std::uint32_t key, std::int64_t n) {
    // Below the first one it is a large number.
    if (key - first_ >= counts_.size()) make_room(key);
    counts_[key - first_] += n;
  }
  void add_outcome(std::uint32_t code, std::int64_t n) {
    if (code < outcomes_.size()) outcomes_[code] += n;
    any_ = true;
  }

  void add(Tally const& other);

  // Every measurement has an outcome.
  [[nodiscard]] bool empty() const { return !any_; }
  [[nodiscard]] bool has_values() const;
  // Ascending, each value once.
  void values(std::vector<Counted>& out) const;
  [[nodiscard]] std::int64_t outcome(model::FailureCode code) const {
    return outcomes_[static_cast<std::size_t>(code)];
  }
  [[nodiscard]] std::span<std::int64_t const> outcomes() const { return outcomes_; }  // by code
  [[nodiscard]] std::int64_t measurements() const;
  [[nodiscard]] std::int64_t failed() const {
    return measurements() - outcome(model::FailureCode::ok);
  }
  // Keeps its memory.
  void clear();

 private:
  void make_room(std::uint32_t key);

  std::vector<double> values_;
  std::uint32_t first_ = 0;  // the key of counts_.front()
  std::vector<std::int64_t> counts_;
  std::array<std::int64_t, 64> outcomes_{};
  bool any_ = false;
};

}  // namespace perfd::store
