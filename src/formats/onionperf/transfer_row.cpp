// Transfers and streams of TGen: brought into the shape of the log line that OnionPerf read them
// from, so that a document gives the same measurements as the log.
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/values.h"
#include "formats/tgen_log.h"

namespace perfd::formats::onionperf {
namespace {

// In the order of TgenStep, without the direction of the payload's.
constexpr std::array<std::string_view, kTgenSteps> kTimeInfo = {
    "time_info/usecs-to-socket-create", "time_info/usecs-to-socket-connect",
    "time_info/usecs-to-proxy-init",    "time_info/usecs-to-proxy-choice",
    "time_info/usecs-to-proxy-request", "time_info/usecs-to-proxy-response",
    "time_info/usecs-to-command",       "time_info/usecs-to-response",
    "time_info/usecs-to-first-byte",    "time_info/usecs-to-last-byte",
    "time_info/usecs-to-checksum"};
constexpr std::array<std::string_view, kTgenSteps> kElapsed = {
    "elapsed_seconds/socket_create", "elapsed_seconds/socket_connect",
    "elapsed_seconds/proxy_init",    "elapsed_seconds/proxy_choice",
    "elapsed_seconds/proxy_request", "elapsed_seconds/proxy_response",
    "elapsed_seconds/command",       "elapsed_seconds/response",
    "elapsed_seconds/first_byte",    "elapsed_seconds/last_byte",
    "elapsed_seconds/checksum"};

// "0.3" is 3; nothing for what is no tenth.
std::optional<std::size_t> tenth_of(std::string_view text) {
  if (text == "1.0") return 10;
  if (text.size() != 3 || !text.starts_with("0.")) return std::nullopt;
  return parse_int<std::size_t>(text.substr(2));
}

// The moments of the tenths and of the partial sizes: seconds since the start.
std::optional<TgenProgress> read_progress(Row const& row, WallTime start, std::string_view suffix,
                                          Values& values) {
  std::string const tenths = "elapsed_seconds/payload_progress" + std::string(suffix) + "/";
  std::string const partials = "elapsed_seconds/payload_bytes" + std::string(suffix) + "/";
  TgenProgress progress;
  bool any = false;
  for (std::size_t index = 0; index < row.size(); ++index) {
    auto const field = row[index];
    bool const tenth = field.path.starts_with(tenths);
    if ((!tenth && !field.path.starts_with(partials)) || field.kind == Kind::null) continue;
    auto const span = span_of(field);
    if (!span) {
      values.wrong(field.path, "must be a number of seconds");
      return std::nullopt;
    }
    any = true;
    if (tenth) {
      if (auto const which = tenth_of(field.path.substr(tenths.size())))
        progress.tell_tenth(*which, start + *span);
    } else if (auto const size = parse_int<std::int64_t>(field.path.substr(partials.size()))) {
      progress.tell_partial(*size, start + *span);
    }
  }
  return any ? std::optional(progress) : std::nullopt;
}

void read_ending(Values& values, std::string_view error, TgenLine& line) {
  bool const failed = values.flag_or("is_error", false);
  bool const success = values.flag_or("is_success", false) && !failed;
  line.event = success ? TgenLine::Event::success : TgenLine::Event::error;
  // Neither the one nor the other: OnionPerf stopped before TGen had told how it ended.
  line.error = success || (!error.empty() && error != "NONE") ? error : "READ";
}

RowProblem finish_transfer(Row const& row, Values& values, TgenLine const& line,
                           std::string_view suffix, std::string_view source, std::string_view key,
                           WallTime start, Transfer& out) {
  auto const progress = read_progress(row, start, suffix, values);
  if (!values.problem().none()) return values.problem();
  auto measurement =
      measurement_of_tgen(line, progress, std::string(source) + " " + std::string(key));
  if (!measurement) return {"", measurement.error().message};
  out.measurement = std::move(*measurement);
  out.measurement.source = source;
  out.ended = line.at;
  out.asked = line.commander;
  out.refused = line.event == TgenLine::Event::error && line.error == "PROXY";
  return {};
}

// The least of the steps that may be: -1 says that it was not reached.
std::int64_t step_of(Values& values, std::string_view path) {
  auto const us = values.whole_or(path, -1);
  if (us < -1) values.wrong(path, "must be a number of microseconds, or -1");
  return us;
}

void read_stream_steps(Values& values, TgenLine& line) {
  for (std::size_t i = 0; i < kTgenSteps; ++i) {
    std::string path(kTimeInfo[i]);
    if (i >= static_cast<std::size_t>(TgenStep::first_byte))
      path += line.upload ? "-send" : "-recv";
    line.steps[i] = step_of(values, path);
  }
}

// So that a key made of two of them stays in bounds.
std::string_view endpoint_of(Values& values, std::string_view path, bool required) {
  auto const text = required ? values.text(path) : values.text_or(path, "");
  if (text.size() > 1024) values.wrong(path, "is too long");
  return text;
}

std::int64_t bytes_of(Values& values, std::string_view path) {
  auto const bytes = values.whole(path);
  if (bytes < 0) values.wrong(path, "must not be negative");
  return bytes;
}

}  // namespace

RowProblem read_stream(Row const& row, std::string_view source, std::string_view key,
                       Transfer& out) {
  Values values(row);
  TgenLine line;
  line.at = values.moment("unix_ts_end");
  line.id = values.text("stream_info/id");
  line.name = values.text_or("stream_info/name", source);
  line.peer_name = values.text_or("stream_info/peername", "");
  line.local = endpoint_of(values, "transport_info/local", true);
  line.proxy = endpoint_of(values, "transport_info/proxy", false);
  line.remote = endpoint_of(values, "transport_info/remote", true);
  line.transport_error = values.text_or("transport_info/error", "");
  line.commander = !values.text_or("stream_info/vertexid", "").starts_with("passive-stream");
  line.read = bytes_of(values, "byte_info/total-bytes-recv");
  line.written = bytes_of(values, "byte_info/total-bytes-send");
  line.size = bytes_of(values, "stream_info/recvsize");
  set_direction(line, bytes_of(values, "stream_info/sendsize"),
                bytes_of(values, "byte_info/payload-bytes-recv"),
                bytes_of(values, "byte_info/payload-bytes-send"));
  read_ending(values, values.text_or("stream_info/error", ""), line);
  read_stream_steps(values, line);
  auto const created = values.whole("time_info/created-ts");
  auto const now = values.whole("time_info/now-ts");
  if (created < 0 || now < created)
    values.wrong("time_info/now-ts", "must not be before created-ts");
  if (!values.problem().none()) return values.problem();
  line.lasted = now - created;
  if (*line.lasted > kLongestSpan) return {"time_info/now-ts", "is too long after created-ts"};
  auto const problem = finish_transfer(row, values, line, line.upload ? "_send" : "_recv", source,
                                       key, line.at - Micros{*line.lasted}, out);
  // perfd writes its own ids there, which a measurement keeps.
  if (problem.none() && is_id(line.id)) out.measurement.id = line.id;
  return problem;
}

RowProblem read_transfer(Row const& row, std::string_view source, std::string_view key,
                         Transfer& out) {
  Values values(row);
  TgenLine line;
  line.at = values.moment("unix_ts_end");
  line.id = key;
  line.name = values.text_or("hostname_local", source);
  line.peer_name = values.text_or("hostname_remote", "");
  line.local = endpoint_of(values, "endpoint_local", true);
  line.proxy = endpoint_of(values, "endpoint_proxy", false);
  line.remote = endpoint_of(values, "endpoint_remote", true);
  line.commander = values.flag_or("is_commander", true);
  line.upload = values.text("method") == "PUT";
  line.size = bytes_of(values, "filesize_bytes");
  line.payload = values.whole_or("payload_bytes_status", 0);
  line.read = bytes_of(values, "total_bytes_read");
  line.written = bytes_of(values, "total_bytes_write");
  read_ending(values, values.text_or("error_code", ""), line);
  std::int64_t last = 0;
  for (std::size_t i = 0; i < kTgenSteps; ++i) {
    auto const span = values.span(kElapsed[i]);
    line.steps[i] = span ? span->count() : -1;
    if (span) last = span->count();
  }
  if (!values.problem().none()) return values.problem();
  return finish_transfer(row, values, line, "", source, key, line.at - Micros{last}, out);
}

}  // namespace perfd::formats::onionperf
