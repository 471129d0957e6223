#include "formats/documents.h"

#include "base/time_text.h"
#include "formats/carrier.h"
#include "formats/json_writer.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::Circuit;
using model::Measurement;
using model::Stream;

std::string exact(WallTime time) { return format_seconds(time.time_since_epoch(), 6); }

// A JSON number with six decimals: the text is exact where a double would not be.
void seconds(JsonWriter& json, std::string_view name, std::optional<WallTime> time) {
  json.key(name).raw(time ? exact(*time) : "0.0");
}

WallTime start_of(Measurement const& m) {
  return m.marks.at(model::mark::kStart).value_or(m.started_at);
}

std::string guid(std::string_view source, std::uint16_t socks_port, WallTime time) {
  return std::string(source) + "_" + std::to_string(socks_port) + "_" + exact(time);
}

void head(JsonWriter& json, std::string_view type, std::string_view id, std::string_view source,
          std::uint16_t socks_port) {
  json.field("type", type);
  json.field("guid", id);
  json.field("source", source);
  json.field("socks", std::int64_t{socks_port});
}

}  // namespace

std::string file_download_guid(Measurement const& m) {
  return guid(m.source, m.proxy.port, start_of(m));
}

std::string stream_guid(std::string_view source, std::uint16_t socks_port, Stream const& stream) {
  return guid(source, socks_port, stream.created_at) + "_" + std::to_string(stream.id);
}

std::string circuit_guid(std::string_view source, std::uint16_t socks_port,
                         Circuit const& circuit) {
  return guid(source, socks_port, circuit.launched_at) + "_" + std::to_string(circuit.id);
}

std::optional<std::string> file_download_document(Measurement const& m) {
  if (!is_torperf_result(m)) return std::nullopt;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  head(json, "file_download", file_download_guid(m), m.source, m.proxy.port);
  json.field("filesize", m.filesize);
  json.field_unless_empty("tor_version", m.tor.version);
  seconds(json, "start", start_of(m));
  seconds(json, "socket", m.marks.at(model::mark::kSocket));
  seconds(json, "connect", m.marks.at(model::mark::kConnect));
  seconds(json, "negotiate", m.marks.at(model::mark::kNegotiate));
  seconds(json, "request", m.marks.at(model::mark::kRequest));
  seconds(json, "response", m.marks.at(model::mark::kResponse));
  seconds(json, "datarequest", m.marks.at(model::mark::kDataRequest));
  seconds(json, "dataresponse", m.marks.at(model::mark::kDataResponse));
  seconds(json, "datacomplete", m.marks.at(model::mark::kDataComplete));
  json.field("writebytes", m.writebytes);
  json.field("readbytes", m.readbytes);
  json.key("didtimeout").boolean(m.outcome.code == model::FailureCode::net_timeout);
  json.key("dataperc").begin_object();
  for (int percent = 10; percent < 100; percent += 10)
    if (auto const at = m.marks.at(model::dataperc_name(percent)))
      seconds(json, std::to_string(percent), at);
  json.end_object();
  if (m.tor.stream) json.field("stream_guid", stream_guid(m.source, m.proxy.port, *m.tor.stream));
  json.end_object();
  return out;
}

std::optional<std::string> stream_document(Measurement const& m) {
  if (!m.tor.stream) return std::nullopt;
  auto const& stream = *m.tor.stream;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  head(json, "stream", stream_guid(m.source, m.proxy.port, stream), m.source, m.proxy.port);
  seconds(json, "create", stream.created_at);
  json.key("stream_id").value(stream.id);
  json.key("circuits").begin_array();
  for (auto const& stay : stream.attachments) {
    auto const* circuit = circuit_of(m, stay.circuit_id);
    if (circuit == nullptr) continue;  // without its launch time it has no guid
    json.begin_object();
    json.field("circuit_guid", circuit_guid(m.source, m.proxy.port, *circuit));
    json.field_unless_empty("reason", stay.reason);
    json.field_unless_empty("remote_reason", stay.remote_reason);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string circuit_document(std::string_view source, std::uint16_t socks_port,
                             Circuit const& circuit) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  head(json, "circuit", circuit_guid(source, socks_port, circuit), source, socks_port);
  seconds(json, "launch", circuit.launched_at);
  json.key("circ_id").value(circuit.id);
  json.key("path").begin_array();
  for (auto const& hop : circuit.path) {
    json.begin_object();
    json.field("fingerprint", hop.fingerprint);
    json.key("buildtime").raw(format_seconds(hop.extended_at - circuit.launched_at, 6));
    json.end_object();
  }
  json.end_array();
  if (circuit.build_timeout)
    json.key("buildtimeout").raw(format_seconds(*circuit.build_timeout, 6));
  if (circuit.timeout_quantile) json.key("quantile").real(*circuit.timeout_quantile);
  json.end_object();
  return out;
}

}  // namespace perfd::formats
