// Everything that a real tor wrote to OnionPerf's control log is understood.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "places.h"
#include "wire/torctl/event.h"
#include "wire/torctl/support/control_log.h"

namespace perfd::wire::torctl {
namespace {

std::vector<test::LoggedReply> const& real_log() {
  static auto const log = test::read_control_log(perfd::test::data("onionperf.torctl.log"));
  return log;
}

TEST(RealControlLog, IsTypedLineByLine) {
  std::map<std::size_t, int> kinds;
  for (auto const& [at, reply] : real_log()) {
    auto const event = parse_event(reply);
    if (auto const* bad = std::get_if<Malformed>(&event)) ADD_FAILURE() << bad->error << bad->raw;
    if (auto const* odd = std::get_if<Unknown>(&event)) ADD_FAILURE() << odd->raw;
    ++kinds[event.index()];
    std::visit(
        [&](auto const& known) {
          if constexpr (requires { known.rest; }) {
            EXPECT_TRUE(known.rest.empty()) << to_text(reply);
          }
        },
        event);
  }
  auto const count = [&](Event const& of) { return kinds[of.index()]; };
  EXPECT_EQ(count(CircBw{}), 169);
  EXPECT_EQ(count(Bw{}), 163);
  EXPECT_EQ(count(StreamBw{}), 150);
  EXPECT_EQ(count(Circ{}), 113);
  EXPECT_EQ(count(Stream{}), 38);
  EXPECT_EQ(count(OrConn{}), 30);
  EXPECT_EQ(count(CircMinor{}), 15);
  EXPECT_EQ(count(HsDesc{}), 4);
  EXPECT_EQ(count(HsDescContent{}), 2);
  EXPECT_EQ(real_log().size(), 684U);
}

TEST(RealControlLog, HasPathsTimesAndDescriptors) {
  std::set<std::string> fingerprints;
  for (auto const& [at, reply] : real_log()) {
    auto const event = parse_event(reply);
    if (auto const* circ = std::get_if<Circ>(&event)) {
      EXPECT_TRUE(circ->time_created) << to_text(reply);
      EXPECT_LE(circ->time_created.value_or(at + Micros{1}), at + Micros{10'000});
      for (auto const& hop : circ->path) {
        EXPECT_EQ(hop.fingerprint.size(), 40U);
        EXPECT_NE(hop.nickname, "");
        fingerprints.insert(hop.fingerprint);
      }
    }
    if (auto const* content = std::get_if<HsDescContent>(&event)) {
      EXPECT_GT(content->descriptor.size(), 2000U);
      EXPECT_TRUE(content->descriptor.find("\n650 ") == std::string::npos);
    }
  }
  EXPECT_GT(fingerprints.size(), 30U);
}

}  // namespace
}  // namespace perfd::wire::torctl
