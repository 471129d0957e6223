#include "import/log_files.h"

#include <utility>

#include "base/text.h"
#include "formats/carrier.h"
#include "formats/imported.h"
#include "formats/tgen_log.h"
#include "import/log_sequence.h"
#include "import/tor_log.h"

namespace perfd::import {
namespace {

// A line's time is its third word.
WallTime time_of(std::string_view line) {
  auto const from = line.find(' ', line.find(' ') + 1) + 1;
  return formats::log_time(line.substr(from, line.find(' ', from) - from)).value_or(WallTime{});
}

class LogImport {
 public:
  LogImport(LogGroup group, Sink& sink, Progress& progress)
      : sink_(sink),
        has_torctl_(!group.torctl.empty()),
        tgen_(std::move(group.tgen), sink, progress),
        torctl_(std::move(group.torctl), sink, progress),
        tor_("", [this](model::Circuit circuit) { keep(std::move(circuit)); }) {}

  Result<void> run() {
    while (auto const line = tgen_.next()) {
      auto found = reader_.line(*line);
      if (!found) {
        sink_.problem(tgen_.place(), found.error().message);
        continue;
      }
      if (!*found) continue;
      auto& measurement = **found;
      join(measurement, time_of(*line));
      if (auto const kept = sink_.measurement(std::move(measurement)); !kept) return kept.error();
      if (failed_) return *failed_;
    }
    while (read_torctl()) {
    }
    if (failed_) return *failed_;
    return {};
  }

 private:
  bool read_torctl() {
    if (failed_) return false;
    auto const line = torctl_.next();
    if (!line) return false;
    if (auto const read = tor_.line(*line); !read)
      sink_.problem(torctl_.place(), read.error().message);
    return true;
  }

  void join(model::Measurement& m, WallTime end) {
    if (!has_torctl_ || m.local.port == 0 || end == WallTime{}) return;
    source_ = m.source;
    while (tor_.now() < end + kNearEnough && read_torctl()) {
    }
    tor_.forget_before(end - 4 * kNearEnough);
    auto found = tor_.stream_from(m.local.port, end, kNearEnough);
    if (!found) return;
    m.tor.instance = source_;
    m.tor.version = tor_.version();
    found->stream.instance = source_;
    for (auto& circuit : found->circuits) circuit.instance = source_;
    m.tor.stream = std::move(found->stream);
    m.tor.circuits = std::move(found->circuits);
    auto const* circuit = formats::carrier(m);
    if (circuit == nullptr) return;
    if (!circuit->path.empty()) m.tor.guard = circuit->path.front().fingerprint;
    m.tor.build_timeout = circuit->build_timeout;
    m.tor.timeout_quantile = circuit->timeout_quantile;
  }

  // TGen's log tells whose tor it is.
  void keep(model::Circuit circuit) {
    if (!sink_.wants_circuits()) return;
    circuit.instance = source_.empty() ? tor_.host() : source_;
    if (auto const kept = sink_.circuit(std::move(circuit)); !kept && !failed_)
      failed_ = kept.error();
  }

  Sink& sink_;
  bool has_torctl_;
  LogSequence tgen_;
  LogSequence torctl_;
  formats::TgenLogReader reader_;
  TorLog tor_;
  std::string source_;
  std::optional<Error> failed_;
};

}  // namespace

Result<void> import_logs(LogGroup group, Sink& sink, Progress& progress) {
  return LogImport(std::move(group), sink, progress).run();
}

}  // namespace perfd::import
