// Torperf's result lines, "@type torperf 1.x": what CollecTor archives.
//
// A record is an annotation line and a line of KEY=VALUE pairs in ASCII order of the
// keys, with single spaces. Times are seconds since the epoch with two decimals, cut
// off and not rounded, so that no moment moves into the future; a required moment
// that was not reached is 0.0. docs/formats.md has the table of keys.
// Source of the reader's rules: TorperfResultImpl of metrics-lib 2.
// Thread: values and pure functions. Input is untrusted: lines are bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"

namespace perfd::formats {

inline constexpr std::size_t kMaxTpfLine = std::size_t{64} << 10U;

// One record as it stands in a file: unknown keys are kept.
struct TpfRecord {
  std::string version = "1.1";                             // of the annotation; empty without one
  std::vector<std::pair<std::string, std::string>> pairs;  // in the order of the file
  std::size_t line = 0;                                    // of the pairs; counts from 1

  [[nodiscard]] std::string const* find(std::string_view key) const;
  friend bool operator==(TpfRecord const& a, TpfRecord const& b) {
    return a.version == b.version && a.pairs == b.pairs;
  }
};

// Reads a file line by line. After an error the reader goes on with the next line.
class TpfReader {
 public:
  // A line with or without its end. Gives a record when the line completes one.
  [[nodiscard]] Result<std::optional<TpfRecord>> line(std::string_view text);
  // At the end of the file: an annotation without a result is an error.
  [[nodiscard]] Result<void> finish();

 private:
  std::size_t number_ = 0;
  std::string version_;  // of the annotation that waits for its line
};

// A whole file in memory; the first error ends it.
[[nodiscard]] Result<std::vector<TpfRecord>> read_tpf(std::string_view text);
// The annotation and the result with their line ends: read_tpf of a file and this again gives the
// file's bytes.
[[nodiscard]] std::string write_tpf(TpfRecord const& record);

// Whether Torperf has a place for it: a download that says something about tor. Other
// kinds have none, nor have records of what perfd itself missed, cancelled, lost or broke.
[[nodiscard]] bool is_torperf_result(model::Measurement const& measurement);

// The record of a measurement; nothing for what is no Torperf result.
[[nodiscard]] std::optional<TpfRecord> to_tpf(model::Measurement const& measurement);
// The same as text, appended; false if there is nothing to write.
bool append_tpf(std::string& out, model::Measurement const& measurement);

// The measurement of a record, as far as Torperf's keys tell. Its id is made from
// START and the whole record, so that the same line always gives the same id.
[[nodiscard]] Result<model::Measurement> from_tpf(TpfRecord const& record);

// OnionPerf's word for a failure ("TOR/END/TIMEOUT", "TGEN/READ"); empty for ok.
[[nodiscard]] std::string onionperf_error(model::Measurement const& measurement);
// The failure that an OnionPerf word stands for, as near as the word tells.
[[nodiscard]] model::FailureCode failure_from_onionperf(std::string_view word);

}  // namespace perfd::formats
