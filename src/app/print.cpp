#include "app/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::app {
namespace {

namespace mark = model::mark;

std::string column(std::string_view label, std::optional<Micros> span) {
  return span ? fmt::format("{} {:<8}", label, describe_duration(*span)) : std::string();
}

// Payload bits over the time from its first to its last byte.
std::string throughput(model::Measurement const& m) {
  auto const span = m.marks.between(mark::kDataResponse, mark::kDataComplete);
  if (!span || span->count() <= 0) return "";
  auto const mbit = static_cast<double>(m.payload_bytes) * 8 / static_cast<double>(span->count());
  return fmt::format("{:>7.2f} Mbit/s", mbit);
}

std::string_view last_mark(model::Measurement const& m) {
  return m.marks.empty() ? std::string_view("none") : m.marks.entries().back().name;
}

}  // namespace

std::string path_text(model::Measurement const& measurement) {
  if (measurement.tor.circuits.empty()) return "";
  auto const* circuit = &measurement.tor.circuits.front();
  if (measurement.tor.stream && !measurement.tor.stream->attachments.empty()) {
    auto const last = measurement.tor.stream->attachments.back().circuit_id;
    for (auto const& candidate : measurement.tor.circuits)
      if (candidate.id == last) circuit = &candidate;
  }
  std::string out;
  for (auto const& hop : circuit->path) {
    if (!out.empty()) out += " > ";
    out += hop.nickname.empty() ? hop.fingerprint.substr(0, 8) : hop.nickname;
  }
  return out;
}

std::string result_line(model::Measurement const& m) {
  auto const when = m.started_at.time_since_epoch().count() != 0 ? m.started_at : m.scheduled_at;
  auto const label = m.arm.empty() ? m.experiment : m.experiment + "/" + m.arm;
  auto out = fmt::format("{}  {:<14} ", format_iso(when).substr(11, 8), label);
  if (!m.outcome.ok()) {
    out += fmt::format("FAILED {}", model::name(m.outcome.code));
    if (!m.outcome.operation.empty()) out += " at " + m.outcome.operation;
    if (!m.outcome.detail.empty()) out += ": " + m.outcome.detail;
    out += fmt::format(" (last mark {})", last_mark(m));
  } else if (m.kind == model::Kind::resolve) {
    out += fmt::format(
        "ok  {}  {}", column("answer", m.marks.between(mark::kStart, mark::kResponse)), m.resolved);
  } else {
    out += fmt::format(
        "ok  {} {}{}", column("ttfb", m.marks.between(mark::kStart, mark::kDataResponse)),
        column("ttlb", m.marks.between(mark::kStart, mark::kDataComplete)), throughput(m));
  }
  if (auto const path = path_text(m); !path.empty()) out += "  " + path;
  return out;
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

Progress::Progress() : terminal_(is_terminal(STDERR_FILENO)) {}

void Progress::show(std::string_view text) {
  if (!terminal_) return;
  std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace perfd::app
