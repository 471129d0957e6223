// Writes OnionPerf's analysis document, version 3.1, of one source and one day.
//
// What each field comes from is in docs/formats.md ("OnionPerf analysis"). The text is one line of
// JSON and comes in pieces, so that a day of any size takes little memory: rows are fetched when
// their turn comes, and what is held are their ids (about 90 bytes a measurement, 32 a circuit or
// a stream). For that each row is fetched two or three times.
//
// The order is OnionPerf's: transfers by their keys as text, which begin with the measurement's id;
// circuits and streams by their ids as numbers. Callers may give rows in any order. Where a day has
// circuits of several tors, or of several runs of one, ids alone don't tell them apart: their keys
// are then "ID:INSTANCE:RUN" and go by run, instance and id.
// Thread: any; calls the caller's functions on it. Whoever wants xz compresses the pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "formats/onionperf_read.h"
#include "model/measurement.h"

namespace perfd::formats {

// What a document is made of. Rows are fetched by their number, from 0; the same number must give
// the same row each time. A failed fetch ends the writing with its error.
struct OnionPerfDay {
  std::string source;
  std::string address = "unknown";  // measurement_ip
  std::vector<OnionPerfGuard> guards;
  std::vector<std::pair<std::string, std::string>> filters;  // as in OnionPerfHead

  // Their streams and circuits are taken from `tor`.
  std::size_t measurements = 0;
  std::function<Result<model::Measurement>(std::size_t)> measurement;
  // Further ones; those of measurements may be among them, and are then taken from here.
  std::size_t circuits = 0;
  std::function<Result<OnionPerfCircuit>(std::size_t)> circuit;
  std::size_t streams = 0;
  std::function<Result<model::Stream>(std::size_t)> stream;
};

// Takes a piece of the text, of 64 KiB or some more; an error ends the writing.
using OnionPerfOutput = std::function<Result<void>(std::string_view)>;

// Whether OnionPerf has a place for it: a download or an upload that says something about tor. Not
// what perfd itself missed, cancelled, lost or broke.
[[nodiscard]] bool is_onionperf_result(model::Measurement const& measurement);

// How many measurements were written: the others of the day have no place there. An error of two
// measurements with one id, and of one of another source.
[[nodiscard]] Result<std::size_t> write_onionperf(OnionPerfDay const& day,
                                                  OnionPerfOutput const& output);

}  // namespace perfd::formats
