#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "formats/tpf.h"
#include "places.h"

namespace perfd::formats {
namespace {

constexpr std::string_view kLine =
    "CONNECT=1.00 DATACOMPLETE=0.0 DATAREQUEST=0.0 DATARESPONSE=0.0 FILESIZE=51200 NEGOTIATE=1.00 "
    "READBYTES=0 REQUEST=1.00 RESPONSE=0.0 SOCKET=1.00 SOURCE=x START=1.00 WRITEBYTES=75";

std::string file(std::string const& name) {
  std::ifstream in(perfd::test::data(name), std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string rewritten(std::vector<TpfRecord> const& records) {
  std::string out;
  for (auto const& record : records) out += write_tpf(record);
  return out;
}

std::string error_of(std::string const& text) {
  auto const records = read_tpf(text);
  return records ? "no error" : records.error().message;
}

std::string with(std::string_view from, std::string_view to) {
  std::string line(kLine);
  return line.replace(line.find(from), from.size(), to);
}

TEST(TpfFile, ADayOfTorperfReadsAndWritesBackToTheSameBytes) {
  auto const text = file("torperf-51200-2016-10-02.tpf");
  auto const records = read_tpf(text);
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(records->size(), 287U);
  EXPECT_EQ(records->front().version, "1.0");
  EXPECT_EQ(*records->front().find("CIRC_ID"), "6019");
  EXPECT_TRUE(rewritten(*records) == text);
}

TEST(TpfFile, OnionPerfsResultsReadAndWriteBackToTheSameBytes) {
  auto const text = file("phlox-5242880.tpf");
  auto const records = read_tpf(text);
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(records->size(), 8U);
  EXPECT_EQ(records->front().version, "1.1");
  auto lines = text;  // this file has Windows line ends, which are no part of the lines
  std::erase(lines, '\r');
  EXPECT_TRUE(rewritten(*records) == lines);
}

TEST(TpfFile, EveryRealResultBecomesAMeasurementAndBackWithoutLosingAKey) {
  for (auto const* name : {"torperf-51200-2016-10-02.tpf", "phlox-5242880.tpf"}) {
    for (auto const& record : read_tpf(file(name)).value()) {
      auto const measurement = from_tpf(record);
      ASSERT_TRUE(measurement) << measurement.error().message;
      auto const again = to_tpf(*measurement).value();
      for (auto const& [key, value] : record.pairs) {
        // Others write more decimals here, fewer there, 0.0 or (null) for what is absent,
        // and DIDTIMEOUT=1 also for failures that are no time-outs.
        if (key == "BUILDTIMES" || key == "USED_AT" || value == "(null)") continue;
        if (key == "LAUNCH" && value == "0.0") continue;
        if (key == "DIDTIMEOUT" && value == "1" && *record.find("ERRORCODE") == "TOR") continue;
        auto const* rewritten = again.find(key);
        ASSERT_NE(rewritten, nullptr) << name << ":" << record.line << " " << key;
        EXPECT_EQ(*rewritten, value) << name << ":" << record.line << " " << key;
      }
    }
  }
}

TEST(TpfFile, EveryRealLineIsInAsciiOrderAsOursAre) {
  for (auto const* name : {"torperf-51200-2016-10-02.tpf", "phlox-5242880.tpf"})
    for (auto const& record : read_tpf(file(name)).value())
      EXPECT_TRUE(std::is_sorted(record.pairs.begin(), record.pairs.end())) << record.line;
}

TEST(TpfReader, KeepsUnknownKeysAndTheirOrder) {
  auto const line = "ZEBRA=1 " + std::string(kLine) + " DATAPERCX=7 APE=$";
  auto const records = read_tpf("@type torperf 1.7\n" + line + "\n").value();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].version, "1.7");
  EXPECT_EQ(*records[0].find("ZEBRA"), "1");
  EXPECT_EQ(write_tpf(records[0]), "@type torperf 1.7\n" + line + "\n");
}

TEST(TpfReader, TakesResultsWithoutAnnotationsAndWindowsLineEnds) {
  auto const line = std::string(kLine);
  auto const records = read_tpf(line + "\r\n" + line).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].version, "");
  EXPECT_EQ(rewritten(records), line + "\n" + line + "\n");
}

TEST(TpfReader, AnAnnotationHoldsForOneLine) {
  auto const line = std::string(kLine) + "\n";
  auto const records = read_tpf("@type torperf 1.1\n" + line + line).value();
  EXPECT_EQ(records[0].version, "1.1");
  EXPECT_EQ(records[1].version, "");
}

TEST(TpfReader, NamesTheLineOfAnError) {
  std::string const good = "@type torperf 1.1\n" + std::string(kLine) + "\n";
  EXPECT_EQ(error_of(good + "@type torperf 1.1\nSOURCE=x\n"),
            "line 4: the required key FILESIZE is missing");
}

TEST(TpfReader, GoesOnAfterAnError) {
  TpfReader reader;
  EXPECT_FALSE(reader.line("nonsense"));
  auto const record = reader.line(kLine);
  ASSERT_TRUE(record);
  ASSERT_TRUE(*record);
  EXPECT_EQ((*record)->line, 2U);
}

TEST(TpfReader, EveryRequiredKeyIsRequired) {
  auto const pairs = split(kLine, ' ');
  for (auto const missing : pairs) {
    std::string line;
    for (auto const pair : pairs)
      if (pair != missing) line += (line.empty() ? "" : " ") + std::string(pair);
    auto const key = std::string(missing.substr(0, missing.find('=')));
    EXPECT_EQ(error_of(line), "line 1: the required key " + key + " is missing");
  }
}

TEST(TpfReader, RefusesWhatMetricsLibRefuses) {
  struct Case {
    std::string text;
    std::string error;
  };
  std::string const line(kLine);
  for (auto const& [text, error] : {
           Case{"\n", "line 1: blank lines are not allowed"},
           Case{line + "\n\n" + line, "line 2: blank lines are not allowed"},
           Case{"@type torperf 2.0\n" + line, "line 1: version '2.0' is not 1.x"},
           Case{"@type torperf 1.1 x\n" + line, "line 1: version '1.1 x' is not 1.x"},
           Case{"@type server 1.0\n" + line,
                "line 1: '@type server 1.0' is not \\x22@type torperf 1.x\\x22"},
           Case{line + " A", "line 1: 'A' is not one KEY=VALUE pair"},
           Case{line + " A=1=2", "line 1: 'A=1=2' is not one KEY=VALUE pair"},
           Case{line + " A=", "line 1: 'A=' has an empty key or value"},
           Case{line + " =1", "line 1: '=1' has an empty key or value"},
           Case{line + "  A=1", "line 1: '' is not one KEY=VALUE pair"},
           Case{line + " A=1 A=1", "line 1: the key A stands there twice"},
           Case{with("START=1.00", "START=1"),
                "line 1: START='1' is not a time in seconds like 1475366401.23"},
           Case{with("START=1.00", "START=-1.00"),
                "line 1: START='-1.00' is not a time in seconds like 1475366401.23"},
           Case{with("FILESIZE=51200", "FILESIZE=2147483648"),
                "line 1: FILESIZE='2147483648' is not a whole number of 32 bits"},
           Case{with("READBYTES=0", "READBYTES=1.0"),
                "line 1: READBYTES='1.0' is not a whole number of 32 bits"},
           Case{line + " DIDTIMEOUT=2", "line 1: DIDTIMEOUT='2' is neither 0 nor 1"},
           Case{line + " DATAPERC10=x",
                "line 1: DATAPERC10='x' is not a time in seconds like 1475366401.23"},
           Case{line + " PATH=$ABC", "line 1: PATH='$ABC' is not a list of $ and 40 hex digits"},
           Case{line + " BUILDTIMES=0.1,,0.2",
                "line 1: BUILDTIMES='0.1,,0.2' is not a list of seconds"},
           Case{line + " QUANTILE=most", "line 1: QUANTILE='most' is not a number"},
           Case{line + "\n@type torperf 1.1\n",
                "line 2: the file ends after an annotation without its result"},
       }) {
    auto expected = error;
    for (auto at = expected.find("\\x22"); at != std::string::npos; at = expected.find("\\x22"))
      expected.replace(at, 4, "\"");
    EXPECT_EQ(error_of(text), expected) << text;
  }
}

TEST(TpfReader, BoundsTheLine) {
  EXPECT_EQ(error_of(std::string(kMaxTpfLine + 1, 'A')), "line 1: longer than 64 KiB");
}

}  // namespace
}  // namespace perfd::formats
