// A real log of TGen before 1.0, cut down to the lines at which a tenth is reached and their
// predecessors, against what OnionPerf made of it; and streams of 1.x, whose lines are made of
// the numbers that OnionPerf published of a real day.
#include "formats/tgen_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/id.h"
#include "base/text.h"
#include "base/time_text.h"
#include "formats/jsonl.h"
#include "formats/tpf.h"
#include "places.h"

namespace perfd::formats {
namespace {

using model::FailureCode;
using model::Measurement;

std::vector<std::string> lines_of(std::string const& name) {
  std::ifstream in(perfd::test::data(name), std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Measurement> read_log(std::vector<std::string> const& lines) {
  std::vector<Measurement> all;
  TgenLogReader reader;
  for (auto const& line : lines) {
    auto read = reader.line(line);
    EXPECT_TRUE(read) << read.error().message;
    if (read && *read) all.push_back(std::move(**read));
  }
  EXPECT_EQ(reader.finish(), 0U);
  return all;
}

std::string line_with(std::string const& name, std::string_view tag) {
  for (auto const& line : lines_of(name))
    if (line.find(tag) != std::string::npos) return line;
  ADD_FAILURE() << tag;
  return {};
}

std::string with_text(std::string line, std::string_view from, std::string_view to) {
  auto const at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return line.replace(at, from.size(), to);
}

Result<std::optional<Measurement>> read_line(std::string_view line) {
  return TgenLogReader().line(line);
}

std::string reason(std::string_view line) {
  auto const read = read_line(line);
  return read ? "no error" : read.error().message;
}

// In hundredths of a second, rounded as OnionPerf did.
std::int64_t hundredths(WallTime time) { return (to_us(time) + 5000) / 10'000; }

TEST(TgenLogBefore10, HasTheTransfersWithTheirOutcomes) {
  auto const all = read_log(lines_of("onionperf-0.tgen.log"));
  ASSERT_EQ(all.size(), 8U);
  std::vector<FailureCode> codes;
  for (auto const& m : all) codes.push_back(m.outcome.code);
  using enum FailureCode;
  EXPECT_EQ(codes,
            (std::vector{ok, ok, net_timeout, ok, ok, net_timeout, ok, socks_general_failure}));
  EXPECT_EQ(all[7].outcome.detail, "TOR, transport STATUS");
  EXPECT_EQ(all[2].payload_bytes, 4230060);
  EXPECT_EQ(all[0].target, "onion");
}

TEST(TgenLogBefore10, AgreesWithWhatOnionPerfMadeOfTheSameDay) {
  std::map<std::string, Measurement> by_endpoint;
  for (auto& m : read_log(lines_of("onionperf-0.tgen.log")))
    by_endpoint.emplace(*to_tpf(m)->find("ENDPOINTLOCAL"), m);
  std::string text;
  for (auto const& line : lines_of("phlox-5242880.tpf")) text += line + "\n";
  auto const records = read_tpf(text).value();
  ASSERT_EQ(records.size(), 8U);
  int moments = 0;
  for (auto const& record : records) {
    auto const& m = by_endpoint.at(*record.find("ENDPOINTLOCAL"));
    auto const ours = to_tpf(m).value();
    for (auto const& [key, value] : record.pairs) {
      auto const* our_value = ours.find(key);
      if (our_value == nullptr || key == "DIDTIMEOUT") continue;  // theirs is 1 for every failure
      auto const at = m.marks.at(key);
      if (at) {
        EXPECT_EQ(hundredths(*at), parse_seconds(value)->count() / 10'000) << key << " " << value;
        ++moments;
      } else if (value != "(null)") {
        EXPECT_EQ(*our_value, value) << key;
      }
    }
    for (auto const* key : {"DATACOMPLETE", "DATAPERC50", "DATAPERC100"})
      EXPECT_EQ(m.marks.at(key).has_value(), m.outcome.ok()) << key;
  }
  // Seven steps and START but RESPONSE, which this TGen doesn't time; of five also the payload's.
  EXPECT_EQ(moments, 5 * (7 + 12) + 2 * 7 + 5);
}

TEST(TgenLogBefore10, KeepsMicroseconds) {
  auto const m = read_log(lines_of("onionperf-0.tgen.log")).at(0);
  EXPECT_EQ(to_us(m.started_at), 1'548'934'213'639'490 - 22'493'970);
  EXPECT_EQ(m.marks.between("START", "DATACOMPLETE"), Micros{22'390'412});
  EXPECT_EQ(m.marks.between("START", "NEGOTIATE"), Micros{274});
  // The line with the first byte agrees with the last line that far.
  EXPECT_LT(m.marks.find("START")->error_bound, Micros{1000});
}

TEST(TgenLogBefore10, MarksAreInTheOrderOfTimeAndThePayloadsBetweenItsFirstAndLastByte) {
  for (auto const& m : read_log(lines_of("onionperf-0.tgen.log"))) {
    auto const& entries = m.marks.entries();
    for (std::size_t i = 1; i < entries.size(); ++i)
      EXPECT_LE(entries[i - 1].mark.at, entries[i].mark.at) << entries[i].name;
    // Eight of the steps, eleven tenths, nine partial sizes, and the end; RESPONSE is missing.
    EXPECT_TRUE(!m.outcome.ok() || entries.size() == 8U - 1 + 11 + 9 + 1) << entries.size();
  }
}

TEST(TgenLogBefore10, AFailuresStartSaysHowMuchEarlierItMayHaveBeen) {
  auto const m = read_log(lines_of("onionperf-0.tgen.log")).at(2);
  // OnionPerf puts the start of a time-out in front of the last step that was reached, as if it
  // had ended with it; the first bytes came 14.5 s before that says so.
  auto const bound = m.marks.find("START")->error_bound;
  EXPECT_GT(bound, Micros{14'400'000});
  EXPECT_LT(bound, Micros{14'600'000});
  EXPECT_EQ(m.marks.find("DATAREQUEST")->error_bound, bound);
  EXPECT_EQ(m.marks.find("DATAPERC10"), nullptr);
}

TEST(TgenLogBefore10, TheAnsweringEndMeasuresNothing) {
  auto const line = line_with("onionperf-0.tgen.log", "[transfer-complete]");
  auto const answered = with_text(line, "payload-bytes-read=", "payload-bytes-write=");
  EXPECT_FALSE(read_line(answered).value());
  auto const put = with_text(answered, ",GET,", ",PUT,");
  auto const upload = read_line(put).value().value();
  EXPECT_EQ(upload.kind, model::Kind::upload);
  EXPECT_TRUE(upload.marks.at("HANDEDLAST"));
  EXPECT_FALSE(upload.marks.at("DATACOMPLETE"));
}

TEST(TgenLog1, HasTheTimesThatOnionPerfPublished) {
  auto const all = read_log(lines_of("onionperf-1.tgen.log"));
  ASSERT_EQ(all.size(), 5U);
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> last;
  int onions = 0;
  for (auto const& m : all) {
    first.push_back(m.marks.between("START", "DATAPERC0").value().count());
    last.push_back(m.marks.between("START", "DATACOMPLETE").value().count());
    onions += m.target == "onion" ? 1 : 0;
    EXPECT_TRUE(m.outcome.ok());
    EXPECT_EQ(m.source, "op-hk5");
    EXPECT_EQ(m.filesize, 5242880);
  }
  EXPECT_EQ(first, (std::vector<std::int64_t>{4134508, 1129437, 11376374, 4299650, 1491450}));
  EXPECT_EQ(last, (std::vector<std::int64_t>{34725328, 11817973, 18613478, 26635889, 11187625}));
  EXPECT_EQ(onions, 2);
  auto const& m = all[0];
  EXPECT_EQ(to_us(m.started_at), 1'609'459'309'410'935);
  EXPECT_EQ(m.marks.between("START", "RESPONSE"), Micros{3'236'162});
  EXPECT_EQ(m.marks.between("START", "DATAPERC50"), Micros{18'852'720});
  EXPECT_EQ(m.marks.between("START", "PARTIAL51200"), Micros{4'592'524});
  EXPECT_EQ(m.marks.between("START", "PARTIAL5242880"), Micros{34'725'328});
  // Its line's stamp says 151 µs before the first payload byte.
  EXPECT_EQ(all[1].marks.between("START", "PARTIAL10240"), Micros{1'129'437});
  EXPECT_EQ(m.readbytes, 5242985);
  EXPECT_EQ(m.local, (model::Endpoint{"localhost", "127.0.0.1", 36176}));
  EXPECT_EQ(all[1].remote.address, "18.163.35.183");
}

std::string failed_stream() {
  auto line = line_with("onionperf-1.tgen.log", "[stream-success]");
  line = with_text(line, "[stream-success]", "[stream-error]");
  line = with_text(line, "RECV_SUCCESS,error=NONE", "RECV_PAYLOAD,error=STALLOUT");
  line = with_text(line, "usecs-to-last-byte-recv=34725328", "usecs-to-last-byte-recv=30000000");
  line = with_text(line, "usecs-to-checksum-recv=34725328", "usecs-to-checksum-recv=-1");
  return with_text(line, "payload-bytes-recv=5242880", "payload-bytes-recv=4718592");
}

TEST(TgenLog1, AFailureKeepsWhatWasReachedAndIsNotComplete) {
  auto lines = lines_of("onionperf-1.tgen.log");
  for (auto& line : lines)
    if (line.find("[stream-success]") != std::string::npos) {
      line = failed_stream();
      break;
    }
  auto const m = read_log(lines).at(0);
  EXPECT_EQ(m.outcome.code, FailureCode::net_timeout);
  EXPECT_EQ(m.outcome.detail, "TGEN/STALLOUT");
  EXPECT_EQ(m.payload_bytes, 4718592);
  EXPECT_EQ(m.marks.between("START", "DATAPERC90"), Micros{30'877'916});
  for (auto const* mark : {"DATAPERC100", "DATACOMPLETE", "PARTIAL5242880"})
    EXPECT_FALSE(m.marks.at(mark)) << mark;
}

TEST(TgenLog1, AProxysErrorIsTors) {
  auto line = failed_stream();
  line = with_text(line, "error=STALLOUT", "error=PROXY");
  line = with_text(line, "state=SUCCESS_OPEN,error=NONE", "state=ERROR,error=STATUS");
  auto const m = read_line(line).value().value();
  EXPECT_EQ(m.outcome.code, FailureCode::socks_general_failure);
  EXPECT_EQ(m.outcome.detail, "TOR, transport STATUS");
}

TEST(TgenLog1, ATenthThatCameWithTheLastByteSaysSinceWhen) {
  auto lines = lines_of("onionperf-1.tgen.log");
  std::vector<std::string> few;  // of the first stream: up to 20 %, and its end
  for (auto const& line : lines)
    if (line.find("[id=34161,") != std::string::npos &&
        (few.size() < 8 || line.find("-success]") != std::string::npos))
      few.push_back(line);
  auto const m = read_log(few).at(0);
  auto const* mark = m.marks.find("DATAPERC90");
  ASSERT_NE(mark, nullptr);
  EXPECT_EQ(mark->at, m.marks.at("DATACOMPLETE"));
  EXPECT_EQ(mark->error_bound, Micros{34'725'328 - 6'897'864});
  EXPECT_EQ(m.marks.find("DATAPERC100")->error_bound, Micros{0});
}

TEST(TgenLog1, WithoutProgressThereAreNoTenths) {
  auto const m = read_line(line_with("onionperf-1.tgen.log", "[stream-success]")).value().value();
  EXPECT_EQ(m.marks.find("DATAPERC10"), nullptr);
  EXPECT_EQ(m.marks.find("PARTIAL10240"), nullptr);
  EXPECT_EQ(m.marks.at("PARTIAL5242880"), m.marks.at("DATACOMPLETE"));
  EXPECT_TRUE(m.marks.at("DATAPERC0"));
}

TEST(TgenLog1, TheAnsweringEndMeasuresNothing) {
  auto const line = line_with("onionperf-1.tgen.log", "[stream-success]");
  EXPECT_FALSE(
      read_line(with_text(line, "vertexid=stream", "vertexid=passive-stream:stream")).value());
}

TEST(TgenLog1, LessThanAskedForIsNoSuccess) {
  auto const line = line_with("onionperf-1.tgen.log", "[stream-success]");
  auto const m =
      read_line(with_text(line, "payload-bytes-recv=5242880", "payload-bytes-recv=5242879"));
  EXPECT_EQ(m.value()->outcome.code, FailureCode::http_truncated);
}

TEST(TgenLog, TheSameLineAlwaysGivesTheSameIdAndAnotherLineAnother) {
  auto const line = line_with("onionperf-1.tgen.log", "[stream-success]");
  auto const id = read_line(line).value()->id;
  EXPECT_TRUE(is_id(id));
  EXPECT_EQ(read_line(line + "\r\n").value()->id, id);
  EXPECT_EQ(read_log(lines_of("onionperf-1.tgen.log")).at(0).id, id);
  EXPECT_NE(read_line(with_text(line, "[id=34161", "[id=34160")).value()->id, id);
}

TEST(TgenLog, ABrokenLineIsRefusedWithItsReason) {
  auto const old = line_with("onionperf-0.tgen.log", "[transfer-error]");
  auto const line = line_with("onionperf-1.tgen.log", "[stream-success]");
  auto const starts = [](std::string_view text, std::string_view with) {
    EXPECT_TRUE(reason(text).starts_with(with)) << reason(text);
  };
  starts(line.substr(0, line.find("[stream-")) + "[stream-succ", "the line is cut off");
  starts(old.substr(5), "not a date, a time, seconds");
  starts(with_text(old, " 1548934251.145092", " x"), "not a date, a time, seconds");
  starts(old.substr(0, 30) + old, "not a date, a time, seconds");
  starts(with_text(old, ",state=ERROR,error=TIMEOUT", ""), "no transfer of nine parts");
  starts(with_text(old, "TCP,14,", ""), "no transport of seven parts");
  starts(with_text(old, ",5242880,", ",-1,"), "no transfer of nine parts");
  starts(with_text(old, "usecs-to-command=", "usecs-to-comet="), "a step's time is missing");
  starts(with_text(old, "total-bytes-read=", "total-bytes-read=x"), "no total bytes");
  starts(with_text(old, "usecs-to-first-byte=", "usecs-to-first-byte=9999999999"),
         "a transfer of more than 30 days");
  starts(with_text(line, "now-ts=10419", "now-ts=00419"), "no times [");
  starts(with_text(line, "created-ts=", "born-ts="), "no times [");
  starts(with_text(line, " stream [id=", " [id="), "no stream [");
  starts(with_text(line, "payload-bytes-recv=", "payload-bytes-lost="), "no bytes [");
  starts(with_text(line, "created-ts=10419510049367", "created-ts=0"),
         "a transfer of more than 30 days");
  starts(line + std::string(70'000, 'x'), "longer than 64 KiB");
}

TEST(TgenLog, OfABrokenLineNothingStays) {
  auto lines = lines_of("onionperf-0.tgen.log");
  auto const whole = read_log(lines);
  TgenLogReader reader;
  std::size_t found = 0;
  for (auto const& line : lines) {
    auto const half = reader.line(line.substr(line.size() / 2));
    EXPECT_TRUE(!half || !*half);
    auto const read = reader.line(line);
    ASSERT_TRUE(read);
    EXPECT_TRUE(!*read || **read == whole.at(found++));
  }
  EXPECT_EQ(found, 8U);
}

TEST(TgenLog, ALineCutAnywhereIsBrokenOrNothingButNoMeasurement) {
  for (auto const& [name, tag] : {std::pair{"onionperf-0.tgen.log", "[transfer-error]"},
                                  std::pair{"onionperf-1.tgen.log", "[stream-success]"}}) {
    auto const line = line_with(name, tag);
    auto const tag_at = line.find(tag);
    // The last number's own digits can't be told from a whole one before 1.0.
    for (std::size_t n = 0; n + 2 < line.size(); ++n) {
      auto const read = read_line(std::string_view(line).substr(0, n));
      if (n > tag_at + 9)
        EXPECT_FALSE(read) << n;
      else
        EXPECT_TRUE(!read || !*read) << n;
      auto const tail = read_line(std::string_view(line).substr(n + 1));
      EXPECT_TRUE(!tail || !*tail) << n;
    }
  }
}

TEST(TgenLog, StatusLinesThatAreAlikeTellTheSameAsOnesThatDiffer) {
  for (std::string const name : {"onionperf-0.tgen.log", "onionperf-1.tgen.log"}) {
    auto const alike = lines_of(name);
    auto differing = alike;
    // Another line of TGen's source in every second one: none is like the one before it.
    for (std::size_t i = 0; i < differing.size(); i += 2)
      if (auto const at = differing[i].find(".c:"); at != std::string::npos)
        differing[i].replace(at, 3, ".c:9");
    for (auto& line : differing)
      if (line.find("-status]") == std::string::npos)
        if (auto const at = line.find(".c:9"); at != std::string::npos) line.erase(at + 3, 1);
    EXPECT_EQ(read_log(differing), read_log(alike)) << name;
  }
}

// Whatever is wrong with a line that looks like the one before it: only what the parser of all
// lines takes is taken, and it says the same.
TEST(TgenRepeat, TakesNothingThatTheParserWouldNot) {
  for (auto const& [name, tag] : {std::pair("onionperf-0.tgen.log", "[transfer-status]"),
                                  std::pair("onionperf-1.tgen.log", "[stream-status]")}) {
    auto const first = line_with(name, tag);
    auto const told = parse_tgen_line(first).value().value();
    TgenRepeat repeat;
    repeat.learn(first, told);
    std::size_t taken = 0;
    for (std::size_t at = 0; at < first.size(); ++at)
      for (char const c : {'0', '7', ' ', '[', ']', ',', '=', '-', 'x', '\0'}) {
        auto changed = first;
        changed[at] = c;
        auto const progress = repeat.read(changed);
        if (!progress) continue;
        ++taken;
        auto const line = parse_tgen_line(changed);
        ASSERT_TRUE(line && *line) << changed;
        EXPECT_EQ((*line)->at, progress->at) << changed;
        EXPECT_EQ((*line)->payload, progress->payload) << changed;
        EXPECT_EQ((*line)->id, told.id) << changed;
        EXPECT_EQ((*line)->local, told.local) << changed;
      }
    EXPECT_GT(taken, 50U);
    for (std::size_t size = 0; size < first.size(); ++size)
      if (auto const progress = repeat.read(std::string_view(first).substr(0, size))) {
        auto const line = parse_tgen_line(std::string_view(first).substr(0, size));
        ASSERT_TRUE(line && *line) << size;
        EXPECT_EQ((*line)->payload, progress->payload) << size;
      }
  }
}

TEST(TgenLog, OpenTransfersAreBoundedAndTheSilentOnesGo) {
  auto const line = line_with("onionperf-1.tgen.log", "[stream-status]");
  TgenLogReader reader;
  for (int i = 0; i < 10'000; ++i) {
    auto const id = "[id=" + std::to_string(100'000 + i);
    ASSERT_TRUE(reader.line(with_text(line, "[id=34161", id)));
    ASSERT_TRUE(i % 100 != 0 || reader.line(line));  // this one speaks
  }
  auto const end = reader.line(line_with("onionperf-1.tgen.log", "[stream-success]"));
  EXPECT_TRUE(end.value()->marks.at("DATAPERC10"));  // its progress is still there
  EXPECT_EQ(reader.finish(), kMaxOpenTransfers - 1);
  EXPECT_EQ(reader.finish(), 0U);
}

TEST(TgenLog, WhatIsReadCanBeWrittenInEveryFormat) {
  for (auto const* name : {"onionperf-0.tgen.log", "onionperf-1.tgen.log"})
    for (auto const& m : read_log(lines_of(name))) {
      EXPECT_EQ(from_json_line(to_json_line(m)).value(), m);
      EXPECT_TRUE(read_tpf(write_tpf(to_tpf(m).value())));
    }
}

}  // namespace
}  // namespace perfd::formats
