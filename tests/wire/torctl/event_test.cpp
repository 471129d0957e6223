#include "wire/torctl/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd::wire::torctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Reply reply_of(std::string_view text) {
  ReplyReader reader;
  reader.feed(std::string(text) + "\r\n").value();
  return reader.next().value();
}

template <class E>
E event(std::string_view text) {
  auto const parsed = parse_event(reply_of(text));
  if (auto const* wrong = std::get_if<Malformed>(&parsed)) ADD_FAILURE() << wrong->error;
  return std::get<E>(parsed);
}

std::string const kFp = "BBD8F4DF8FF5C69A6A989DB8C1EE2CA7ADFE0755";
std::string const kFp2 = "3CE90527D5712296B58E7EB7CD57F7D388D25FBB";

TEST(CircEvent, HasPathFlagsPurposeAndReasons) {
  auto const circ = event<Circ>(
      "650 CIRC 12 CLOSED $" + kFp + "~a,$" + kFp2 +
      "~b BUILD_FLAGS=IS_INTERNAL,NEED_CAPACITY PURPOSE=HS_CLIENT_REND HS_STATE=HSCR_JOINED "
      "REND_QUERY=abc TIME_CREATED=2026-11-24T03:40:11.123456 REASON=DESTROYED "
      "REMOTE_REASON=OR_CONN_CLOSED SOCKS_USERNAME=\"u \\\"x\" SOCKS_PASSWORD=\"p\" HS_POW=v1,5 "
      "LATER=x");
  EXPECT_EQ(circ.id, 12U);
  EXPECT_EQ(circ.status, "CLOSED");
  EXPECT_THAT(circ.path, ElementsAre(RelayName{kFp, "a"}, RelayName{kFp2, "b"}));
  EXPECT_EQ(circ.build_flags, "IS_INTERNAL,NEED_CAPACITY");
  EXPECT_EQ(circ.purpose, "HS_CLIENT_REND");
  EXPECT_EQ(circ.hs_state, "HSCR_JOINED");
  EXPECT_EQ(circ.rend_query, "abc");
  EXPECT_EQ(to_us(*circ.time_created), 1795491611123456);
  EXPECT_EQ(circ.reason, "DESTROYED");
  EXPECT_EQ(circ.remote_reason, "OR_CONN_CLOSED");
  EXPECT_EQ(circ.socks_username, "u \"x");
  EXPECT_EQ(circ.socks_password, "p");
  EXPECT_EQ(circ.hs_pow, "v1,5");
  EXPECT_THAT(circ.rest, ElementsAre(Pair("LATER", "x")));
}

TEST(CircEvent, KnowsConflux) {
  auto const circ = event<Circ>(
      "650 CIRC 18 LAUNCHED BUILD_FLAGS=NEED_CAPACITY,NEED_UPTIME PURPOSE=CONFLUX_UNLINKED "
      "TIME_CREATED=2026-11-24T03:40:11.123456 CONFLUX_ID=AB12");
  EXPECT_TRUE(circ.path.empty());
  EXPECT_EQ(circ.conflux_id, "AB12");
  EXPECT_FALSE(circ.conflux_rtt);
  auto const minor = event<CircMinor>(
      "650 CIRC_MINOR 18 PURPOSE_CHANGED $" + kFp +
      "~a PURPOSE=CONFLUX_LINKED CONFLUX_ID=AB12 CONFLUX_RTT=61234 OLD_PURPOSE=CONFLUX_UNLINKED");
  EXPECT_EQ(minor.status, "PURPOSE_CHANGED");
  EXPECT_EQ(minor.purpose, "CONFLUX_LINKED");
  EXPECT_EQ(minor.old_purpose, "CONFLUX_UNLINKED");
  EXPECT_EQ(minor.conflux_rtt, Micros{61234});
}

TEST(StreamEvent, NamesItsClient) {
  auto const stream = event<Stream>(
      R"(650 STREAM 14 NEW 0 127.0.0.1:18086 SOURCE_ADDR=127.0.0.1:40586 PURPOSE=USER )"
      R"(SOCKS_USERNAME="u" SOCKS_PASSWORD="x" CLIENT_PROTOCOL=SOCKS5 NYM_EPOCH=0 )"
      R"(SESSION_GROUP=-5 ISO_FIELDS=SOCKS_USERNAME,SOCKS_PASSWORD,CLIENTADDR)");
  EXPECT_EQ(stream.id, 14U);
  EXPECT_EQ(stream.status, "NEW");
  EXPECT_EQ(stream.circuit, 0U);
  EXPECT_EQ(stream.target, "127.0.0.1:18086");
  EXPECT_EQ(stream.source_address, "127.0.0.1:40586");
  EXPECT_EQ(stream.purpose, "USER");
  EXPECT_EQ(stream.socks_username, "u");
  EXPECT_EQ(stream.client_protocol, "SOCKS5");
  EXPECT_EQ(stream.nym_epoch, "0");
  EXPECT_EQ(stream.session_group, "-5");
  EXPECT_EQ(stream.iso_fields, "SOCKS_USERNAME,SOCKS_PASSWORD,CLIENTADDR");
  EXPECT_THAT(stream.rest, IsEmpty());
}

TEST(StreamEvent, NamesItsEnd) {
  auto const stream = event<Stream>(
      "650 STREAM 22 DETACHED 15 nosuch.invalid:80 REASON=END REMOTE_REASON=RESOLVEFAILED");
  EXPECT_EQ(stream.circuit, 15U);
  EXPECT_EQ(stream.reason, "END");
  EXPECT_EQ(stream.remote_reason, "RESOLVEFAILED");
  EXPECT_EQ(event<Stream>("650 STREAM 1 REMAP 2 1.2.3.4:80 SOURCE=EXIT").source, "EXIT");
}

TEST(BandwidthEvents, AreNumbers) {
  auto const stream = event<StreamBw>("650 STREAM_BW 64 52 10 2019-01-31T11:29:55.802762");
  EXPECT_EQ(stream.id, 64U);
  EXPECT_EQ(stream.written, 52U);
  EXPECT_EQ(stream.read, 10U);
  EXPECT_EQ(to_us(*stream.time), 1548934195802762);
  EXPECT_FALSE(event<StreamBw>("650 STREAM_BW 64 52 10").time);
  auto const bw = event<Bw>("650 BW 29208 5859 APP=3");
  EXPECT_EQ(bw.read, 29208U);
  EXPECT_EQ(bw.written, 5859U);
  EXPECT_THAT(bw.rest, ElementsAre(Pair("APP", "3")));
  auto const circ = event<CircBw>(
      "650 CIRC_BW ID=5 READ=21887 WRITTEN=509 TIME=2019-01-31T11:29:51.800858 "
      "DELIVERED_READ=20642 OVERHEAD_READ=772 DELIVERED_WRITTEN=0 OVERHEAD_WRITTEN=498 SS=1 "
      "CWND=124 RTT=170 MIN_RTT=150");
  EXPECT_EQ(circ.id, 5U);
  EXPECT_EQ(circ.read, 21887U);
  EXPECT_EQ(circ.delivered_read, 20642U);
  EXPECT_EQ(circ.overhead_written, 498U);
  EXPECT_EQ(circ.slow_start, true);
  EXPECT_EQ(circ.congestion_window, 124U);
  EXPECT_EQ(circ.min_rtt, Micros{150'000});
}

TEST(BuildTimeoutSetEvent, HasTimesAndRates) {
  auto const set = event<BuildTimeoutSet>(
      "650 BUILDTIMEOUT_SET COMPUTED TOTAL_TIMES=100 TIMEOUT_MS=815 XM=283 ALPHA=1.520695 "
      "CUTOFF_QUANTILE=0.800000 TIMEOUT_RATE=0.292260 CLOSE_MS=60000 CLOSE_RATE=0.011098");
  EXPECT_EQ(set.type, "COMPUTED");
  EXPECT_EQ(set.total_times, 100U);
  EXPECT_EQ(set.timeout, Micros{815'000});
  EXPECT_EQ(set.xm, Micros{283'000});
  EXPECT_DOUBLE_EQ(*set.alpha, 1.520695);
  EXPECT_DOUBLE_EQ(*set.cutoff_quantile, 0.8);
  EXPECT_DOUBLE_EQ(*set.timeout_rate, 0.29226);
  EXPECT_EQ(set.close, Micros{60'000'000});
  EXPECT_DOUBLE_EQ(*set.close_rate, 0.011098);
  EXPECT_THAT(set.rest, IsEmpty());
}

TEST(RelayEvents, NameTheRelay) {
  auto const guard = event<Guard>("650 GUARD ENTRY $" + kFp + "~a DROPPED");
  EXPECT_EQ(guard.type, "ENTRY");
  EXPECT_EQ(guard.relay, (RelayName{kFp, "a"}));
  EXPECT_EQ(guard.status, "DROPPED");
  auto const conn = event<OrConn>("650 ORCONN $" + kFp + "~a CLOSED REASON=IOERROR NCIRCS=3 ID=67");
  EXPECT_EQ(conn.relay().nickname, "a");
  EXPECT_EQ(conn.status, "CLOSED");
  EXPECT_EQ(conn.reason, "IOERROR");
  EXPECT_EQ(conn.circuits, 3U);
  EXPECT_EQ(conn.id, 67U);
  EXPECT_EQ(event<OrConn>("650 ORCONN 1.2.3.4:9001 NEW ID=1").target, "1.2.3.4:9001");
}

TEST(StatusEvents, TellTheBootstrapAndItsTrouble) {
  auto const status = event<StatusClient>(
      R"(650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay" )"
      R"(WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=5 RECOMMENDATION=warn )"
      R"(HOSTID="3CE90527D5712296B58E7EB7CD57F7D388D25FBB" HOSTADDR="127.0.2.1:9001")");
  EXPECT_EQ(status.severity, "WARN");
  auto const bootstrap = bootstrap_of(status).value();
  EXPECT_EQ(bootstrap.progress, 10);
  EXPECT_EQ(bootstrap.tag, "conn_done");
  EXPECT_EQ(bootstrap.summary, "Connected to a relay");
  EXPECT_EQ(bootstrap.warning, "Connection refused");
  EXPECT_EQ(bootstrap.reason, "CONNECTREFUSED");
  EXPECT_EQ(bootstrap.host, "$" + kFp2 + " at 127.0.2.1:9001");

  auto const established = event<StatusClient>("650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED");
  EXPECT_EQ(established.action, "CIRCUIT_ESTABLISHED");
  EXPECT_FALSE(bootstrap_of(established));
  auto const jumped = event<StatusGeneral>("650 STATUS_GENERAL NOTICE CLOCK_JUMPED TIME=312");
  EXPECT_EQ(*find(jumped.arguments, "TIME"), "312");
  EXPECT_EQ(parse_bootstrap_phase("NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"")->tag,
            "done");
  EXPECT_EQ(parse_bootstrap_phase("NOTICE BOOTSTRAP PROGRESS=4711 TAG=x")->progress, 100);
  EXPECT_FALSE(parse_bootstrap_phase(""));
}

TEST(HsDescEvents, NameServiceDirectoryAndReason) {
  auto const failed = event<HsDesc>("650 HS_DESC FAILED abc NO_AUTH $" + kFp +
                                    "~a djVSuq3o5lJnQ5dWb8t REASON=NOT_FOUND HSDIR_INDEX=E9C2");
  EXPECT_EQ(failed.action, "FAILED");
  EXPECT_EQ(failed.address, "abc");
  EXPECT_EQ(failed.descriptor_id, "djVSuq3o5lJnQ5dWb8t");
  EXPECT_EQ(failed.reason, "NOT_FOUND");
  EXPECT_EQ(failed.hs_dir_index, "E9C2");
  auto const content =
      event<HsDescContent>("650+HS_DESC_CONTENT abc did UNKNOWN\r\nhs-descriptor 3\r\n.\r\n650 OK");
  EXPECT_EQ(content.descriptor, "hs-descriptor 3\n");
  EXPECT_FALSE(content.truncated);
}

TEST(OtherEvents, AreTyped) {
  EXPECT_EQ(event<NetworkLiveness>("650 NETWORK_LIVENESS DOWN").status, "DOWN");
  event<NewConsensus>("650+NEWCONSENSUS\r\nr a b c\r\n.\r\n650 OK");
  auto const conf =
      event<ConfChanged>("650-CONF_CHANGED\r\n650-EntryNodes=a=b,c\r\n650-StrictNodes\r\n650 OK");
  EXPECT_THAT(conf.options,
              ElementsAre(Pair("EntryNodes", "a=b,c"), Pair("StrictNodes", std::nullopt)));
  auto const map =
      event<AddrMap>(R"(650 ADDRMAP example.com <error> "2026-11-24 04:00:00" error=yes )"
                     R"(EXPIRES="2026-11-24 03:00:00" CACHED="NO" STREAMID=5)");
  EXPECT_EQ(map.address, "example.com");
  EXPECT_EQ(map.new_address, "<error>");
  EXPECT_EQ(map.expiry, "2026-11-24 04:00:00");
  EXPECT_EQ(map.error, "yes");
  EXPECT_EQ(map.expires, "2026-11-24 03:00:00");
  EXPECT_EQ(map.cached, "NO");
  EXPECT_EQ(map.stream_id, "5");
}

TEST(Events, MayHaveMoreThanIsKnown) {
  auto const circ = event<Circ>(
      "650-CIRC 1000 EXTENDED moria1,moria2 0xBEEF NEW=\"x y\"\r\n650-EXTRAMAGIC=99\r\n650 ODD");
  EXPECT_THAT(circ.path, ElementsAre(RelayName{"", "moria1"}, RelayName{"", "moria2"}));
  EXPECT_THAT(circ.rest, ElementsAre(Pair("", "0xBEEF"), Pair("NEW", "x y"),
                                     Pair("EXTRAMAGIC", "99"), Pair("ODD", "")));
  EXPECT_EQ(event<Circ>("650 CIRC 1 MELTED").status, "MELTED");
}

TEST(Events, KeepAValueThatCannotBeRead) {
  auto const circ = event<Circ>("650 CIRC 1 LAUNCHED TIME_CREATED=yesterday CONFLUX_RTT=fast");
  EXPECT_FALSE(circ.time_created);
  EXPECT_THAT(circ.rest,
              ElementsAre(Pair("TIME_CREATED", "yesterday"), Pair("CONFLUX_RTT", "fast")));
}

TEST(Events, OfNoKnownKindAreKeptAsText) {
  auto const parsed = parse_event(reply_of("650-WEATHER rain\r\n650 MORE=1"));
  auto const& unknown = std::get<Unknown>(parsed);
  EXPECT_EQ(unknown.keyword, "WEATHER");
  EXPECT_EQ(unknown.raw, "650-WEATHER rain\n650 MORE=1");
  EXPECT_TRUE(std::holds_alternative<Unknown>(parse_event(reply_of("650 "))));
}

TEST(Events, ThatAreBrokenSayWhy) {
  for (std::string const text : {"CIRC",
                                 "CIRC x LAUNCHED",
                                 "CIRC 99999999999999999999 LAUNCHED",
                                 "CIRC 1",
                                 "CIRC 1 LAUNCHED X=\"unfinished",
                                 "CIRC_MINOR 1",
                                 "STREAM 1 NEW 0",
                                 "STREAM 1 NEW x a:1",
                                 "STREAM_BW 1 2",
                                 "STREAM_BW 1 2 -3",
                                 "STREAM_BW 1 2 3 later",
                                 "CIRC_BW READ=1",
                                 "BW 1",
                                 "BUILDTIMEOUT_SET",
                                 "GUARD ENTRY x",
                                 "ORCONN x",
                                 "STATUS_CLIENT NOTICE",
                                 "HS_DESC FAILED",
                                 "ADDRMAP x",
                                 "NETWORK_LIVENESS",
                                 "HS_DESC_CONTENT x"}) {
    auto const parsed = parse_event(reply_of("650 " + text));
    auto const* wrong = std::get_if<Malformed>(&parsed);
    ASSERT_NE(wrong, nullptr) << text;
    EXPECT_EQ(wrong->keyword, text.substr(0, text.find(' ')));
    EXPECT_EQ(wrong->raw, "650 " + text);
    EXPECT_NE(wrong->error, "");
  }
}

TEST(StatusLines, GiveTheObjectsThatExist) {
  auto const circuits =
      parse_circuit_status("1 BUILT $" + kFp + "~a PURPOSE=GENERAL\n\nnonsense\n2 LAUNCHED\n");
  ASSERT_EQ(circuits.size(), 2U);
  EXPECT_EQ(circuits[0].purpose, "GENERAL");
  EXPECT_EQ(circuits[1].id, 2U);
  auto const streams = parse_stream_status("5 SUCCEEDED 1 example.com:80\r\n");
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].target, "example.com:80");
  EXPECT_TRUE(parse_stream_status("").empty());
}

}  // namespace
}  // namespace perfd::wire::torctl
