#include "app/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/jsonl.h"

namespace perfd::app {
namespace {

namespace mark = model::mark;

std::string column(std::string_view label, std::optional<Micros> span) {
  return span ? fmt::format("{} {:<8}", label, describe_duration(*span)) : std::string();
}

std::string throughput(model::Measurement const& m) {
  auto const bps = stats::throughput_bps(m);
  return bps ? fmt::format("{:>7.2f} Mbit/s", *bps / 1e6) : "";
}

// What results are told apart by.
std::string label_of(model::Measurement const& m) {
  return m.arm.empty() ? m.experiment : m.experiment + "/" + m.arm;
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
  auto out = fmt::format("{}  {:<16} ", format_iso(when).substr(11, 8), label_of(m));
  if (!m.outcome.ok()) {
    out += fmt::format("FAILED {}", model::name(m.outcome.code));
    if (!m.outcome.operation.empty()) out += " at " + m.outcome.operation;
    if (!m.outcome.detail.empty()) out += ": " + m.outcome.detail;
    out += fmt::format(" (last mark {})", last_mark(m));
  } else if (m.kind == model::Kind::resolve) {
    out += fmt::format(
        "ok  {}  {}", column("answer", m.marks.between(mark::kStart, mark::kResponse)), m.resolved);
  } else if (m.allocation) {
    auto const& series = *m.allocation;
    out += fmt::format("ok  {} {} on {} {}, waited {} (median)", series.streams.size(),
                       series.streams.size() == 1 ? "stream" : "streams", series.circuits,
                       series.circuits == 1 ? "circuit" : "circuits",
                       describe_duration(Micros{series.waited_us.median}));
  } else if (m.page) {
    out += fmt::format("ok  {} {} {}{} requests, {} connections",
                       column("ttfb", m.marks.between(mark::kStart, mark::kDataResponse)),
                       column("load", m.marks.between(mark::kStart, mark::kLoad)),
                       column("fully loaded", m.marks.between(mark::kStart, mark::kFullyLoaded)),
                       model::requests(*m.page), m.page->connections.size());
    if (m.page->failed > 0) out += fmt::format(", {} failed", m.page->failed);
  } else {
    out += fmt::format(
        "ok  {} {}{}", column("ttfb", m.marks.between(mark::kStart, mark::kDataResponse)),
        column("ttlb", m.marks.between(mark::kStart, mark::kDataComplete)), throughput(m));
  }
  // Of a series there is no one path.
  if (auto const path = path_text(m); !path.empty() && !m.allocation) out += "  " + path;
  return out;
}

std::string summary_text(stats::Summary const& summary) {
  using stats::Metric;
  auto out = fmt::format("{} of {} ok", summary.ok, summary.n);
  auto const span = [](double us) {
    return describe_duration(Micros{static_cast<std::int64_t>(us)});
  };
  // The medians of some times, and between what most of the last one's lie.
  auto const tell = [&](std::initializer_list<std::pair<Metric, char const*>> times) {
    auto const& last = summary.of(std::rbegin(times)->first);
    if (!last) return;
    for (auto const& [metric, label] : times)
      if (auto const& time = summary.of(metric))
        out += fmt::format("  {} {}", label, span(time->median));
    out += fmt::format(" (median; 10 % under {}, 10 % over {})", span(last->p10), span(last->p90));
  };
  tell({{Metric::first_byte, "ttfb"}, {Metric::last_byte, "ttlb"}});
  tell({{Metric::first_byte, "ttfb"},
        {Metric::first_paint, "first paint"},
        {Metric::largest_paint, "largest paint"},
        {Metric::load, "load"},
        {Metric::fully_loaded, "fully loaded"}});
  if (auto const& rate = summary.of(Metric::throughput))
    out += fmt::format("  {:.2f} Mbit/s", rate->median / 1e6);
  for (auto const& [code, count] : summary.failures)
    out += fmt::format("  {} x {}", count, model::name(code));
  return out;
}

bool ResultPrinter::print(model::Measurement const& measurement) {
  summaries_[label_of(measurement)].add(measurement);
  all_.add(measurement);
  auto const line = (json_ ? formats::to_json_line(measurement) : result_line(measurement)) + "\n";
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
         std::fflush(stdout) == 0;
}

void ResultPrinter::print_summary() const {
  // Beside JSON lines it must not stand on the same output.
  auto* const out = json_ ? stderr : stdout;
  for (auto const& [label, summarizer] : summaries_)
    std::fprintf(out, "%-16s %s\n", label.c_str(), summary_text(summarizer.summary()).c_str());
  std::fflush(out);
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
