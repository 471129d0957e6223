// What is written is what was read, and what consumers of the documents look for.
#include "formats/onionperf_write.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "base/id.h"
#include "formats/support/example.h"
#include "formats/support/onionperf_documents.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::FailureCode;
using model::Measurement;
using test::document_text;
using test::read_document;
using test::ReadDocument;

OnionPerfDay day_of(ReadDocument const& read) {
  OnionPerfDay day;
  day.source = read.head.sources.at(0).name;
  day.address = read.head.sources.at(0).address;
  day.guards = read.head.sources.at(0).guards;
  day.filters = read.head.filters;
  day.measurements = read.measurements.size();
  day.measurement = [&read](std::size_t i) { return Result<Measurement>(read.measurements.at(i)); };
  day.circuits = read.circuits.size();
  day.circuit = [&read](std::size_t i) { return Result<OnionPerfCircuit>(read.circuits.at(i)); };
  day.streams = read.streams.size();
  day.stream = [&read](std::size_t i) { return Result<model::Stream>(read.streams.at(i)); };
  return day;
}

std::string written(OnionPerfDay const& day) {
  std::string out;
  auto const done = write_onionperf(day, [&](std::string_view piece) {
    out += piece;
    return Result<void>{};
  });
  EXPECT_TRUE(done) << done.error().message;
  return out;
}

OnionPerfDay day_of_one(Measurement const& m) {
  OnionPerfDay day;
  day.source = m.source;
  day.measurements = 1;
  day.measurement = [m](std::size_t) { return Result<Measurement>(m); };
  return day;
}

// Without the bounds, for which the format has no room: those of 2.0 are reckoned as it is read.
std::vector<Measurement> without_bounds(std::vector<Measurement> all) {
  for (auto& m : all) {
    model::Marks marks;
    for (auto const& [name, mark] : m.marks.entries()) marks.set(name, {mark.at, {}, {}});
    m.marks = marks;
  }
  return all;
}

// The text of a value, found by its keys.
std::string at(std::string const& text, std::initializer_list<std::string_view> keys) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  EXPECT_EQ(parser.parse(simdjson::padded_string(text)).get(value), simdjson::SUCCESS);
  for (auto const key : keys) {
    simdjson::dom::element next;
    if (value.at_key(key).get(next) != simdjson::SUCCESS) return "none";
    value = next;
  }
  return simdjson::minify(value);
}

TEST(OnionPerfWrite, ADocumentReadAndWrittenReadsTheSame) {
  for (std::string const name : {"onionperf-3.0.json", "onionperf-2.0.json"}) {
    auto first = read_document(document_text(name));
    // OnionPerf's order of transfers is that of their names, perfd's that of their ids.
    std::sort(first.measurements.begin(), first.measurements.end(),
              [](auto const& a, auto const& b) { return a.id < b.id; });
    auto const text = written(day_of(first));
    auto const second = read_document(text);
    ASSERT_EQ(second.error, "");
    EXPECT_EQ(second.head.version, "3.1");
    EXPECT_EQ(second.head.sources, first.head.sources);
    EXPECT_EQ(second.measurements, without_bounds(first.measurements));
    EXPECT_EQ(name == "onionperf-3.0.json", second.measurements == first.measurements);
    EXPECT_EQ(second.circuits, first.circuits);
    EXPECT_EQ(second.streams, first.streams);
    EXPECT_EQ(written(day_of(second)), text);
  }
}

TEST(OnionPerfWrite, KeepsWhatVersion31Added) {
  std::string const text =
      R"({"data":{"op-a":{"measurement_ip":"192.0.2.1","tgen":{"streams":{}},"tor":{"circuits":{)"
      R"("9":{"cbt_set":true,"circuit_id":9,"current_guards":[{"country":"de","fingerprint":"$AA",)"
      R"("new_ts":1660000000.5,"nickname":"one","up_ts":1660000001.0},{"fingerprint":"$BB",)"
      R"("nickname":"two"}],"elapsed_seconds":[["GENERAL:LAUNCHED",0.0],["GENERAL:CLOSED",1.5]],)"
      R"("filtered_out":false,"unix_ts_end":1660000011.5,"unix_ts_start":1660000010.0}},"guards":[)"
      R"({"country":"de","down_ts":1660000003.0,"dropped_ts":1660000004.25,"fingerprint":"$AA",)"
      R"("new_ts":1660000000.5,"nickname":"one","up_ts":1660000001.0}],"streams":{}}}},"filters":)"
      R"({"tor/circuits":[{"filepath":"relays.txt","name":"exclude_fingerprints"}]},)"
      R"("type":"onionperf","version":"3.1"})"
      "\n";
  auto const read = read_document(text);
  ASSERT_EQ(read.error, "");
  ASSERT_EQ(read.circuits.size(), 1U);
  EXPECT_TRUE(read.circuits[0].timeout_learned);
  EXPECT_EQ(read.circuits[0].filtered_out, false);
  EXPECT_EQ(read.circuits[0].current_guards.at(1).nickname, "two");
  ASSERT_EQ(read.head.sources[0].guards.size(), 1U);
  EXPECT_EQ(read.head.sources[0].guards[0].dropped_at, wall_from_us(1660000004250000));
  EXPECT_EQ(written(day_of(read)), text);
}

// OnionPerf's names and values of one of perfd's own measurements.
TEST(OnionPerfWrite, TellsAMeasurementInOnionPerfsWords) {
  auto const m = testing::documented_example();
  auto const text = written(day_of_one(m));
  auto const again = read_document(text);
  ASSERT_EQ(again.error, "");
  ASSERT_EQ(again.measurements.size(), 1U);
  EXPECT_EQ(again.measurements[0].id, m.id);
  for (auto const& [name, mark] : m.marks.entries())
    EXPECT_EQ(again.measurements[0].marks.at(name), mark.at) << name;
  ASSERT_TRUE(again.measurements[0].tor.stream);
  EXPECT_EQ(again.measurements[0].tor.stream->id, m.tor.stream->id);

  auto const whole = m.id + ":-1:127.0.0.1:127.0.0.1:40312:203.0.113.7:0.0.0.0:80";
  auto const of = [&](std::string_view group, std::string_view name) {
    return at(text, {"data", m.source, "tgen", "streams", whole, group, name});
  };
  EXPECT_EQ(of("byte_info", "payload-bytes-recv"), "\"51200\"");
  EXPECT_EQ(of("byte_info", "payload-progress-recv"), "\"100.00%\"");
  EXPECT_EQ(of("stream_info", "error"), "\"NONE\"");
  EXPECT_EQ(of("stream_info", "peername"), "\"" + m.source + "\"");
  EXPECT_EQ(of("stream_info", "recvsize"), "\"51200\"");
  EXPECT_EQ(of("time_info", "usecs-to-first-byte-send"), "\"-1\"");
  EXPECT_EQ(of("time_info", "usecs-to-proxy-init"), "\"-1\"");
  auto const start = to_us(*m.marks.at("START"));
  EXPECT_EQ(of("time_info", "created-ts"), "\"" + std::to_string(start) + "\"");
  EXPECT_EQ(of("time_info", "usecs-to-last-byte-recv"),
            "\"" + std::to_string(to_us(*m.marks.at("DATACOMPLETE")) - start) + "\"");
}

Measurement failed(FailureCode code, std::string operation, std::string detail) {
  auto m = testing::documented_example();
  m.outcome = {code, std::move(operation), std::move(detail)};
  m.payload_bytes = 20000;
  return m;
}

TEST(OnionPerfWrite, AFailureHasNoPayloadToCount) {
  auto m = failed(FailureCode::net_timeout, "http response", "late");
  m.tor.stream->closed_at = *m.marks.at("DATAPERC100") + Micros{7'000'000};
  auto const text = written(day_of_one(m));
  EXPECT_NE(text.find("\"is_success\":false"), std::string::npos);
  EXPECT_NE(text.find("\"payload_progress_recv\":{}"), std::string::npos);
  EXPECT_NE(text.find("\"usecs-to-last-byte-recv\":\"-1\""), std::string::npos);
  EXPECT_NE(text.find("\"payload-progress-recv\":\"39.06%\""), std::string::npos);
  auto const again = read_document(text).measurements.at(0);
  EXPECT_EQ(again.outcome.code, FailureCode::net_timeout);
  EXPECT_EQ(again.marks.at("DATACOMPLETE"), std::nullopt);
  EXPECT_EQ(written(day_of(read_document(text))), text);
}

TEST(OnionPerfWrite, FailuresKeepTheirWords) {
  struct Case {
    Measurement m;
    std::string error;
    std::string word;
  };
  auto refused = failed(FailureCode::socks_connection_refused, "socks connect", "");
  refused.tor.stream->failed = true;
  refused.tor.stream->reason = "END";
  refused.tor.stream->remote_reason = "CONNECTREFUSED";
  for (auto const& [m, error, word] :
       {Case{failed(FailureCode::net_reset, "http response", "x"), "READ", "TGEN/READ"},
        Case{failed(FailureCode::net_timeout, "imported", "TGEN/STALLOUT, transport NONE"),
             "STALLOUT", "TGEN/TIMEOUT"},
        Case{refused, "PROXY", "TOR/END/CONNECTREFUSED"}}) {
    auto const text = written(day_of_one(m));
    EXPECT_NE(text.find("\"error\":\"" + error + "\""), std::string::npos) << error;
    EXPECT_EQ(onionperf_error(read_document(text).measurements.at(0)), word);
  }
}

TEST(OnionPerfWrite, AnUploadIsOneOfSentBytes) {
  auto m = testing::documented_example();
  m.kind = model::Kind::upload;
  model::Marks marks;
  for (auto const& [name, mark] : m.marks.entries())
    if (!name.starts_with("DATA") && !name.starts_with("PARTIAL")) marks.set(name, mark);
  marks.set("HANDEDFIRST", {*m.marks.at("RESPONSE") + Micros{10}, {}, {}});
  marks.set("HANDEDLAST", {*m.marks.at("RESPONSE") + Micros{500'000}, {}, {}});
  m.marks = marks;
  auto const text = written(day_of_one(m));
  EXPECT_NE(text.find("\"sendsize\":\"51200\""), std::string::npos);
  EXPECT_NE(text.find("\"usecs-to-last-byte-recv\":\"-1\""), std::string::npos);
  auto const again = read_document(text).measurements.at(0);
  EXPECT_EQ(again.kind, model::Kind::upload);
  EXPECT_EQ(again.filesize, m.filesize);
  EXPECT_EQ(again.payload_bytes, m.payload_bytes);
  EXPECT_TRUE(again.outcome.ok()) << again.outcome.detail;
  EXPECT_EQ(again.marks.at("HANDEDLAST"), m.marks.at("HANDEDLAST"));
  EXPECT_EQ(written(day_of(read_document(text))), text);
}

TEST(OnionPerfWrite, RowsMayComeInAnyOrder) {
  auto read = read_document(document_text("onionperf-3.0.json"));
  auto const text = written(day_of(read));
  std::reverse(read.measurements.begin(), read.measurements.end());
  std::reverse(read.circuits.begin(), read.circuits.end());
  std::reverse(read.streams.begin(), read.streams.end());
  EXPECT_EQ(written(day_of(read)), text);
}

TEST(OnionPerfWrite, CircuitsOfTwoRunsOfTorStayApart) {
  auto const read = read_document(document_text("onionperf-3.0.json"));
  auto first = read.circuits.at(0);
  auto second = first;
  first.circuit.instance = second.circuit.instance = "tor:a";
  first.circuit.tor_run = 1700000000;
  second.circuit.tor_run = 1700009999;
  second.circuit.reason = "LATER";
  auto stream = read.streams.at(0);
  stream.instance = "tor:a";
  stream.tor_run = 1700009999;
  OnionPerfDay day;
  day.source = "op-a";
  day.circuits = 2;
  day.circuit = [&](std::size_t i) { return Result<OnionPerfCircuit>(i == 0 ? second : first); };
  day.streams = 1;
  day.stream = [&](std::size_t) { return Result<model::Stream>(stream); };
  auto const again = read_document(written(day));
  ASSERT_EQ(again.error, "");
  ASSERT_EQ(again.circuits.size(), 2U);
  EXPECT_EQ(again.circuits[0].circuit.tor_run, 1700000000U);
  EXPECT_EQ(again.circuits[1].circuit.tor_run, 1700009999U);
  EXPECT_EQ(again.circuits[1].circuit.instance, "tor:a");
  ASSERT_EQ(again.streams.size(), 1U);
  EXPECT_EQ(again.streams[0].tor_run, 1700009999U);
  EXPECT_EQ(again.streams[0].attachments.at(0).circuit_id, stream.attachments.at(0).circuit_id);
}

TEST(OnionPerfWrite, HasNoPlaceForWhatIsNoTransfer) {
  auto m = testing::documented_example();
  EXPECT_TRUE(is_onionperf_result(m));
  m.kind = model::Kind::page;
  EXPECT_FALSE(is_onionperf_result(m));
  m.kind = model::Kind::download;
  m.outcome.code = FailureCode::perfd_missed_slot;
  EXPECT_FALSE(is_onionperf_result(m));
  auto const read = read_document(written(day_of_one(m)));
  EXPECT_EQ(read.error, "");
  EXPECT_TRUE(read.measurements.empty());
}

TEST(OnionPerfWrite, RefusesForeignAndDoubleRows) {
  auto const m = testing::documented_example();
  auto const to_nowhere = [](std::string_view) { return Result<void>{}; };
  auto day = day_of_one(m);
  day.source = "op-other";
  EXPECT_FALSE(write_onionperf(day, to_nowhere));
  day = day_of_one(m);
  day.measurements = 2;
  auto const twice = write_onionperf(day, to_nowhere);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "two measurements have the id " + m.id);
}

TEST(OnionPerfWrite, HandsOverPiecesAndStopsWhereTheyCannotGo) {
  auto const circuit = read_document(document_text("onionperf-3.0.json")).circuits.at(0);
  OnionPerfDay day;
  day.source = "op-a";
  day.circuits = 2000;
  day.circuit = [&](std::size_t i) {
    auto row = circuit;
    row.circuit.id = i;
    return Result<OnionPerfCircuit>(row);
  };
  std::size_t pieces = 0;
  std::size_t longest = 0;
  auto const done = write_onionperf(day, [&](std::string_view piece) {
    ++pieces;
    longest = std::max(longest, piece.size());
    return Result<void>{};
  });
  EXPECT_TRUE(done);
  EXPECT_GT(pieces, 10U);
  EXPECT_LT(longest, 80'000U);
  auto const full =
      write_onionperf(day, [](std::string_view) { return Result<void>(Error{"no space"}); });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().message, "no space");
}

}  // namespace
}  // namespace perfd::formats
