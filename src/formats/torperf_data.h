// Torperf's own files, before .tpf: .data, .extradata and .mergedata.
//
//   .data       numbers, one measurement a line: nine moments as seconds and microseconds, bytes
//               written and read, later whether it timed out, and the moments of nine tenths
//   .extradata  KEY=VALUE pairs of a circuit and the stream that used it; other lines between them
//   .mergedata  KEY=VALUE pairs of both
//
// Source and file size stand in the file's name alone. Each line becomes a record of .tpf with the
// full precision of its line.
// Thread: values and pure functions. Input is untrusted: lines are bounded by their reader.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "formats/tpf.h"

namespace perfd::formats {

struct TorperfName {
  std::string source;
  std::int64_t filesize = 0;
};
// "torperf-50kb.data", also with a folder before it: 50kb, 1mb and 5mb, or bytes. Nothing for a
// name that tells no size.
[[nodiscard]] std::optional<TorperfName> torperf_name(std::string_view path);

[[nodiscard]] Result<TpfRecord> parse_torperf_data(std::string_view line, TorperfName const& name);
// Nothing for a line that tells of no circuit: a BUILDTIMEOUT_SET that was copied, an empty one.
[[nodiscard]] Result<std::optional<TpfRecord>> parse_torperf_extradata(std::string_view line);
[[nodiscard]] Result<TpfRecord> parse_torperf_mergedata(std::string_view line,
                                                        TorperfName const& name);

// Which circuit a measurement used, by Torperf's rule: the stream ended within a second of
// DATACOMPLETE. Both files are in the order of their ends; only records near the last one asked for
// are held.
class TorperfCircuits {
 public:
  // In the order of the file.
  void add(TpfRecord circuit);
  // The end of the newest one.
  [[nodiscard]] WallTime newest() const { return newest_; }
  // Adds the nearest circuit's keys to `record`, and forgets those of more than ten minutes before.
  void merge_into(TpfRecord& record);
  // When the record's measurement was complete; nothing when it never was.
  [[nodiscard]] static std::optional<WallTime> completed(TpfRecord const& record);

 private:
  struct Used {
    WallTime at;
    TpfRecord circuit;
  };
  std::deque<Used> used_;
  WallTime newest_{};
};

}  // namespace perfd::formats
