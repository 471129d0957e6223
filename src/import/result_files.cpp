#include "import/result_files.h"

#include <functional>
#include <optional>
#include <utility>

#include "formats/torperf_data.h"
#include "formats/tpf.h"
#include "import/lines.h"

namespace perfd::import {
namespace {

using Converted = Result<std::optional<model::Measurement>>;

// Each line to `convert`; what is broken is told, and the next line is read.
Result<void> each_line(std::string_view beginning, Input& input, std::string const& place,
                       Sink& sink, Progress& progress,
                       std::function<Converted(std::string_view)> const& convert) {
  bool begun = false;
  Lines lines([&]() -> Result<std::string_view> {
    if (!std::exchange(begun, true) && !beginning.empty()) return beginning;
    return input.read();
  });
  auto const here = [&] { return place + ":" + std::to_string(lines.number()); };
  while (true) {
    auto const line = lines.next();
    if (!line) {
      sink.problem(here(), line.error().message);
      return {};
    }
    if (!*line) return {};
    if (lines.number() % 4096 == 0) progress.within(input.consumed());
    if (lines.too_long()) {
      sink.problem(here(), "a line of more than " + std::to_string(kLongestLine) + " bytes");
      continue;
    }
    auto converted = convert(**line);
    if (!converted) {
      sink.problem(here(), converted.error().message);
    } else if (*converted) {
      if (auto const kept = sink.measurement(std::move(**converted)); !kept) return kept.error();
    }
  }
}

Converted measurement_of(Result<formats::TpfRecord> const& record) {
  if (!record) return record.error();
  auto measurement = formats::from_tpf(*record);
  if (!measurement) return measurement.error();
  return std::optional(std::move(*measurement));
}

}  // namespace

Result<void> import_results(FileKind kind, std::string_view beginning, Input& input,
                            std::string const& place, Sink& sink, Progress& progress) {
  if (kind == FileKind::tpf) {
    formats::TpfReader reader;
    auto const read =
        each_line(beginning, input, place, sink, progress, [&](std::string_view line) -> Converted {
          auto record = reader.line(line);
          if (!record) return record.error();
          if (!*record) return std::optional<model::Measurement>();
          return measurement_of(**record);
        });
    if (!read) return read;
    if (auto const end = reader.finish(); !end) sink.problem(place, end.error().message);
    return {};
  }
  auto const name = formats::torperf_name(without_compression(place));
  if (!name) {
    sink.problem(place, "the name of a .mergedata tells source and size, as in siv-50kb.mergedata");
    return {};
  }
  return each_line(beginning, input, place, sink, progress,
                   [&](std::string_view line) -> Converted {
                     if (line.empty()) return std::optional<model::Measurement>();
                     return measurement_of(formats::parse_torperf_mergedata(line, *name));
                   });
}

}  // namespace perfd::import
