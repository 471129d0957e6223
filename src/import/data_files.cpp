#include "import/data_files.h"

#include <optional>
#include <utility>

#include "formats/torperf_data.h"
#include "import/log_sequence.h"

namespace perfd::import {
namespace {

// Both files are in the order of the measurements' ends; a little disorder is allowed for.
constexpr Micros kDisorder{600'000'000};

std::vector<FileToRead> files_of(std::optional<FileToRead> file) {
  std::vector<FileToRead> out;
  if (file) out.push_back(std::move(*file));
  return out;
}

}  // namespace

Result<void> import_data(DataPair pair, Sink& sink, Progress& progress) {
  auto const name = formats::torperf_name(without_compression(pair.data.place));
  if (!name) {
    sink.problem(pair.data.place, "the name of a .data tells source and size, as in siv-50kb.data");
    return {};
  }
  LogSequence data(files_of(std::move(pair.data)), sink, progress);
  LogSequence extra(files_of(std::move(pair.extradata)), sink, progress);
  formats::TorperfCircuits circuits;
  auto const read_until = [&](WallTime time) {
    while (circuits.newest() < time) {
      auto const line = extra.next();
      if (!line) return;
      auto circuit = formats::parse_torperf_extradata(*line);
      if (!circuit)
        sink.problem(extra.place(), circuit.error().message);
      else if (*circuit)
        circuits.add(std::move(**circuit));
    }
  };
  while (auto const line = data.next()) {
    if (line->empty()) continue;
    auto record = formats::parse_torperf_data(*line, *name);
    if (!record) {
      sink.problem(data.place(), record.error().message);
      continue;
    }
    if (auto const end = formats::TorperfCircuits::completed(*record)) {
      read_until(*end + kDisorder);
      circuits.merge_into(*record);
    }
    auto measurement = formats::from_tpf(*record);
    if (!measurement) {
      sink.problem(data.place(), measurement.error().message);
      continue;
    }
    if (auto const kept = sink.measurement(std::move(*measurement)); !kept) return kept.error();
  }
  return {};
}

}  // namespace perfd::import
