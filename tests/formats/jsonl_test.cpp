#include "formats/jsonl.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "formats/support/generators.h"

namespace perfd::formats {
namespace {

using model::FailureCode;
using model::Mark;
using model::MarkSource;
using model::Measurement;
using namespace perfd::testing;

Measurement example() {
  Measurement m;
  m.id = "01HF7YAT00AAAAAAAAAAAAAAAA";
  m.source = "op-de1";
  m.experiment = "download-50k";
  m.filesize = 51200;
  m.scheduled_at = m.started_at = wall_from_us(1'700'000'000'000'001);
  m.marks.set("START", {m.started_at});
  m.marks.set("DATARESPONSE",
              {wall_from_us(1'700'000'001'234'567), MarkSource::kernel, Micros{37}});
  m.server.set("ACCEPT", {wall_from_us(1'700'000'000'900'000)});
  return m;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string_view line) {
  auto const read = from_json_line(line);
  return read ? "no error" : read.error().message;
}

TEST(JsonLine, HasTheFieldsInAFixedOrder) {
  EXPECT_EQ(to_json_line(example()),
            R"({"schema":1,"id":"01HF7YAT00AAAAAAAAAAAAAAAA","source":"op-de1",)"
            R"("experiment":"download-50k","kind":"download","target":"direct","arm":"",)"
            R"("guards":"default","outcome":"ok","error":null,"filesize":51200,"payload_bytes":0,)"
            R"("readbytes":0,"writebytes":0,"scheduled_at":1700000000000001,)"
            R"("started_at":1700000000000001,"marks":{"START":1700000000000001,)"
            R"("DATARESPONSE":1700000001234567},"mark_sources":{"DATARESPONSE":{"source":"kernel",)"
            R"("bound_us":37}},"server":{"ACCEPT":1700000000900000},"server_sources":{},)"
            R"("socks_version":5,"socks_reply":null,"http_status":null,"optimistic":false,)"
            R"("resolved":"","endpoints":{"local":{},"proxy":{},"remote":{}},"tor":{"instance":"",)"
            R"("version":"","guard":"","stream":null,"circuits":[]},"perfd_version":""})");
}

TEST(JsonLine, ARoundTripLosesNothing) {
  EXPECT_TRUE(rc::check([] {
    auto const measurement = *any_measurement();
    auto const line = to_json_line(measurement);
    auto const read = from_json_line(line);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == measurement);
    RC_ASSERT(to_json_line(*read) == line);
  }));
}

TEST(JsonLine, ACircuitAndAStreamAloneLoseNothing) {
  EXPECT_TRUE(rc::check([] {
    auto const circuit = *any_circuit();
    auto const stream = *any_stream();
    RC_ASSERT(circuit_from_json(circuit_to_json(circuit)).value() == circuit);
    RC_ASSERT(stream_from_json(stream_to_json(stream)).value() == stream);
  }));
}

TEST(JsonLine, AQuantileOfSeventeenDigitsSurvives) {
  for (double const quantile : {0.8, 0.80000000000000004, 1.0 / 3.0, 0.1 + 0.2, 5e-324, 1e300}) {
    auto m = example();
    m.tor.timeout_quantile = quantile;
    EXPECT_EQ(from_json_line(to_json_line(m)).value().tor.timeout_quantile, quantile);
  }
}

TEST(JsonLine, AnErrorHasCodeOperationAndDetail) {
  auto m = example();
  m.outcome = {FailureCode::socks_ttl_expired, "socks connect", "reply 0x06"};
  auto const line = to_json_line(m);
  EXPECT_NE(line.find(R"("outcome":"SOCKS_TTL_EXPIRED","error":{"code":"SOCKS_TTL_EXPIRED",)"
                      R"("operation":"socks connect","detail":"reply 0x06"})"),
            std::string::npos)
      << line;
}

TEST(JsonLine, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  auto m = example();
  // Alone: a continuation, an overlong slash, a surrogate, beyond U+10FFFF, a cut sequence.
  m.arm = "a\x80z\xC0\xAFz\xED\xA0\x80z\xF4\x90\x80\x80z\xE2\x82";
  auto const read = from_json_line(to_json_line(m));
  ASSERT_TRUE(read) << read.error().message;
  std::string const bad = "\xEF\xBF\xBD";
  EXPECT_EQ(read->arm, "a" + bad + "z" + bad + bad + "z" + bad + bad + bad + "z" + bad + bad + bad +
                           bad + "z" + bad + bad);
}

TEST(JsonLine, ControlCharactersNeverBreakTheLine) {
  auto m = example();
  for (int c = 0; c < 0x20; ++c) m.arm += static_cast<char>(c);
  m.arm += "\"\\/\x7F";
  auto const line = to_json_line(m);
  for (char const c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  EXPECT_EQ(from_json_line(line).value().arm, m.arm);
}

TEST(JsonLine, UnknownFieldsAreIgnored) {
  auto const line = replaced(to_json_line(example()), R"("tor":{)",
                             R"("later":{"deep":[1,{"x":null}]},"tor":{"colour":"red",)");
  EXPECT_EQ(from_json_line(line).value(), example());
}

TEST(JsonLine, FieldsThatAreNotRequiredMayBeMissing) {
  auto const line =
      replaced(to_json_line(example()), R"("socks_version":5,"socks_reply":null,)", "");
  EXPECT_EQ(from_json_line(line).value(), example());
}

TEST(JsonLine, AMissingRequiredFieldIsNamed) {
  for (std::string const name : {"id", "source", "experiment", "kind", "target", "arm", "guards",
                                 "outcome", "error", "filesize", "readbytes", "writebytes",
                                 "scheduled_at", "started_at", "marks", "server", "tor"}) {
    auto const line = replaced(to_json_line(example()), "\"" + name + "\":", "\"other\":");
    EXPECT_EQ(error_of(line), name + ": this field is missing");
  }
}

TEST(JsonLine, AFieldOfTheWrongTypeIsNamedWithItsPath) {
  auto m = example();
  m.tor.circuits.resize(2);
  auto const line = to_json_line(m);
  EXPECT_EQ(error_of(replaced(line, R"("filesize":51200)", R"("filesize":"51200")")),
            "filesize: must be a whole number in range");
  EXPECT_EQ(error_of(replaced(line, R"("filesize":51200)", R"("filesize":1.5)")),
            "filesize: must be a whole number in range");
  EXPECT_EQ(error_of(replaced(line, R"("remote":{})", R"("remote":{"port":65536})")),
            "endpoints.remote.port: must be a whole number in range");
  EXPECT_EQ(error_of(replaced(line, R"("marks":{)", R"("marks":{"X":"now",)")),
            "marks.X: must be a whole number in range");
  auto second = line;
  second.replace(line.rfind(R"("states":[])"), 11, R"("states":[{"status":7}])");
  EXPECT_EQ(error_of(second), "tor.circuits[1].states[0].status: must be a string");
}

TEST(JsonLine, UnknownWordsAreErrors) {
  auto const line = to_json_line(example());
  EXPECT_EQ(error_of(replaced(line, R"("outcome":"ok")", R"("outcome":"NEW")")),
            "outcome: 'NEW' is no outcome that this perfd knows");
  EXPECT_EQ(error_of(replaced(line, R"("kind":"download")", R"("kind":"dance")")),
            "kind: 'dance' is no kind that this perfd knows");
  EXPECT_EQ(error_of(replaced(line, R"("schema":1)", R"("schema":2)")),
            "schema: the line was written by a newer perfd");
}

TEST(JsonLine, WhatIsNoObjectIsAnError) {
  for (auto const* line :
       {"", "  \n", "[]", "7", "{", "{}x", "{\"a\":1,}", "\xFF", "{\"id\":\"\xFF\"}"})
    EXPECT_FALSE(from_json_line(line)) << line;
}

TEST(JsonLine, DepthAndSizeAreBounded) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "[";
  for (int i = 0; i < 40; ++i) deep += "]";
  auto const line = replaced(to_json_line(example()), R"("tor":)", "\"x\":" + deep + ",\"tor\":");
  EXPECT_FALSE(from_json_line(line));
  std::string const wide(kMaxJsonLine + 1, ' ');
  EXPECT_FALSE(from_json_line("{" + wide + "}"));
  // A long line within the bound is read, and so is the next one.
  auto big = example();
  big.outcome = {FailureCode::net_io, "x", std::string(1 << 20, 'd')};
  EXPECT_EQ(from_json_line(to_json_line(big)).value(), big);
  EXPECT_EQ(from_json_line(to_json_line(example())).value(), example());
}

TEST(JsonLine, MayEndWithALineEnd) {
  EXPECT_EQ(from_json_line(to_json_line(example()) + "\r\n").value(), example());
}

TEST(JsonOfGuards, ReadsBackToTheSame) {
  EXPECT_TRUE(rc::check([] {
    auto const choice = *testing::any_guard_choice();
    RC_ASSERT(guard_choice_from_json(guard_choice_to_json(choice)).value() == choice);
    auto const ranking = *testing::any_guard_ranking();
    RC_ASSERT(guard_ranking_from_json(guard_ranking_to_json(ranking)).value() == ranking);
  }));
  EXPECT_EQ(guard_choice_from_json(R"({"set":["a",1]})").error().message,
            "set: must be an array of strings");
  EXPECT_EQ(guard_choice_from_json(R"({"set":"a"})").error().message, "set: must be an array");
}

TEST(JsonOfGuards, OfARankingThatIsTooLongTheFirstAreKept) {
  model::GuardRanking ranking;
  for (int i = 0; i < 12'000; ++i) ranking.guards.emplace_back().bandwidth = i;
  auto const read = guard_ranking_from_json(guard_ranking_to_json(ranking)).value();
  ASSERT_EQ(read.guards.size(), 10'000U);
  EXPECT_EQ(read.guards.back().bandwidth, 9'999);
}

}  // namespace
}  // namespace perfd::formats
