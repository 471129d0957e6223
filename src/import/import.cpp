#include "import/import.h"

#include <algorithm>
#include <utility>

#include "formats/imported.h"
#include "import/data_files.h"
#include "import/file_kind.h"
#include "import/file_list.h"
#include "import/input.h"
#include "import/lines.h"
#include "import/log_files.h"
#include "import/progress.h"
#include "import/result_files.h"
#include "import/spool.h"

namespace perfd::import {
namespace {

// Between the readers and the sink: counts, and finishes what the files leave open.
class Finisher final : public Sink {
 public:
  Finisher(Options const& options, Sink& sink) : options_(options), sink_(sink) {}

  Result<void> measurement(model::Measurement m) override {
    ++counts.measurements;
    if (!options_.source.empty()) m.source = options_.source;
    if (m.source.empty()) m.source = "unknown";
    if (m.experiment.empty()) m.experiment = experiment_of(m);
    return sink_.measurement(std::move(m));
  }
  Result<void> circuit(model::Circuit circuit) override {
    ++counts.circuits;
    if (!options_.source.empty()) circuit.instance = options_.source;
    // Files don't tell the runs of a tor apart, and ids begin anew with each: the moment does.
    circuit.tor_run =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_us(circuit.launched_at)));
    return sink_.circuit(std::move(circuit));
  }
  [[nodiscard]] bool wants_circuits() const override { return sink_.wants_circuits(); }
  void problem(std::string const& place, std::string const& reason) override {
    ++counts.broken;
    sink_.problem(place, reason);
  }
  void progress(std::int64_t done, std::int64_t all) override { sink_.progress(done, all); }

  Counts counts;

 private:
  Options const& options_;
  Sink& sink_;
};

class FileImport {
 public:
  FileImport(Finisher& sink, std::int64_t all) : sink_(sink), progress_(sink, all) {}

  Result<void> read(Listed const& file) {
    auto input = Input::open(file.path);
    if (!input) return sink_.problem(file.path.string(), input.error().message), success();
    while (true) {
      auto const place = (*input)->next();
      if (!place) {
        sink_.problem(file.path.string(), place.error().message);
        break;
      }
      if (!*place) break;
      if (auto const done = read_one(**input, **place, file); !done) return done.error();
    }
    if (!held_) progress_.finished((*input)->consumed());
    held_ = false;
    return {};
  }

  // What had to be known whole before it could be read.
  Result<void> read_held() {
    for (auto& group : group_logs(std::move(logs_)))
      if (auto const done = import_logs(std::move(group), sink_, progress_); !done)
        return done.error();
    auto data = pair_data(std::move(data_));
    for (auto& pair : data.pairs)
      if (auto const done = import_data(std::move(pair), sink_, progress_); !done)
        return done.error();
    for (auto const& file : data.alone)
      sink_.problem(file.place, "an .extradata without the .data of its name tells no measurement");
    return {};
  }

 private:
  static Result<void> success() { return {}; }

  Result<void> read_one(Input& input, std::string const& place, Listed const& file) {
    auto const first = input.read();
    if (!first) return sink_.problem(place, first.error().message), success();
    std::string const beginning(*first);  // the next call ends it
    auto const kind = kind_of(place, beginning);
    if (kind == FileKind::unknown) {
      if (file.asked_for && !input.is_tarball())
        sink_.problem(place, std::string(name(kind)) +
                                 ": perfd reads .tpf, .data, .mergedata, OnionPerf's analysis and "
                                 "its logs");
      else
        ++sink_.counts.passed_by;
      return {};
    }
    ++sink_.counts.files;
    switch (kind) {
      case FileKind::tgen_log:
      case FileKind::torctl_log:
      case FileKind::torperf_data:
      case FileKind::torperf_extradata:
        return hold(input, place, file, kind, beginning);
      default:
        return import_results(kind, beginning, input, place, sink_, progress_);
    }
  }

  Result<void> hold(Input& input, std::string const& place, Listed const& file, FileKind kind,
                    std::string const& beginning) {
    FileToRead held{file.path, place, kind, first_time(beginning)};
    if (input.is_tarball()) {
      auto kept = spool_.keep(beginning, input);
      if (!kept) return kept.error();
      held.path = std::move(*kept);
      held.unpacked = true;
    } else {
      held_ = true;
    }
    bool const log = kind == FileKind::tgen_log || kind == FileKind::torctl_log;
    (log ? logs_ : data_).push_back(std::move(held));
    return {};
  }

  Finisher& sink_;
  Progress progress_;
  Spool spool_;
  std::vector<FileToRead> logs_;
  std::vector<FileToRead> data_;
  bool held_ = false;  // the file at hand is read later
};

std::string size_text(std::int64_t bytes) {
  if (bytes > 0 && bytes % (1024 * 1024) == 0) return std::to_string(bytes / (1024 * 1024)) + "m";
  if (bytes > 0 && bytes % 1024 == 0) return std::to_string(bytes / 1024) + "k";
  return std::to_string(bytes);
}

}  // namespace

std::string experiment_of(model::Measurement const& m) {
  bool const onion = m.target == "onion" || m.target == "single-onion";
  if (m.kind == model::Kind::upload)
    return (onion ? "onion-upload-" : "upload-") + size_text(m.filesize);
  return (onion ? "onion-" : "download-") + size_text(m.filesize);
}

Result<Counts> import_files(std::vector<std::filesystem::path> const& paths, Options const& options,
                            Sink& sink) {
  auto const files = list_files(paths);
  if (!files) return files.error();
  std::int64_t all = 0;
  for (auto const& file : *files) all += file.size;
  Finisher finisher(options, sink);
  FileImport import(finisher, all);
  for (auto const& file : *files)
    if (auto const done = import.read(file); !done) return done.error();
  if (auto const done = import.read_held(); !done) return done.error();
  return finisher.counts;
}

}  // namespace perfd::import
