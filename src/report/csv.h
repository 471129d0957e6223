// The summary numbers as CSV (RFC 4180).
// Thread: pure functions.
#pragma once

#include <string>

#include "report/collected.h"

namespace perfd::report {

// A line of names, and a line for each experiment, arm, target, size and metric that has values:
// experiment,arm,target,filesize,metric,n,p10,q1,median,q3,p90,p99,unit,rate
// Failures have lines of their own, "failures" of all and "failures_NET_TIMEOUT" by code: n is how
// many there are, rate their share of the measurements, the quantiles are empty.
// Times in us, rates in bit/s, with the fewest digits that read back to the same number; filesize
// in bytes, of downloads and uploads, else empty. Lines end with "\r\n".
[[nodiscard]] std::string summary_csv(Collected const& results);

}  // namespace perfd::report
