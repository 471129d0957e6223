// The five tables behind Tor Metrics' graphs of performance, by its rules.
//
//   torperf                 date,filesize,source,server,q1,md,q3             ms to the last byte
//   torperf-failures        date,source,server,timeouts,failures,requests
//   onionperf-buildtimes    date,source,position,q1,md,q3                    ms of each hop alone
//   onionperf-latencies     date,source,server,low,q1,md,q3,high             ms, a request and back
//   onionperf-throughput    date,source,server,low,q1,md,q3,high             kbit/s
//
// docs/formats.md ("Tables of Tor Metrics") has the rules; source: metrics-web's module onionperf.
// Thread: values. What is kept of a measurement are a few integers.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/measurement.h"

namespace perfd::report {

class TorMetricsTables {
 public:
  // Downloads that say something about tor; others are passed by.
  void add(model::Measurement const& measurement);

  struct Table {
    std::string name;  // "torperf", without ".csv"
    std::string text;  // lines end with "\n"
  };
  [[nodiscard]] std::array<Table, 5> tables() const;

 private:
  struct Failures {
    std::int64_t timeouts = 0;
    std::int64_t failures = 0;
    std::int64_t requests = 0;
  };
  using Values = std::vector<std::int32_t>;
  using SizeKey = std::tuple<std::string, std::int64_t, std::string, std::string>;
  using ServerKey = std::tuple<std::string, std::string, std::string>;  // date, source, server
  using HopKey = std::tuple<std::string, std::string, int>;             // date, source, position

  std::map<SizeKey, Values> complete_;  // date, filesize, source, server
  std::map<ServerKey, Failures> failures_;
  std::map<HopKey, Values> hops_;
  std::map<ServerKey, Values> latencies_;
  std::map<ServerKey, Values> throughput_;
};

}  // namespace perfd::report
