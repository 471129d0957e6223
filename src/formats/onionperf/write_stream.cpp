// A measurement as OnionPerf shows a stream of TGen. All numbers of the *_info are text.
#include <algorithm>
#include <chrono>
#include <string>

#include "base/time_text.h"
#include "formats/imported.h"
#include "formats/onionperf/write_rows.h"
#include "formats/tpf.h"

namespace perfd::formats::onionperf {
namespace {

using model::Measurement;

WallTime start_of(Measurement const& m) {
  return m.marks.at(model::mark::kStart).value_or(m.started_at);
}

// When it was over. A failure has no mark of its own for that: tor's stream ended with it.
WallTime end_of(Measurement const& m) {
  auto end = start_of(m);
  for (auto const& entry : m.marks.entries()) end = std::max(end, entry.mark.at);
  constexpr Micros kSane = std::chrono::hours(24);
  if (!m.outcome.ok() && m.tor.stream && m.tor.stream->closed_at)
    if (auto const at = *m.tor.stream->closed_at; at - end < kSane) end = std::max(end, at);
  return end;
}

// A word of TGen's for the failure. Records that came from OnionPerf keep theirs.
std::string tgen_error(Measurement const& m) {
  if (m.outcome.ok()) return "NONE";
  constexpr std::string_view kTgen = "TGEN/";
  auto word = onionperf_error(m);
  if (m.outcome.operation == "imported" && m.outcome.detail.starts_with(kTgen)) {
    auto const told = m.outcome.detail.substr(0, m.outcome.detail.find(','));
    if (failure_from_onionperf(told) == m.outcome.code) word = told;
  }
  return word.starts_with(kTgen) ? word.substr(kTgen.size()) : "PROXY";
}

std::string transport_error(Measurement const& m) {
  constexpr std::string_view kBefore = ", transport ";
  auto const at = m.outcome.detail.find(kBefore);
  bool const imported = m.outcome.operation == "imported" && at != std::string::npos;
  return imported ? m.outcome.detail.substr(at + kBefore.size()) : "NONE";
}

// "100.00%" of what was complete and of nothing at all, else rounded down.
std::string percent(std::int64_t part, std::int64_t whole) {
  if (part >= whole || whole <= 0) return "100.00%";
  auto const hundredths =
      static_cast<std::int64_t>(static_cast<long double>(std::max<std::int64_t>(part, 0)) * 10'000 /
                                static_cast<long double>(whole));
  auto const cents = hundredths % 100;
  return std::to_string(hundredths / 100) + (cents < 10 ? ".0" : ".") + std::to_string(cents) + "%";
}

void number(JsonWriter& json, std::string_view key, std::int64_t value) {
  json.field(key, std::string_view(std::to_string(value)));
}

std::string endpoint_or_none(model::Endpoint const& endpoint) {
  return endpoint.empty() ? "NULL:0.0.0.0:0" : endpoint_text(endpoint);
}

// Whose server it is: perfd's own runs where perfd does.
std::string peer_of(Measurement const& m) {
  bool const own = m.target == "direct" || m.target == "onion" || m.target == "single-onion" ||
                   m.remote.host.ends_with(".onion") || m.remote.host.empty();
  return own ? m.source : m.remote.host;
}

void write_bytes(JsonWriter& json, Measurement const& m, bool upload) {
  json.key("byte_info").begin_object();
  number(json, "payload-bytes-recv", upload ? 0 : m.payload_bytes);
  number(json, "payload-bytes-send", upload ? m.payload_bytes : 0);
  auto const progress = percent(m.payload_bytes, m.filesize);
  json.field("payload-progress-recv", upload ? std::string_view("100.00%") : progress);
  json.field("payload-progress-send", upload ? progress : std::string_view("100.00%"));
  number(json, "total-bytes-recv", m.readbytes);
  number(json, "total-bytes-send", m.writebytes);
  json.end_object();
}

// The moments of payload, of a success only: whoever counts what came must not count failures.
void write_elapsed(JsonWriter& json, Measurement const& m, bool upload) {
  auto const start = start_of(m);
  auto const moment = [&](std::string_view key, std::string_view mark) {
    if (auto const at = m.marks.at(mark); at && m.outcome.ok())
      write_seconds(json, key, *at - start);
  };
  json.key("elapsed_seconds").begin_object();
  json.key("payload_bytes_recv").begin_object();
  for (auto const size : model::kPartialSizes)
    if (!upload) moment(std::to_string(size), model::partial_name(size));
  json.end_object();
  json.key("payload_bytes_send").begin_object();
  json.end_object();
  json.key("payload_progress_recv").begin_object();
  for (int tenth = 0; !upload && tenth < 10; ++tenth)
    moment("0." + std::to_string(tenth), model::dataperc_name(tenth * 10));
  if (!upload) moment("1.0", model::dataperc_name(100));
  json.end_object();
  json.key("payload_progress_send").begin_object();
  if (upload) moment("0.0", model::mark::kHandedFirst);
  if (upload) moment("1.0", model::mark::kHandedLast);
  json.end_object();
  json.end_object();
}

void write_stream_info(JsonWriter& json, Measurement const& m, bool upload) {
  bool const ok = m.outcome.ok();
  json.key("stream_info").begin_object();
  json.field("error", std::string_view(tgen_error(m)));
  json.field("id", std::string_view(m.id));
  json.field("name", std::string_view(m.source));
  json.field("peername", std::string_view(peer_of(m)));
  number(json, "recvsize", upload ? 0 : m.filesize);
  json.field("recvstate", std::string_view(ok ? "RECV_SUCCESS" : "RECV_ERROR"));
  number(json, "sendsize", upload ? m.filesize : 0);
  json.field("sendstate", std::string_view(ok ? "SEND_SUCCESS" : "SEND_ERROR"));
  json.field("vertexid", std::string_view("stream"));
  json.end_object();
}

// The steps after created-ts. perfd's clock for it is the wall's, which OnionPerf's readers only
// subtract.
void write_times(JsonWriter& json, Measurement const& m, bool upload) {
  namespace mark = model::mark;
  auto const start = start_of(m);
  auto const step = [&](std::string_view key, std::string_view name) {
    auto const at = name.empty() ? std::nullopt : m.marks.at(name);
    number(json, key, at ? std::max<std::int64_t>(0, (*at - start).count()) : -1);
  };
  // The last byte says that all of it came and was right.
  auto const only_if = [](bool flag, std::string_view name) {
    return flag ? name : std::string_view{};
  };
  bool const ok = m.outcome.ok();
  json.key("time_info").begin_object();
  number(json, "created-ts", to_us(start));
  number(json, "now-ts", to_us(end_of(m)));
  step("usecs-to-checksum-recv", only_if(ok && !upload, mark::kDataComplete));
  step("usecs-to-checksum-send", only_if(ok && upload, mark::kHandedLast));
  step("usecs-to-command", mark::kDataRequest);
  step("usecs-to-first-byte-recv", only_if(!upload, "DATAPERC0"));
  step("usecs-to-first-byte-send", only_if(upload, mark::kHandedFirst));
  step("usecs-to-last-byte-recv", only_if(ok && !upload, mark::kDataComplete));
  step("usecs-to-last-byte-send", only_if(ok && upload, mark::kHandedLast));
  step("usecs-to-proxy-choice", mark::kNegotiate);
  step("usecs-to-proxy-init", {});
  step("usecs-to-proxy-request", mark::kRequest);
  step("usecs-to-proxy-response", mark::kResponse);
  step("usecs-to-response", mark::kDataResponse);
  step("usecs-to-socket-connect", mark::kConnect);
  step("usecs-to-socket-create", mark::kSocket);
  json.end_object();
}

}  // namespace

void write_seconds(JsonWriter& json, std::string_view key, Micros span) {
  auto text = format_seconds(std::max(span, Micros{0}), 6);
  while (text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
  json.key(key).raw(text);
}

std::string stream_key(Measurement const& m) {
  return m.id + ":-1:" + endpoint_or_none(m.local) + ":" + endpoint_or_none(m.remote);
}

void write_stream(JsonWriter& json, Measurement const& m, std::string_view key) {
  bool const upload = m.kind == model::Kind::upload;
  bool const ok = m.outcome.ok();
  json.begin_object();
  write_bytes(json, m, upload);
  write_elapsed(json, m, upload);
  json.key("is_complete").boolean(true);
  json.key("is_error").boolean(!ok);
  json.key("is_success").boolean(ok);
  json.field("stream_id", key);
  write_stream_info(json, m, upload);
  write_times(json, m, upload);
  json.key("transport_info").begin_object();
  json.field("error", std::string_view(transport_error(m)));
  json.field("fd", std::string_view("-1"));
  json.field("local", std::string_view(endpoint_or_none(m.local)));
  json.field("proxy", std::string_view(endpoint_or_none(m.proxy)));
  json.field("remote", std::string_view(endpoint_or_none(m.remote)));
  json.field("state", std::string_view(ok ? "SUCCESS_OPEN" : "ERROR"));
  json.end_object();
  write_seconds(json, "unix_ts_end", end_of(m).time_since_epoch());
  write_seconds(json, "unix_ts_start", start_of(m).time_since_epoch());
  json.end_object();
}

}  // namespace perfd::formats::onionperf
