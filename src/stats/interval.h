// A difference between two arms and the interval that it may have.
// Thread: values.
#pragma once

#include <cstdint>

namespace perfd::stats {

struct Interval {
  double low = 0;
  double high = 0;

  friend bool operator==(Interval const&, Interval const&) = default;
};

// What an interval says of a difference: which of the two has more, or that this can't be told.
enum class Verdict : std::uint8_t { not_told, less, more };

// Of one statistic: what it is in both arms, and other - base.
struct Difference {
  double base = 0;
  double other = 0;
  Interval interval;  // of the difference

  [[nodiscard]] double difference() const { return other - base; }
  [[nodiscard]] Verdict verdict() const {
    if (interval.high < 0) return Verdict::less;
    return interval.low > 0 ? Verdict::more : Verdict::not_told;
  }
  friend bool operator==(Difference const&, Difference const&) = default;
};

}  // namespace perfd::stats
