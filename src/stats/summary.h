// What a number of measurements came to: the summary of `demo --for` and `measure -n`.
// Thread: values.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"
#include "stats/quantile.h"

namespace perfd::stats {

// START to DATARESPONSE and START to DATACOMPLETE; nothing where a mark is missing.
[[nodiscard]] std::optional<Micros> time_to_first_byte(model::Measurement const& measurement);
[[nodiscard]] std::optional<Micros> time_to_last_byte(model::Measurement const& measurement);
// In bits a second; nothing for a failure or an empty payload.
// Of a download: the verified payload over the time to the last byte, which is what the user got
// from the moment of asking on.
// Of an upload: the payload over the server's time from accepting the connection to its last byte;
// the client knows only when it handed bytes to its socket. The way of the request is part of it:
// what waited at the exit comes in one burst, and a rate from the first byte on would be the
// burst's.
[[nodiscard]] std::optional<double> throughput_bps(model::Measurement const& measurement);

struct Summary {
  std::size_t n = 0;
  std::size_t ok = 0;
  std::map<model::FailureCode, std::size_t> failures;  // by code, without ok
  // Of the successful ones only: a failure's times would make the network look fast
  // or slow by where it broke.
  std::optional<Spread> ttfb_us;
  std::optional<Spread> ttlb_us;
  std::optional<Spread> throughput_bps;

  [[nodiscard]] std::size_t failed() const { return n - ok; }
};

// Takes measurements one by one; keeps three numbers of each.
class Summarizer {
 public:
  void add(model::Measurement const& measurement);
  [[nodiscard]] Summary summary() const;

 private:
  Summary counts_;
  std::vector<double> ttfb_us_;
  std::vector<double> ttlb_us_;
  std::vector<double> throughput_bps_;
};

}  // namespace perfd::stats
