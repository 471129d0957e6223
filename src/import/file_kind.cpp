#include "import/file_kind.h"

#include <array>
#include <string>

#include "base/text.h"

namespace perfd::import {
namespace {

constexpr std::array<std::string_view, 4> kCompressed = {".xz", ".gz", ".bz2", ".zst"};

// "2019-01-31 11:29:51 1548934191.14 …", as both logs of OnionPerf begin their lines.
bool begins_as_log(std::string_view line) {
  constexpr std::string_view kShape = "0000-00-00 00:00:00 0000000000.";
  if (line.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    bool const digit = line[i] >= '0' && line[i] <= '9';
    if (kShape[i] == '0' ? !digit : line[i] != kShape[i]) return false;
  }
  return true;
}

// The fourth word tells the two apart: "[message]", "[info]" of TGen; an event of tor's, or a note.
FileKind log_kind(std::string_view line) {
  auto const words = split(line.substr(0, 200), ' ');
  if (words.size() < 5) return FileKind::unknown;
  bool const level = words[3].starts_with('[') && words[3].ends_with(']');
  bool const place = words[4].starts_with('[') && words[4].find(':') != std::string_view::npos;
  return level && place ? FileKind::tgen_log : FileKind::torctl_log;
}

}  // namespace

std::string_view name(FileKind kind) {
  switch (kind) {
    case FileKind::unknown:
      return "no file of results that is known";
    case FileKind::perfd_lines:
      return "perfd's JSON lines";
    case FileKind::tpf:
      return "Torperf's results";
    case FileKind::torperf_data:
      return "Torperf's .data";
    case FileKind::torperf_extradata:
      return "Torperf's .extradata";
    case FileKind::torperf_mergedata:
      return "Torperf's .mergedata";
    case FileKind::onionperf_analysis:
      return "an analysis of OnionPerf";
    case FileKind::tgen_log:
      return "a log of TGen";
    case FileKind::torctl_log:
      return "a log of OnionPerf's control connection";
  }
  return "";
}

std::string_view without_compression(std::string_view path) {
  for (auto const end : kCompressed)
    if (path.ends_with(end)) return path.substr(0, path.size() - end.size());
  return path;
}

FileKind kind_of(std::string_view path, std::string_view beginning) {
  auto const line = beginning.substr(0, beginning.find('\n'));
  if (line.starts_with("@type torperf ")) return FileKind::tpf;
  if (line.starts_with(R"({"schema":)")) return FileKind::perfd_lines;
  if (begins_as_log(line)) return log_kind(line);
  auto const file = without_compression(path);
  if (trim(beginning.substr(0, 4096)).starts_with('{')) return FileKind::onionperf_analysis;
  if (file.ends_with(".tpf")) return FileKind::tpf;
  if (file.ends_with(".data")) return FileKind::torperf_data;
  if (file.ends_with(".extradata")) return FileKind::torperf_extradata;
  if (file.ends_with(".mergedata")) return FileKind::torperf_mergedata;
  // Logs may begin in the middle of an event's body.
  if (file.ends_with(".torctl.log")) return FileKind::torctl_log;
  if (file.ends_with(".tgen.log")) return FileKind::tgen_log;
  return FileKind::unknown;
}

}  // namespace perfd::import
