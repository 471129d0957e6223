// A series of downloads that shows how tor allots streams to circuits.
//
// Each request is a measurement as any other, with a chosen relation to the others as tor's
// stream isolation sees it; the record of the series holds what tor told of each stream.
// Thread: the measuring loop's.
#pragma once

#include <string>
#include <vector>

#include "experiments/measure_once.h"

namespace perfd::experiments {

enum class SeriesIsolation : std::uint8_t {
  same,  // one SOCKS username for all
  each,  // a username each
  port,  // one username, and the proxies in turn
};

struct SeriesSpec {
  MeasurementSpec request;  // of all of them; its id, kind and time-out are the series'
  int requests = 1;
  bool at_once = false;
  Micros pause{0};
  SeriesIsolation isolation = SeriesIsolation::same;
  std::vector<runtime::Address> proxies;  // for `port`; at least one
};

// The summary over its streams (circuits, distributions) is left to the caller.
[[nodiscard]] runtime::Task<model::Measurement> measure_series(MeasurementPorts ports,
                                                               SeriesSpec spec);

// What a finished request tells of its stream.
[[nodiscard]] model::AllocatedStream allocated(model::Measurement const& request);

}  // namespace perfd::experiments
