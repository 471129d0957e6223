// The marks that a payload's progress sets: DATAPERC0 to 100 and PARTIAL<n>.
// Thread: the loop's; values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/mark.h"
#include "net/arrival_clock.h"

namespace perfd::net {

class ProgressMarks {
 public:
  // Without a `total` only the PARTIAL marks can be told.
  explicit ProgressMarks(std::optional<std::int64_t> total);

  // Whether a mark falls due once `received` payload bytes are there.
  [[nodiscard]] bool due(std::int64_t received) const {
    return next_ < thresholds_.size() && thresholds_[next_].bytes <= received;
  }
  // Sets the marks that fall due with a read that brought the payload up to `received`;
  // `ends_read` says that the payload's bytes are the last ones of that read.
  void pass(std::int64_t received, bool ends_read, ArrivalClock::Judgement const& judgement,
            runtime::TraceClock const& clock, model::Marks& marks);

 private:
  struct Threshold {
    std::int64_t bytes;
    std::string name;
  };
  std::vector<Threshold> thresholds_;  // in ascending order
  std::size_t next_ = 0;
};

}  // namespace perfd::net
