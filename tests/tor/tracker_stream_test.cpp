#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tor/support/script.h"

namespace perfd::tor {
namespace {

using test::at;
using test::relay;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string new_stream(std::string const& id, std::string const& username,
                       std::string const& source) {
  return "STREAM " + id + " NEW 0 example.com:80 SOURCE_ADDR=" + source +
         " PURPOSE=USER SOCKS_USERNAME=\"" + username +
         "\" CLIENT_PROTOCOL=SOCKS5 NYM_EPOCH=0 SESSION_GROUP=-5 ISO_FIELDS=SOCKS_USERNAME";
}
std::string user(std::string const& name) { return " SOCKS_USERNAME=\"" + name + "\""; }

std::vector<std::uint64_t> ids(auto const& objects) {
  std::vector<std::uint64_t> out;
  for (auto const& object : objects) out.push_back(object.id);
  return out;
}

TEST(TrackedStream, HasStatesAttachmentAndBytes) {
  test::Script tor;
  tor(0, "CIRC 5 LAUNCHED PURPOSE=GENERAL" + user("m1"));
  tor(1, new_stream("14", "m1", "127.0.0.1:40586"));
  tor(2, "STREAM 14 SENTCONNECT 5 example.com:80" + user("m1"));
  tor(3, "STREAM 14 REMAP 5 1.2.3.4:80 SOURCE=EXIT" + user("m1"));
  tor(4, "STREAM 14 SUCCEEDED 5 1.2.3.4:80" + user("m1"));
  tor(5, "STREAM_BW 14 100 5000 2026-11-24T03:40:12.000000");
  tor(6, "STREAM_BW 14 1 46200 2026-11-24T03:40:13.000000");
  auto const open = tor.tracker.stream_for("m1");
  ASSERT_TRUE(open);
  EXPECT_FALSE(tor.tracker.is_final(*open));
  EXPECT_THAT(tor.sink.streams, IsEmpty());
  tor(7, "STREAM 14 CLOSED 5 1.2.3.4:80 REASON=END REMOTE_REASON=DONE" + user("m1"));

  ASSERT_THAT(tor.sink.streams, SizeIs(1));
  auto const& stream = tor.sink.streams[0];
  EXPECT_TRUE(tor.tracker.is_final(stream));
  EXPECT_EQ(stream.id, 14U);
  EXPECT_EQ(stream.tor_run, 7U);
  EXPECT_EQ(stream.created_at, at(1));
  EXPECT_EQ(stream.closed_at, at(7));
  EXPECT_EQ(stream.target, "example.com:80") << "what the client asked for";
  EXPECT_EQ(stream.source_address, "127.0.0.1:40586");
  EXPECT_EQ(stream.purpose, "USER");
  EXPECT_EQ(stream.client_protocol, "SOCKS5");
  EXPECT_EQ(stream.isolation, "ISO_FIELDS=SOCKS_USERNAME SESSION_GROUP=-5 NYM_EPOCH=0");
  EXPECT_EQ(stream.bytes_read, 51200U);
  EXPECT_EQ(stream.bytes_written, 101U);
  EXPECT_FALSE(stream.failed);
  EXPECT_EQ(stream.reason, "END");
  EXPECT_EQ(stream.remote_reason, "DONE");
  EXPECT_THAT(stream.states, ElementsAre(model::StateChange{at(1), "NEW", ""},
                                         model::StateChange{at(2), "SENTCONNECT", "5"},
                                         model::StateChange{at(3), "REMAP", "1.2.3.4:80"},
                                         model::StateChange{at(4), "SUCCEEDED", "5"},
                                         model::StateChange{at(7), "CLOSED", "5"}));
  EXPECT_THAT(stream.attachments, ElementsAre(model::Attachment{5, at(2), at(7), "END", "DONE"}));
  EXPECT_EQ(tor.tracker.stream_for("m1"), stream) << "closed ones are still found";
  EXPECT_THAT(ids(tor.tracker.circuits_for(stream)), ElementsAre(5U));
}

TEST(TrackedStream, ThatIsDetachedTwiceAndFailsKeepsAllItsCircuitsInOrder) {
  test::Script tor;
  for (auto const* id : {"15", "16", "12"}) tor(0, std::string("CIRC ") + id + " LAUNCHED");
  tor(1, new_stream("22", "m2", "127.0.0.1:1"));
  std::int64_t ms = 10;
  for (auto const* circuit : {"15", "16", "12"}) {
    tor(ms, "STREAM 22 SENTCONNECT " + std::string(circuit) + " nosuch.invalid:80" + user("m2"));
    if (std::string(circuit) != "12")
      tor(ms + 5, "STREAM 22 DETACHED " + std::string(circuit) +
                      " nosuch.invalid:80 REASON=END REMOTE_REASON=RESOLVEFAILED" + user("m2"));
    ms += 10;
  }
  tor(35,
      "STREAM 22 FAILED 12 nosuch.invalid:80 REASON=END REMOTE_REASON=RESOLVEFAILED" + user("m2"));
  EXPECT_FALSE(tor.tracker.is_final(*tor.tracker.stream_for("m2"))) << "CLOSED follows";
  tor(36, "STREAM 22 CLOSED 0 nosuch.invalid:80 REASON=DONE" + user("m2"));
  auto const& stream = tor.sink.streams.at(0);
  EXPECT_TRUE(stream.failed);
  EXPECT_EQ(stream.reason, "END") << "of the failure, not of the closing";
  EXPECT_EQ(stream.remote_reason, "RESOLVEFAILED");
  EXPECT_EQ(stream.closed_at, at(36));
  EXPECT_THAT(stream.attachments,
              ElementsAre(model::Attachment{15, at(10), at(15), "END", "RESOLVEFAILED"},
                          model::Attachment{16, at(20), at(25), "END", "RESOLVEFAILED"},
                          model::Attachment{12, at(30), at(35), "END", "RESOLVEFAILED"}));
  EXPECT_THAT(ids(tor.tracker.circuits_for(stream)), ElementsAre(15U, 16U, 12U));
}

TEST(TrackedStream, OnConfluxBringsTheOtherLegs) {
  test::Script tor;
  tor(0, "CIRC 18 LAUNCHED PURPOSE=CONFLUX_UNLINKED CONFLUX_ID=AB");
  tor(0, "CIRC 19 LAUNCHED PURPOSE=CONFLUX_UNLINKED CONFLUX_ID=CD");
  tor(0, "CIRC 20 LAUNCHED PURPOSE=CONFLUX_UNLINKED CONFLUX_ID=AB");
  tor(0, "CIRC 21 LAUNCHED PURPOSE=GENERAL");
  tor(1, new_stream("30", "m3", "127.0.0.1:1"));
  tor(2, "STREAM 30 SENTCONNECT 20 example.com:80" + user("m3"));
  // One leg went and the stream is said to be on the other: it has not moved.
  tor(3, "STREAM 30 SUCCEEDED 18 example.com:80" + user("m3"));
  tor(4, "CIRC 20 CLOSED PURPOSE=CONFLUX_LINKED CONFLUX_ID=AB REASON=FINISHED");
  auto const stream = tor.tracker.stream_for("m3").value();
  EXPECT_THAT(stream.attachments, SizeIs(1));
  EXPECT_THAT(ids(tor.tracker.circuits_for(stream)), ElementsAre(20U, 18U));
}

TEST(TrackedStream, OfASharedCircuitIsToldApartByItsClientsAddress) {
  test::Script tor;
  tor(0, "CIRC 5 LAUNCHED" + user("shared"));
  tor(1, new_stream("40", "shared", "127.0.0.1:1000"));
  tor(2, new_stream("41", "shared", "127.0.0.1:1001"));
  tor(3, "STREAM 40 SENTCONNECT 5 example.com:80" + user("shared"));
  tor(3, "STREAM 41 SENTCONNECT 5 example.com:80" + user("shared"));
  tor(4, "STREAM 40 CLOSED 5 example.com:80 REASON=DONE" + user("shared"));
  EXPECT_EQ(tor.tracker.stream_for("shared", "127.0.0.1:1000")->id, 40U);
  EXPECT_EQ(tor.tracker.stream_for("shared", "127.0.0.1:1001")->id, 41U);
  EXPECT_FALSE(tor.tracker.stream_for("shared", "127.0.0.1:1002"));
  EXPECT_FALSE(tor.tracker.stream_for("other", "127.0.0.1:1000"));
  EXPECT_EQ(tor.tracker.stream_for("shared")->id, 41U) << "the newest";
  EXPECT_THAT(ids(tor.tracker.streams_for("shared")), ElementsAre(40U, 41U));
  // A port that is used again is the newer stream's.
  tor(5, new_stream("42", "shared", "127.0.0.1:1000"));
  EXPECT_EQ(tor.tracker.stream_for("shared", "127.0.0.1:1000")->id, 42U);
}

TEST(TrackedStream, IsFoundByAnIpv6AddressInEitherForm) {
  test::Script tor;
  tor(1, new_stream("1", "m", "::1:1000"));
  EXPECT_TRUE(tor.tracker.stream_for("m", "[::1]:1000"));
  EXPECT_FALSE(tor.tracker.stream_for("m", "[::1]:100"));
  EXPECT_FALSE(tor.tracker.stream_for("m", "[::1]:10000"));
}

TEST(TrackedStream, ThatResolvesIsTrackedToo) {
  test::Script tor;
  tor(0, "STREAM 9 NEWRESOLVE 0 example.com:0 SOURCE_ADDR=127.0.0.1:5 PURPOSE=DNS_REQUEST" +
             user("m"));
  tor(1, "STREAM 9 SENTRESOLVE 4 example.com:0" + user("m"));
  tor(2, "STREAM 9 SUCCEEDED 4 example.com:0" + user("m"));
  tor(3, "STREAM 9 CLOSED 4 example.com:0 REASON=DONE" + user("m"));
  auto const stream = tor.tracker.stream_for("m", "127.0.0.1:5").value();
  EXPECT_EQ(stream.purpose, "DNS_REQUEST");
  EXPECT_THAT(stream.attachments, ElementsAre(model::Attachment{4, at(1), at(3), "DONE", ""}));
  EXPECT_THAT(tor.tracker.circuits_for(stream), IsEmpty()) << "a circuit that nobody saw";
}

TEST(TrackedStream, WhoseBeginningWasNotSeenIsHandedOverToo) {
  test::Script tor;
  tor(5, "STREAM 16 CLOSED 5 example.com:80 REASON=END REMOTE_REASON=DONE");
  ASSERT_THAT(tor.sink.streams, SizeIs(1));
  EXPECT_EQ(tor.sink.streams[0].target, "example.com:80");
  tor(6, "STREAM_BW 99 1 1");
  EXPECT_EQ(tor.tracker.counters().streams, 1U) << "bytes alone make no stream";
}

}  // namespace
}  // namespace perfd::tor
