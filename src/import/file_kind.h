// What a file of results is, told by how it begins and, where that says nothing, by its name.
// Thread: pure functions. Input is untrusted.
#pragma once

#include <cstdint>
#include <string_view>

namespace perfd::import {

enum class FileKind : std::uint8_t {
  unknown,
  perfd_lines,         // perfd's own JSON lines
  tpf,                 // Torperf's result lines with their annotation
  torperf_data,        // Torperf's oldest: numbers, one measurement a line
  torperf_extradata,   // which circuit was used, beside it
  torperf_mergedata,   // both in one
  onionperf_analysis,  // OnionPerf's JSON
  tgen_log,            // OnionPerf's raw logs
  torctl_log,
};

[[nodiscard]] std::string_view name(FileKind kind);  // "a log of TGen", for messages

// `path` may be compressed's: "2021-01-01.tpf.xz". `beginning` is its first piece, unpacked.
[[nodiscard]] FileKind kind_of(std::string_view path, std::string_view beginning);

// The path without the endings of compression.
[[nodiscard]] std::string_view without_compression(std::string_view path);

}  // namespace perfd::import
