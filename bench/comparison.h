// The marks of transfers held against the capture of the same transfers.
//
// A mark promises that its event happened in [at - error_bound, at], in whole µs that were
// rounded down. The capture's own stamps are not the network stack's, so the truth counts as
// inside to 1 µs (comparison.cc).
// Thread: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flows.h"
#include "net/transfer.h"

namespace perfd::bench {

// All marks of one kind.
struct Compared {
  std::vector<double> errors_us;  // |at - truth|
  std::vector<double> bounds_us;
  std::uint64_t outside = 0;  // the truth is not in the interval
};

class Comparison {
 public:
  // `size` is the payload's.
  Comparison(Flows const& flows, std::int64_t size) : flows_(flows), size_(size) {}

  void add(net::TransferTrace const& trace);
  [[nodiscard]] std::string json() const;

 private:
  void compare(std::string_view name, Flow const& flow, std::uint64_t place,
               net::TransferTrace const& trace, Compared& into);

  Flows const& flows_;
  std::int64_t size_;
  Compared response_, perc_, complete_;
  std::uint64_t compared_ = 0;    // transfers
  std::uint64_t gaps_ = 0;        // left out: the capture has not all of it
  std::uint64_t doubtful_ = 0;    // left out: which copy of a segment TCP took can't be told
  std::uint64_t repeated_ = 0;    // compared; segments were sent again
  std::uint64_t reordered_ = 0;   // compared; segments came before their turn
  std::uint64_t by_clock_ = 0;    // DATACOMPLETE from perfd's clock instead of the kernel's
  std::vector<std::string> odd_;  // what was outside, in words; the first few
};

}  // namespace perfd::bench
