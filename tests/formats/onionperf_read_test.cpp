// Real analysis documents, cut down to some of tor's circuits and streams, against what OnionPerf
// itself made of them.
#include "formats/onionperf_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/id.h"
#include "base/text.h"
#include "formats/jsonl.h"
#include "formats/onionperf/values.h"
#include "formats/support/onionperf_documents.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::FailureCode;
using model::Measurement;
using test::changed;
using test::document_text;
using test::read_document;
using ::testing::HasSubstr;

std::map<std::string, Measurement> by_port(std::vector<Measurement> const& all) {
  std::map<std::string, Measurement> out;
  for (auto const& m : all) out.emplace(std::to_string(m.local.port), m);
  return out;
}

double seconds_between(Measurement const& m, std::string_view from, std::string_view to) {
  auto const span = m.marks.between(from, to);
  return span ? static_cast<double>(span->count()) / 1e6 : -1;
}

TEST(OnionPerfRead, GivesWhatOnionPerfsOwnTableHas) {
  auto const read = read_document(document_text("onionperf-3.0.json"));
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.head.version, "3.0");
  ASSERT_EQ(read.head.sources.size(), 1U);
  EXPECT_EQ(read.head.sources[0].name, "op-hk5");
  EXPECT_EQ(read.head.sources[0].address, "18.163.35.183");

  // time_to_first_byte, time_to_last_byte, mbps, server of the .csv that OnionPerf 1.0 makes
  struct Line {
    double first;
    double last;
    double mbps;
    std::string target;
  };
  std::map<std::string, Line> const table = {
      {"36176", {4.134508, 34.725328, 1.2165419733844904, "onion"}},
      {"36216", {1.129437, 11.817973, 3.539323813686757, "direct"}},
      {"36250", {11.376374, 18.613478, 5.579639119028994, "direct"}},
      {"36262", {4.29965, 26.635889, 1.8477830523348604, "onion"}},
      {"36280", {1.49145, 11.187625, 3.9898140599836576, "direct"}},
  };
  auto const all = by_port(read.measurements);
  ASSERT_EQ(all.size(), table.size());
  for (auto const& [port, line] : table) {
    auto const& m = all.at(port);
    EXPECT_EQ(m.outcome.code, FailureCode::ok);
    EXPECT_EQ(m.source, "op-hk5");
    EXPECT_EQ(m.target, line.target);
    EXPECT_EQ(m.kind, model::Kind::download);
    EXPECT_EQ(m.filesize, 5242880);
    EXPECT_EQ(m.payload_bytes, 5242880);
    EXPECT_TRUE(is_id(m.id));
    EXPECT_DOUBLE_EQ(seconds_between(m, "START", "DATAPERC0"), line.first);
    EXPECT_DOUBLE_EQ(seconds_between(m, "START", "DATACOMPLETE"), line.last);
    // The last MiB of five, in Mbit/s.
    EXPECT_NEAR(8.388608 / seconds_between(m, "DATAPERC80", "DATAPERC100"), line.mbps, 1e-9);
  }
}

TEST(OnionPerfRead, KeepsEveryStepOfATransferToTheMicrosecond) {
  auto const m =
      by_port(read_document(document_text("onionperf-3.0.json")).measurements).at("36176");
  EXPECT_EQ(to_us(m.started_at), 1609459309410935);
  std::map<std::string, std::int64_t> const steps = {{"SOCKET", 11},
                                                     {"CONNECT", 178},
                                                     {"NEGOTIATE", 605},
                                                     {"REQUEST", 667},
                                                     {"RESPONSE", 3236162},
                                                     {"DATAREQUEST", 3236268},
                                                     {"DATARESPONSE", 4134508},
                                                     {"DATAPERC0", 4134508},
                                                     {"DATAPERC10", 6897864},
                                                     {"DATAPERC90", 30877916},
                                                     {"PARTIAL10240", 4328543},
                                                     {"PARTIAL1048576", 10050611},
                                                     {"DATAPERC100", 34725328}};
  for (auto const& [name, us] : steps) {
    auto const* mark = m.marks.find(name);
    ASSERT_NE(mark, nullptr) << name;
    EXPECT_EQ((mark->at - m.started_at).count(), us) << name;
    EXPECT_EQ(mark->error_bound.count(), 0) << name;
  }
  EXPECT_EQ(m.readbytes, 5242985);
  EXPECT_EQ(m.writebytes, 2167);
  EXPECT_EQ(m.proxy.port, 40840);
  EXPECT_EQ(m.remote.host, "whwvfq3xnzjll3o46vgvnxjitmsu4hk2fhdasoujwmvtbhnm3golloyd.onion");
}

TEST(OnionPerfRead, JoinsTheStreamAndItsCircuit) {
  auto const read = read_document(document_text("onionperf-3.0.json"));
  auto const all = by_port(read.measurements);
  auto const& m = all.at("36250");
  ASSERT_TRUE(m.tor.stream);
  EXPECT_EQ(m.tor.stream->id, 200400U);
  EXPECT_EQ(m.tor.stream->purpose, "USER");
  EXPECT_EQ(m.tor.stream->target, "18.163.35.183:443");
  ASSERT_EQ(m.tor.stream->states.size(), 7U);
  EXPECT_EQ(m.tor.stream->states[2].status, "DETACHED");
  EXPECT_EQ(to_us(m.tor.stream->states[2].at), 1609459919630000);  // 10.22000002861023 s later
  EXPECT_EQ(m.tor.stream->closed_at, wall_from_us(1609459928030000));
  ASSERT_EQ(m.tor.circuits.size(), 1U);
  auto const& circuit = m.tor.circuits[0];
  EXPECT_EQ(circuit.id, 124978U);
  EXPECT_EQ(circuit.purpose, "GENERAL");
  ASSERT_EQ(circuit.path.size(), 3U);
  EXPECT_EQ(circuit.path[0].fingerprint, "4E98AA295B7171996D18DD1F6A19F64AB4036B4A");
  EXPECT_EQ(circuit.path[0].nickname, "summalummadooma");
  EXPECT_EQ((circuit.path[0].extended_at - circuit.launched_at).count(), 970'000);
  EXPECT_EQ((*circuit.built_at - circuit.launched_at).count(), 1'500'000);
  EXPECT_EQ(m.tor.guard, circuit.path[0].fingerprint);
  EXPECT_FALSE(circuit.failed);
  // Launched the day before, so that the document doesn't have it.
  EXPECT_TRUE(all.at("36216").tor.stream);
  EXPECT_TRUE(all.at("36216").tor.circuits.empty());
  EXPECT_EQ(all.at("36216").tor.stream->attachments.at(0).circuit_id, 124972U);
}

TEST(OnionPerfRead, GivesTheOtherCircuitsAndStreamsToo) {
  auto const read = read_document(document_text("onionperf-3.0.json"));
  EXPECT_EQ(read.circuits.size(), 25U);
  EXPECT_EQ(read.streams.size(), 12U);  // 17 less the 5 that were joined
  std::size_t joined = 0;
  for (auto const& row : read.circuits) joined += row.of_measurement ? 1 : 0;
  EXPECT_EQ(joined, 3U);
  auto const failed = std::find_if(read.circuits.begin(), read.circuits.end(),
                                   [](auto const& row) { return row.circuit.id == 124979; });
  ASSERT_NE(failed, read.circuits.end());
  EXPECT_TRUE(failed->circuit.failed);
  EXPECT_EQ(failed->circuit.reason, "TIMEOUT");
  EXPECT_EQ(failed->circuit.build_timeout, Micros{1'500'000});
  EXPECT_EQ(failed->circuit.timeout_quantile, 0.8);
  EXPECT_FALSE(failed->circuit.built_at);
}

TEST(OnionPerfRead, ReadsTransfersOfBeforeOnePointZero) {
  auto const read = read_document(document_text("onionperf-2.0.json"));
  EXPECT_EQ(read.error, "");
  ASSERT_EQ(read.measurements.size(), 3U);
  auto const all = by_port(read.measurements);
  auto const& good = all.at("40878");
  EXPECT_EQ(good.filesize, 1048576);
  EXPECT_EQ(to_us(good.started_at), 1587991280369422);
  EXPECT_DOUBLE_EQ(seconds_between(good, "START", "SOCKET"), 18e-6);  // "1.8e-05"
  EXPECT_DOUBLE_EQ(seconds_between(good, "START", "DATACOMPLETE"), 6.253237);
  EXPECT_DOUBLE_EQ(seconds_between(good, "START", "DATAPERC10"), 3.777324);
  EXPECT_EQ(good.tor.circuits.at(0).id, 39U);
  auto const& bad = all.at("40948");
  EXPECT_EQ(bad.filesize, 51200);
  EXPECT_EQ(bad.outcome.detail, "TOR/END/MISC");
  EXPECT_EQ(onionperf_error(bad), "TOR/END/MISC");
  EXPECT_EQ(bad.marks.find("DATACOMPLETE"), nullptr);
  EXPECT_EQ(bad.tor.stream->reason, "END");
}

TEST(OnionPerfRead, NeverTakesAFailureForAnOrderlyEnd) {
  auto text = document_text("onionperf-3.0.json");
  text = changed(text, "\"is_success\": true", "\"is_success\": false");
  auto const read = read_document(text);
  ASSERT_EQ(read.error, "");
  auto const& m = read.measurements.at(0);
  EXPECT_FALSE(m.outcome.ok());
  EXPECT_EQ(m.marks.find("DATACOMPLETE"), nullptr);
  EXPECT_EQ(m.marks.find("DATAPERC100"), nullptr);
  EXPECT_NE(m.marks.find("DATAPERC0"), nullptr);

  auto const partial = read_document(changed(document_text("onionperf-3.0.json"),
                                             "\"payload-bytes-recv\": \"5242880\"",
                                             "\"payload-bytes-recv\": \"5242879\""));
  EXPECT_EQ(partial.measurements.at(0).outcome.code, FailureCode::http_truncated);
}

// Found by fuzzing: the tenth that nobody told had a bound of less than nothing.
TEST(OnionPerfRead, AFirstByteBehindTheLastHasNoBoundBelowZero) {
  auto text =
      changed(document_text("onionperf-3.0.json"), "\"usecs-to-first-byte-recv\": \"4134508\"",
              "\"usecs-to-first-byte-recv\": \"40000000\"");
  text = changed(text, "\"0.3\": 12.981839", "\"0.35\": 12.981839");
  auto const read = read_document(text);
  ASSERT_EQ(read.error, "");
  for (auto const& [name, mark] : read.measurements.at(0).marks.entries())
    EXPECT_GE(mark.error_bound, Micros{0}) << name;
}

TEST(OnionPerfRead, JoinsNoStreamOfAnotherTime) {
  auto const near = changed(document_text("onionperf-3.0.json"), "1609459928.03", "1609460078.02");
  EXPECT_TRUE(by_port(read_document(near).measurements).at("36250").tor.stream);
  auto const far = changed(document_text("onionperf-3.0.json"), "1609459928.03", "1609460078.03");
  EXPECT_FALSE(by_port(read_document(far).measurements).at("36250").tor.stream);
}

TEST(OnionPerfRead, GivesTheSameHoweverTheTextIsCut) {
  for (std::string const name : {"onionperf-3.0.json", "onionperf-2.0.json"}) {
    auto const text = document_text(name);
    auto const whole = read_document(text, text.size());
    for (std::size_t const piece : {1U, 7U, 1000U}) {
      auto const cut = read_document(text, piece);
      EXPECT_EQ(cut.error, "");
      EXPECT_EQ(cut.measurements, whole.measurements);
      EXPECT_EQ(cut.circuits, whole.circuits);
      EXPECT_EQ(cut.streams, whole.streams);
    }
  }
}

TEST(OnionPerfRead, GivesTheSameHoweverLargeTheDocumentIs) {
  for (std::string const name : {"onionperf-3.0.json", "onionperf-2.0.json"}) {
    auto const text = document_text(name);
    auto const at_once = read_document(text, text.size());
    auto const in_pieces = read_document(text + std::string(std::size_t{40} << 20U, ' '), 1 << 20);
    EXPECT_EQ(in_pieces.error, "");
    EXPECT_EQ(in_pieces.measurements, at_once.measurements);
    EXPECT_EQ(in_pieces.circuits, at_once.circuits);
    EXPECT_EQ(in_pieces.streams, at_once.streams);
    EXPECT_EQ(in_pieces.head.sources, at_once.head.sources);
  }
}

// All that a report needs.
std::vector<Measurement> measurements_alone(std::string const& text, std::string& error) {
  std::vector<Measurement> out;
  OnionPerfReader reader({[&](Measurement&& m) { out.push_back(std::move(m)); }, {}, {}});
  auto const fed = reader.feed(text);
  auto const end = reader.finish();
  error = !fed ? fed.error().message : !end ? end.error().message : "";
  return out;
}

TEST(OnionPerfRead, WithoutTheOtherCircuitsMeasurementsAreTheSame) {
  std::string error;
  for (std::string const name : {"onionperf-3.0.json", "onionperf-2.0.json"}) {
    auto const text = document_text(name);
    EXPECT_EQ(measurements_alone(text, error), read_document(text).measurements);
    EXPECT_EQ(error, "");
  }
  auto const good = document_text("onionperf-3.0.json");
  // A circuit that carried a transfer, and one that nobody needs.
  auto const needed = changed(good, "\"circuit_id\": 124978", "\"circuit_id\": true");
  EXPECT_TRUE(measurements_alone(needed, error).empty());
  EXPECT_THAT(error, HasSubstr("circuits[\"124978\"].circuit_id: must be a whole number"));
  auto const other = changed(good, "\"circuit_id\": 124979", "\"circuit_id\": true");
  EXPECT_EQ(measurements_alone(other, error).size(), 5U);
  auto const odd_key = changed(good, "\"124979\": {", "\"odd\": {");
  EXPECT_EQ(measurements_alone(odd_key, error), read_document(odd_key).measurements);
}

TEST(OnionPerfRead, MeasurementsSurviveJsonLines) {
  for (auto const& m : read_document(document_text("onionperf-3.0.json")).measurements) {
    auto const again = from_json_line(to_json_line(m));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, m);
  }
}

TEST(OnionPerfRead, ABrokenDocumentGivesNothing) {
  auto const good = document_text("onionperf-3.0.json");
  struct Case {
    std::string text;
    std::string error;
  };
  for (auto const& [text, error] :
       {Case{changed(good, "\"version\": \"3.0\"", "\"version\": \"4.0\""),
             "version: 4.0 is not known: 1.0 to 3.x are"},
        Case{changed(good, "\"version\": \"3.0\"", "\"version\": \"new\""),
             "version: must be a version like 3.1"},
        Case{changed(good, "\"type\": \"onionperf\"", "\"type\": \"torperf\""),
             "type: must be \"onionperf\""},
        Case{good.substr(0, good.size() / 2), "the document ends in the middle"},
        Case{good + "{}", "more text behind the document"},
        Case{changed(good, "\"created-ts\": \"10419510049367\"", "\"created-ts\": \"x\""),
             "data.op-hk5.tgen.streams[\"34161:6:localhost:127.0.0.1:36176:"
             "whwvfq3xnzjll3o46vgvnxjitmsu4hk2fhdasoujwmvtbhnm3golloyd.onion:0.0.0.0:443\"]."
             "time_info.created-ts: must be a whole number in range"},
        Case{changed(good, "\"circuit_id\": 124978", "\"circuit_id\": true"),
             "data.op-hk5.tor.circuits[\"124978\"].circuit_id: must be a whole number in range"},
        Case{changed(good, "\"tgen\": {", "\"tgen\": [], \"old\": {"),
             "data.op-hk5.tgen: must be an object"},
        Case{"{\"data\": 3}", "byte 10: data: must be an object"}, Case{"[]", "must be an object"},
        Case{"{\"data\":{},\"type\":\"onionperf\"}", "version: is missing"},
        Case{"{\"data\":{},\"version\":\"3.1\"}", "type: is missing"},
        Case{"", "the document ends in the middle"},
        Case{"{\"data\": {\"a\": {\"x\": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}}}", "too deep"},
        Case{"{\"" + std::string(5000, 'k') + "\": 1}", "key too large"}}) {
    auto const read = read_document(text);
    EXPECT_NE(read.error.find(error), std::string::npos) << read.error;
    EXPECT_TRUE(read.measurements.empty() && read.circuits.empty() && read.streams.empty());
  }
}

TEST(OnionPerfRead, BoundsWhatItKeeps) {
  auto const document = [](std::string const& tor) {
    return R"({"data":{"a":{"tor":{)" + tor + R"(}}},"type":"onionperf","version":"3.1"})";
  };
  std::string states;
  for (int i = 0; i < 3000; ++i) states += std::string(i > 0 ? "," : "") + R"(["A:B",1.0])";
  auto const long_row =
      read_document(document(R"("circuits":{"1":{"elapsed_seconds":[)" + states + "]}}"));
  EXPECT_THAT(long_row.error, HasSubstr("data.a.tor.circuits[\"1\"].elapsed_seconds: too large"));

  std::string guards = "{}";
  for (std::size_t i = 0; i < kMaxOnionPerfRows; ++i) guards += ",{}";
  auto const many = read_document(document("\"guards\":[" + guards + "]"));
  EXPECT_THAT(many.error, HasSubstr("data.a.tor.guards[\"200000\"]: is one too many"));
}

TEST(OnionPerfRead, PassesOverWhatItDoesNotKnow) {
  auto text = document_text("onionperf-3.0.json");
  text = changed(text, "\"tgen\": {", "\"new\": [{\"a\": 1}], \"tgen\": {\"more\": {\"b\": [2]},");
  text = changed(text, "\"byte_info\": {", "\"later\": {\"c\": [[3]]}, \"byte_info\": {");
  auto const read = read_document(text);
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.measurements.size(), 5U);
}

TEST(OnionPerfRead, PassesByWhatOthersAskedFor) {
  auto const read =
      read_document(changed(document_text("onionperf-3.0.json"), "\"vertexid\": \"stream\"",
                            "\"vertexid\": \"passive-stream\""));
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.measurements.size(), 4U);
}

TEST(OnionPerfValues, SecondsAreRoundedToTheMicrosecond) {
  using onionperf::micros_of;
  EXPECT_EQ(micros_of("1609459344.136263"), 1609459344136263);
  EXPECT_EQ(micros_of("0.9699997901916504"), 970000);
  EXPECT_EQ(micros_of("1.8e-05"), 18);
  EXPECT_EQ(micros_of("1.5E+3"), 1500000000);
  EXPECT_EQ(micros_of("-0.25"), -250000);
  EXPECT_EQ(micros_of("0.0000005"), 1);
  EXPECT_EQ(micros_of("0.00000049999999999999999999"), 0);
  EXPECT_EQ(micros_of("1587991880.37003024999999999999"), 1587991880370030);
  EXPECT_EQ(micros_of("0.0"), 0);
  EXPECT_EQ(micros_of("1e-400"), 0);
  EXPECT_EQ(micros_of("1e400"), std::nullopt);
  EXPECT_EQ(micros_of("99999999999999999999999"), std::nullopt);
  EXPECT_EQ(micros_of("1e99999999999"), std::nullopt);
}

}  // namespace
}  // namespace perfd::formats
