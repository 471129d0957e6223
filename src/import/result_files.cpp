#include "import/result_files.h"

#include <functional>
#include <optional>
#include <utility>

#include "formats/jsonl.h"
#include "formats/onionperf_read.h"
#include "formats/torperf_data.h"
#include "formats/tpf.h"
#include "import/lines.h"

namespace perfd::import {
namespace {

using Converted = Result<std::optional<model::Measurement>>;

// The readers of whole files say the line, which the place says already.
std::string without_line(std::string const& reason, std::uint64_t number) {
  auto const line = "line " + std::to_string(number) + ": ";
  return reason.starts_with(line) ? reason.substr(line.size()) : reason;
}

// Each line to `convert`; what is broken is told, and the next line is read.
Result<void> each_line(std::string_view beginning, Input& input, std::string const& place,
                       Sink& sink, Progress& progress, std::size_t longest,
                       std::function<Converted(std::string_view)> const& convert) {
  bool begun = false;
  Lines lines(
      [&]() -> Result<std::string_view> {
        if (!std::exchange(begun, true) && !beginning.empty()) return beginning;
        return input.read();
      },
      longest);
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
      sink.problem(here(), "a line of more than " + std::to_string(longest) + " bytes");
      continue;
    }
    auto converted = convert(**line);
    if (!converted) {
      sink.problem(here(), without_line(converted.error().message, lines.number()));
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

// All of a document or nothing: its version stands at its end.
Result<void> import_analysis(std::string_view beginning, Input& input, std::string const& place,
                             Sink& sink, Progress& progress) {
  Result<void> kept;
  formats::OnionPerfSinks sinks;
  sinks.measurement = [&](model::Measurement&& measurement) {
    if (kept) kept = sink.measurement(std::move(measurement));
  };
  if (sink.wants_circuits())
    sinks.circuit = [&](std::string const& source, formats::OnionPerfCircuit&& row) {
      row.circuit.instance = source;
      if (kept) kept = sink.circuit(std::move(row.circuit));
    };
  formats::OnionPerfReader reader(std::move(sinks));
  auto piece = Result<std::string_view>(beginning);
  while (piece && !piece->empty()) {
    if (auto const read = reader.feed(*piece); !read) {
      sink.problem(place, read.error().message);
      return {};
    }
    progress.within(input.consumed());
    piece = input.read();
  }
  if (!piece) return sink.problem(place, piece.error().message), Result<void>();
  auto const count = reader.finish();
  if (!kept) return kept;
  if (!count) sink.problem(place, count.error().message);
  return {};
}

}  // namespace

Result<void> import_results(FileKind kind, std::string_view beginning, Input& input,
                            std::string const& place, Sink& sink, Progress& progress) {
  if (kind == FileKind::tpf) {
    formats::TpfReader reader;
    auto const read = each_line(beginning, input, place, sink, progress, kLongestLine,
                                [&](std::string_view line) -> Converted {
                                  auto record = reader.line(line);
                                  if (!record) return record.error();
                                  if (!*record) return std::optional<model::Measurement>();
                                  return measurement_of(**record);
                                });
    if (!read) return read;
    if (auto const end = reader.finish(); !end) sink.problem(place, end.error().message);
    return {};
  }
  if (kind == FileKind::perfd_lines)
    return each_line(beginning, input, place, sink, progress, kLongestRecord,
                     [](std::string_view line) -> Converted {
                       auto measurement = formats::from_json_line(line);
                       if (!measurement) return measurement.error();
                       return std::optional(std::move(*measurement));
                     });
  if (kind == FileKind::onionperf_analysis)
    return import_analysis(beginning, input, place, sink, progress);
  auto const name = formats::torperf_name(without_compression(place));
  if (!name) {
    sink.problem(place, "the name of a .mergedata tells source and size, as in siv-50kb.mergedata");
    return {};
  }
  return each_line(beginning, input, place, sink, progress, kLongestLine,
                   [&](std::string_view line) -> Converted {
                     if (line.empty()) return std::optional<model::Measurement>();
                     return measurement_of(formats::parse_torperf_mergedata(line, *name));
                   });
}

}  // namespace perfd::import
