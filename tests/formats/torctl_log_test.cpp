// A real log of OnionPerf's control connection.
#include "formats/torctl_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "places.h"

namespace perfd::formats {
namespace {

using Kind = TorctlLine::Kind;

std::vector<std::string> torctl_lines() {
  std::ifstream in(perfd::test::data("onionperf.torctl.log"), std::ios::binary);
  EXPECT_TRUE(in);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  return lines;
}

TEST(TorctlLog, HasTheEventsOfADay) {
  std::set<std::string> begun;
  std::set<std::string> circuits;  // that began and ended here
  std::set<std::string> streams;
  int events = 0;
  int starts = 0;
  auto const lines = torctl_lines();
  for (auto const& text : lines) {
    auto const line = parse_torctl_line(text);
    ASSERT_TRUE(line) << text;
    starts += line->kind == Kind::start ? 1 : 0;
    if (line->kind != Kind::event) continue;
    ++events;
    EXPECT_EQ(line->reply, "650 " + std::string(line->event));
    EXPECT_EQ(line->reply.find_first_of("\r\n"), std::string_view::npos);
    auto const words = split(line->event, ' ');
    auto const ended = words.size() > 2 && (words[2] == "CLOSED" || words[2] == "FAILED");
    if (words[0] != "CIRC" && words[0] != "STREAM") continue;
    auto const id = std::string(words[0]) + std::string(words[1]);
    if (words[2] == "LAUNCHED" || words[2] == "NEW") begun.insert(id);
    if (ended && begun.contains(id)) (words[0] == "CIRC" ? circuits : streams).insert(id);
  }
  EXPECT_EQ(events, 163 + 113 + 169 + 15 + 4 + 30 + 38 + 150);
  EXPECT_GE(starts, 1);
  EXPECT_EQ(circuits.size(), 7U);
  EXPECT_EQ(streams.size(), 7U);
}

TEST(TorctlLog, AnEventHasItsTimeAndTorsText) {
  auto const line = parse_torctl_line(
                        "2019-01-31 11:29:51 1548934191.51 650 STREAM 16 CLOSED 5 1.2.3.4:9001 "
                        "REASON=END REMOTE_REASON=DONE\r\n")
                        .value();
  EXPECT_EQ(line.kind, Kind::event);
  EXPECT_EQ(to_us(line.at), 1'548'934'191'510'000);
  EXPECT_EQ(line.event, "STREAM 16 CLOSED 5 1.2.3.4:9001 REASON=END REMOTE_REASON=DONE");
}

TEST(TorctlLog, TheStartTellsHostAndVersion) {
  auto const lines = torctl_lines();  // what is parsed points into them
  auto const line = parse_torctl_line(lines.front()).value();
  EXPECT_EQ(line.kind, Kind::start);
  EXPECT_EQ(line.host, "phlox");
  EXPECT_EQ(line.tor_version, "0.3.5.7");
  EXPECT_EQ(to_us(line.at), 1'548'934'191'140'000);
}

TEST(TorctlLog, NotesAndEventsOfSeveralLinesArePassedBy) {
  for (auto const* text :
       {"", "\r\n", "hs-descriptor 3", "650 OK", ".",
        "2019-01-31 11:29:51 1548934191.14 NOTICE BOOTSTRAP PROGRESS=100 TAG=done",
        "2019-01-31 11:29:51 1548934191.23 [WARNING] event TB_EMPTY is recognized by stem",
        "2019-01-31 11:29:52 1548934192.33 650+HS_DESC_CONTENT 5g73"})
    EXPECT_EQ(parse_torctl_line(text)->kind, Kind::other) << text;
}

TEST(TorctlLog, ALineWithoutItsSecondsIsBroken) {
  for (auto const* text : {"2019-01-31 11:29:51 ", "2019-01-31 11:29:51 1548934191.14",
                           "2019-01-31 11:29:51 650 BW 1 2", "2019-01-31 11:29:51 -1.14 650 BW 1 2",
                           "2019-01-31 11:29:51 1548934191 650 BW 1 2",
                           "2019-01-31 11:29:51 999999999999.14 650 BW 1 2"})
    EXPECT_FALSE(parse_torctl_line(text)) << text;
}

TEST(TorctlLog, ALineCutAnywhereIsReadOrRefused) {
  for (auto const& text : torctl_lines())
    for (std::size_t n = 0; n < text.size(); ++n) {
      auto const line = parse_torctl_line(std::string_view(text).substr(0, n));
      ASSERT_TRUE(!line || line->kind != Kind::event || n > 20U) << text;
    }
}

}  // namespace
}  // namespace perfd::formats
