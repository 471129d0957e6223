// From a line that ends a transfer to the measurement.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "formats/imported.h"
#include "formats/tgen_log.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::Measurement;

// Longer ago no transfer began, nor does one last: it keeps sums in range.
constexpr std::int64_t kLongestTransfer = std::int64_t{30} * 24 * 3600 * 1'000'000;

struct TgenStepMark {
  TgenStep step;
  std::string_view mark;
};
// OnionPerf's choice for .tpf, in which the first message to the proxy has no place.
constexpr std::array kTgenStepMarks = {
    TgenStepMark{TgenStep::socket_create, model::mark::kSocket},
    TgenStepMark{TgenStep::socket_connect, model::mark::kConnect},
    TgenStepMark{TgenStep::proxy_choice, model::mark::kNegotiate},
    TgenStepMark{TgenStep::proxy_request, model::mark::kRequest},
    TgenStepMark{TgenStep::proxy_response, model::mark::kResponse},
    TgenStepMark{TgenStep::command, model::mark::kDataRequest},
    TgenStepMark{TgenStep::response, model::mark::kDataResponse},
};

// Before 1.0 a line doesn't tell how long the transfer took. OnionPerf takes the last step that
// was reached for the end: true of a transfer that completed, not of one that failed later.
std::int64_t last_step(TgenLine const& line) {
  std::int64_t us = 0;
  for (auto const step : line.steps)
    if (step >= 0) us = step;
  return us;
}

// How much earlier than OnionPerf says the transfer may have begun: the first line with payload
// was written when the first byte came.
Micros start_bound(TgenLine const& line, std::optional<TgenProgress> const& progress,
                   WallTime start) {
  auto const first_byte = line.step(TgenStep::first_byte);
  if (line.lasted || !progress || progress->first == WallTime{} || first_byte < 0) return {};
  return std::clamp(start - (progress->first - Micros{first_byte}), Micros{0},
                    Micros{kLongestTransfer});
}

// The tenths and partial sizes, between the first and the last byte. The log's lines are stamped
// a little later than the steps, or, as the start is reckoned from a stamp, earlier.
void add_progress(Measurement& m, TgenLine const& line, TgenProgress progress, WallTime first,
                  std::optional<WallTime> last) {
  auto const newest = last ? std::min(progress.last, *last) : progress.last;
  auto const before = std::max(newest, first);
  auto const seen = progress;
  if (last) progress.note(line.payload, line.size, *last);
  std::vector<std::pair<std::string, model::Mark>> marks;
  auto const add = [&](std::string name, WallTime at, WallTime told) {
    if (at == WallTime{}) return;
    at = std::max(at, first);
    if (last) at = std::min(at, *last);
    // Reached with the last byte, for all that is known: some time after the newest line.
    auto const bound = told == WallTime{} ? std::max(at - before, Micros{0}) : Micros{0};
    marks.emplace_back(std::move(name), model::Mark{at, model::MarkSource::clock, bound});
  };
  for (std::size_t i = 0; i < progress.tenths.size(); ++i)
    add(model::dataperc_name(static_cast<int>(i + 1) * 10), progress.tenths[i], seen.tenths[i]);
  for (std::size_t i = 0; i < progress.partials.size(); ++i) {
    auto const size = model::kPartialSizes[i];
    bool const whole = last && size == line.payload;  // whose time is exact
    add(model::partial_name(size), whole ? *last : progress.partials[i],
        whole ? *last : seen.partials[i]);
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](auto const& a, auto const& b) { return a.second.at < b.second.at; });
  for (auto const& [name, mark] : marks) m.marks.set(name, mark);
}

void add_payload(Measurement& m, TgenLine const& line, std::optional<TgenProgress> const& progress,
                 WallTime start, Micros bound) {
  auto const first_byte = line.step(TgenStep::first_byte);
  auto const last_byte = line.step(TgenStep::last_byte);
  bool const complete = line.event == TgenLine::Event::success && last_byte >= 0;
  if (first_byte < 0) return;
  auto const first = start + Micros{first_byte};
  auto const last = complete ? std::optional(start + Micros{last_byte}) : std::nullopt;
  auto const set = [&](std::string_view mark, WallTime at) {
    m.marks.set(mark, {at, model::MarkSource::clock, bound});
  };
  if (line.upload) {
    set(model::mark::kHandedFirst, first);
    if (last) set(model::mark::kHandedLast, *last);
    return;
  }
  set(model::dataperc_name(0), first);
  // Where the start is not sure the lines' own times don't fit to the steps.
  if (progress && (complete || line.lasted)) add_progress(m, line, *progress, first, last);
  if (!last) return;
  if (!progress)
    for (auto const size : model::kPartialSizes)
      if (size == line.payload) set(model::partial_name(size), *last);
  set(model::dataperc_name(100), *last);
  set(model::mark::kDataComplete, *last);
}

// OnionPerf's word for the line's error: what the proxy refused is tor's doing.
model::Outcome tgen_outcome(TgenLine const& line, Measurement const& m) {
  if (line.event == TgenLine::Event::error) {
    auto word = line.error == "PROXY" ? std::string("TOR") : "TGEN/" + std::string(line.error);
    auto const code = failure_from_onionperf(word);
    if (!line.transport_error.empty() && line.transport_error != "NONE")
      word.append(", transport ").append(line.transport_error);
    return {code, "imported", word};
  }
  if (m.payload_bytes < m.filesize)
    return {model::FailureCode::http_truncated, "imported", "less payload than asked for"};
  if (line.step(TgenStep::last_byte) < 0 && m.filesize > 0)
    return {model::FailureCode::net_closed, "imported", "no time of a last byte"};
  return {};
}

model::Endpoint tgen_endpoint(std::string_view text) {
  // What TGen writes where there is none.
  return text == "NULL:0.0.0.0:0" ? model::Endpoint{} : endpoint_from(text);
}

}  // namespace

Result<Measurement> measurement_of_tgen(TgenLine const& line,
                                        std::optional<TgenProgress> const& progress,
                                        std::string_view text) {
  auto const lasted = line.lasted.value_or(last_step(line));
  auto const longest = std::max(lasted, *std::max_element(line.steps.begin(), line.steps.end()));
  if (longest > kLongestTransfer) return Error{"a transfer of more than 30 days"};
  auto const start = line.at - Micros{lasted};
  if (start <= WallTime{}) return Error{"the transfer began before 1970"};
  auto const bound = start_bound(line, progress, start);

  Measurement m;
  m.id = imported_id(start, text);
  m.source = line.name;
  m.kind = line.upload ? model::Kind::upload : model::Kind::download;
  m.started_at = m.scheduled_at = start;
  m.local = tgen_endpoint(line.local);
  m.proxy = tgen_endpoint(line.proxy);
  m.remote = tgen_endpoint(line.remote);
  m.target = imported_target(m.remote, line.name, line.peer_name);
  m.payload_bytes = line.payload;
  bool const complete = line.event == TgenLine::Event::success;
  m.filesize = line.size == 0 && complete ? line.payload : line.size;
  m.readbytes = line.read;
  m.writebytes = line.written;
  m.marks.set(model::mark::kStart, {start, model::MarkSource::clock, bound});
  for (auto const& [step, mark] : kTgenStepMarks)
    if (line.step(step) >= 0)
      m.marks.set(mark, {start + Micros{line.step(step)}, model::MarkSource::clock, bound});
  add_payload(m, line, progress, start, bound);
  m.outcome = tgen_outcome(line, m);
  return m;
}

}  // namespace perfd::formats
