// Results of Torperf and OnionPerf, from the files as they lie about to measurements.
//
// Kinds: FileKind. Compressed ones and tarballs of them are read as they are. What is broken is
// told with its place, and the rest is imported. An imported measurement has an id that is made
// from its text, so that it is known again. Its experiment is named by what was measured:
// "download-5m", "onion-50k". Thread: one; blocks. Memory is bounded, whatever the size of the
// files. Input is untrusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "import/sink.h"

namespace perfd::import {

struct Options {
  std::string source;  // the vantage point, in the place of what the files say
};

struct Counts {
  std::size_t files = 0;         // that were results
  std::size_t passed_by = 0;     // in folders and tarballs: something else
  std::size_t measurements = 0;  // found
  std::size_t circuits = 0;      // in logs
  std::size_t broken = 0;        // lines, records and files
};

// The error ends it: a path that isn't there, a sink that fails.
[[nodiscard]] Result<Counts> import_files(std::vector<std::filesystem::path> const& paths,
                                          Options const& options, Sink& sink);

// "download-50k", "onion-5m", "upload-1m", "download-12345".
[[nodiscard]] std::string experiment_of(model::Measurement const& measurement);

}  // namespace perfd::import
