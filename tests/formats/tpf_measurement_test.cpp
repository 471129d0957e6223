#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/id.h"
#include "formats/support/generators.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::FailureCode;
using model::Measurement;
using namespace perfd::testing;

WallTime at_ms(std::int64_t ms) { return wall_from_us(1'700'000'000'000'000 + ms * 1000 + 999); }

Measurement torperf_example() {
  Measurement m;
  m.source = "op-de1";
  m.experiment = "download-50k";
  m.filesize = 51200;
  m.payload_bytes = 51200;
  m.readbytes = 51493;
  m.writebytes = 75;
  m.started_at = at_ms(0);
  int ms = 0;
  for (auto const* name : {"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "RESPONSE",
                           "DATAREQUEST", "DATARESPONSE"})
    m.marks.set(name, {at_ms(ms += 10)});
  m.marks.set("DATAPERC0", {at_ms(100)});
  m.marks.set("PARTIAL10240", {at_ms(150)});
  m.marks.set("DATAPERC100", {at_ms(200)});
  m.marks.set("DATACOMPLETE", {at_ms(200)});
  m.local = {"", "127.0.0.1", 40001};
  m.proxy = {"localhost", "127.0.0.1", 9050};
  m.remote = {"203.0.113.7", "", 80};
  model::Circuit old;
  old.id = 7;
  model::Circuit circuit;
  circuit.id = 8;
  circuit.launched_at = at_ms(-5000);
  circuit.path = {{std::string(40, 'A'), "alice", at_ms(-4900)},
                  {std::string(40, 'B'), "", at_ms(-4800)}};
  circuit.build_timeout = Micros{1'500'400};
  circuit.timeout_quantile = 0.8;
  m.tor.circuits = {old, circuit};
  m.tor.stream.emplace();
  m.tor.stream->id = 99;
  m.tor.stream->attachments = {{7, at_ms(20), at_ms(30), "TIMEOUT", ""},
                               {8, at_ms(40), {}, "", ""}};
  m.tor.stream->closed_at = at_ms(210);
  return m;
}

std::string text(Measurement const& m) {
  std::string out;
  EXPECT_TRUE(append_tpf(out, m));
  return out;
}

TEST(TpfOfAMeasurement, HasTorperfsKeysInAsciiOrder) {
  EXPECT_EQ(
      text(torperf_example()),
      "@type torperf 1.1\n"
      "BUILDTIMES=0.100000,0.200000 CIRC_ID=8 CONNECT=1700000000.03 DATACOMPLETE=1700000000.20 "
      "DATAPERC0=1700000000.10 DATAPERC100=1700000000.20 DATAREQUEST=1700000000.07 "
      "DATARESPONSE=1700000000.08 DIDTIMEOUT=0 ENDPOINTLOCAL=127.0.0.1:127.0.0.1:40001 "
      "ENDPOINTPROXY=localhost:127.0.0.1:9050 ENDPOINTREMOTE=203.0.113.7:0.0.0.0:80 "
      "FILESIZE=51200 HOSTNAMELOCAL=op-de1 HOSTNAMEREMOTE=op-de1 LAUNCH=1699999995.00 "
      "NEGOTIATE=1700000000.04 PARTIAL10240=1700000000.15 "
      "PATH=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,"
      "$BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB QUANTILE=0.800000 READBYTES=51493 "
      "REQUEST=1700000000.05 RESPONSE=1700000000.06 SOCKET=1700000000.02 SOURCE=op-de1 "
      "SOURCEADDRESS=127.0.0.1 START=1700000000.01 TIMEOUT=1500 USED_AT=1700000000.21 USED_BY=99 "
      "WRITEBYTES=75\n");
}

TEST(TpfOfAMeasurement, TimesAreCutOffAndNeverRoundedUp) {
  auto m = torperf_example();
  m.marks = {};
  m.marks.set("START", {wall_from_us(1'700'000'000'019'999)});
  EXPECT_EQ(*to_tpf(m)->find("START"), "1700000000.01");
}

TEST(TpfOfAMeasurement, AFailureHasItsWordAndZeroForWhatWasNotReached) {
  auto m = torperf_example();
  m.marks = {};
  m.tor = {};
  m.outcome = {FailureCode::net_timeout, "socks connect", "deadline"};
  auto const record = to_tpf(m).value();
  EXPECT_EQ(*record.find("ERRORCODE"), "TGEN/TIMEOUT");
  EXPECT_EQ(*record.find("DIDTIMEOUT"), "1");
  EXPECT_EQ(*record.find("START"), "1700000000.00");  // started_at
  EXPECT_EQ(*record.find("DATACOMPLETE"), "0.0");
  EXPECT_EQ(record.find("LAUNCH"), nullptr);
  EXPECT_EQ(record.find("DATAPERC0"), nullptr);
}

TEST(TpfOfAMeasurement, TorsReasonsAreTheWordOfAProxyFailure) {
  auto m = torperf_example();
  m.outcome = {FailureCode::socks_ttl_expired, "socks connect", "0x06"};
  EXPECT_EQ(onionperf_error(m), "TOR/TIMEOUT");
  m.tor.stream->reason = "END";
  EXPECT_EQ(onionperf_error(m), "TOR/END");
  m.tor.stream->remote_reason = "CONNECTREFUSED";
  EXPECT_EQ(onionperf_error(m), "TOR/END/CONNECTREFUSED");
  m.tor.stream->remote_reason = "A=B C";  // would break the line
  EXPECT_EQ(onionperf_error(m), "TOR/END");
}

TEST(TpfOfAMeasurement, EveryFailureHasAWordThatReadsBackAsAFailure) {
  for (auto const code : model::all_failure_codes()) {
    auto m = torperf_example();
    m.tor = {};
    m.outcome.code = code;
    auto const word = onionperf_error(m);
    EXPECT_EQ(word.empty(), code == FailureCode::ok);
    if (word.empty()) continue;
    auto again = m;
    again.outcome.code = failure_from_onionperf(word);
    EXPECT_EQ(onionperf_error(again), word);
  }
}

TEST(TpfOfAMeasurement, LeavesOutWhatSaysNothingAboutTor) {
  std::string out;
  for (auto const code : {FailureCode::perfd_missed_slot, FailureCode::perfd_aborted,
                          FailureCode::perfd_cancelled, FailureCode::perfd_internal}) {
    auto m = torperf_example();
    m.outcome.code = code;
    EXPECT_FALSE(append_tpf(out, m));
  }
  auto upload = torperf_example();
  upload.kind = model::Kind::upload;
  EXPECT_FALSE(append_tpf(out, upload));
  EXPECT_EQ(out, "");
}

TEST(TpfOfAMeasurement, NamesNeverBreakTheLine) {
  auto m = torperf_example();
  m.source = "a b=c\nd";
  m.remote.host = "evil host=1\n@type";
  auto const records = read_tpf(text(m));
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(*records->front().find("SOURCE"), "a_b_c_d");
  m.filesize = std::int64_t{5} << 32U;
  EXPECT_EQ(*to_tpf(m)->find("FILESIZE"), "2147483647");
}

TEST(TpfOfAMeasurement, WithoutAControllerThereAreNoCircuitKeys) {
  auto m = torperf_example();
  m.tor = {};
  for (auto const* key : {"CIRC_ID", "PATH", "BUILDTIMES", "USED_AT", "USED_BY", "TIMEOUT"})
    EXPECT_EQ(to_tpf(m)->find(key), nullptr) << key;
}

TEST(TpfOfAMeasurement, WhateverTheModelHoldsTheLineIsValid) {
  EXPECT_TRUE(rc::check([] {
    auto m = *any_measurement();
    m.kind = model::Kind::download;
    auto const record = to_tpf(m);
    if (!record) return;
    auto const read = read_tpf(write_tpf(*record));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->size() == 1U);
    RC_ASSERT(read->front() == *record);
  }));
}

TEST(TpfRoundTrip, LosesOnlyWhatTwoDecimalsLose) {
  EXPECT_TRUE(rc::check([] {
    auto const m = *real_download();
    auto const record = read_tpf(write_tpf(to_tpf(m).value())).value().at(0);
    auto const read = from_tpf(record).value();
    RC_ASSERT(is_id(read.id));
    RC_ASSERT(read.source == m.source);
    RC_ASSERT(read.filesize == m.filesize);
    RC_ASSERT(read.readbytes == m.readbytes);
    RC_ASSERT(read.writebytes == m.writebytes);
    RC_ASSERT(read.local == m.local);
    RC_ASSERT(read.outcome.ok() == m.outcome.ok() || m.readbytes < m.filesize);
    RC_ASSERT(read.marks.entries().size() == m.marks.entries().size());
    for (auto const& [name, mark] : m.marks.entries()) {
      auto const lost = mark.at - read.marks.at(name).value();
      RC_ASSERT(lost >= Micros{0} && lost < Micros{10'000});
    }
    RC_ASSERT(read.tor.circuits.size() == m.tor.circuits.size());
    if (m.tor.stream) {
      auto const& circuit = m.tor.circuits.front();
      auto const& again = read.tor.circuits.front();
      RC_ASSERT(again.id == circuit.id);
      RC_ASSERT(again.build_timeout == circuit.build_timeout);
      RC_ASSERT(again.timeout_quantile == circuit.timeout_quantile);
      RC_ASSERT(again.path.size() == circuit.path.size());
      for (std::size_t i = 0; i < again.path.size(); ++i) {
        RC_ASSERT(again.path[i].fingerprint == circuit.path[i].fingerprint);
        RC_ASSERT(again.path[i].extended_at - again.launched_at ==
                  circuit.path[i].extended_at - circuit.launched_at);
      }
      RC_ASSERT(read.tor.stream->id == m.tor.stream->id);
    }
    RC_ASSERT(m.readbytes < m.filesize || to_tpf(read).value() == record);
  }));
}

TEST(TpfImport, TheSameLineAlwaysGivesTheSameIdAndAnotherLineAnother) {
  auto const record = to_tpf(torperf_example()).value();
  auto other = record;
  other.pairs.back().second = "76";
  EXPECT_EQ(from_tpf(record)->id, from_tpf(record)->id);
  EXPECT_NE(from_tpf(record)->id, from_tpf(other)->id);
}

TEST(TpfImport, ImportedMarksSayThatTheyAreCoarse) {
  auto const read = from_tpf(to_tpf(torperf_example()).value()).value();
  EXPECT_EQ(read.marks.find("START")->error_bound, Micros{10'000});
}

TEST(TpfImport, ATimeoutAPartialAndAnEmptyTransferAreFailures) {
  auto record = to_tpf(torperf_example()).value();
  auto const outcome = [&](std::string_view key, std::string value) {
    auto changed = record;
    for (auto& [name, old] : changed.pairs)
      if (name == key) old = value;
    return from_tpf(changed)->outcome.code;
  };
  EXPECT_EQ(outcome("DIDTIMEOUT", "1"), FailureCode::net_timeout);
  EXPECT_EQ(outcome("DATACOMPLETE", "0.0"), FailureCode::net_closed);
  EXPECT_EQ(outcome("READBYTES", "51199"), FailureCode::http_truncated);
  EXPECT_EQ(outcome("READBYTES", "51200"), FailureCode::ok);
}

}  // namespace
}  // namespace perfd::formats
