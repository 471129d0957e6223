// A value that came n times: what a sample is made of where many values are alike.
// Thread: a value.
#pragma once

#include <cstdint>

namespace perfd {

struct Counted {
  double value = 0;
  std::int64_t n = 0;

  friend bool operator==(Counted const&, Counted const&) = default;
};

}  // namespace perfd
