#include "formats/documents.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include "formats/support/generators.h"

namespace perfd::formats {
namespace {

using model::Measurement;
using namespace perfd::testing;

WallTime at(std::int64_t us) { return wall_from_us(1'700'000'000'000'000 + us); }

model::Circuit circuit() {
  model::Circuit c;
  c.id = 29;
  c.launched_at = at(-4'000'001);
  c.path = {{std::string(40, 'A'), "alice", at(-3'500'000)},
            {std::string(40, 'B'), "", at(-3'000'000)}};
  c.build_timeout = Micros{9'485'000};
  c.timeout_quantile = 0.8;
  return c;
}

Measurement document_example() {
  Measurement m;
  m.source = "op-de1";
  m.proxy = {"", "127.0.0.1", 9050};
  m.filesize = 51200;
  m.readbytes = 51493;
  m.writebytes = 75;
  m.started_at = at(0);
  m.marks.set("START", {at(1)});
  m.marks.set("SOCKET", {at(20)});
  m.marks.set("DATAPERC0", {at(30)});
  m.marks.set("DATAPERC10", {at(123'456)});
  m.tor.version = "0.4.8.12";
  m.tor.circuits = {circuit()};
  m.tor.stream.emplace();
  m.tor.stream->id = 72;
  m.tor.stream->created_at = at(25);
  m.tor.stream->attachments = {{5, at(26), at(27), "DESTROY", ""},
                               {29, at(28), {}, "END", "TIMEOUT"}};
  return m;
}

TEST(Documents, AFileDownloadHasEveryRequiredFieldAlsoWhenItFailed) {
  EXPECT_EQ(file_download_document(document_example()).value(),
            R"({"type":"file_download","guid":"op-de1_9050_1700000000.000001",)"
            R"("source":"op-de1","socks":9050,"filesize":51200,"tor_version":"0.4.8.12",)"
            R"("start":1700000000.000001,"socket":1700000000.000020,"connect":0.0,)"
            R"("negotiate":0.0,"request":0.0,"response":0.0,"datarequest":0.0,)"
            R"("dataresponse":0.0,"datacomplete":0.0,"writebytes":75,"readbytes":51493,)"
            R"("didtimeout":false,"dataperc":{"10":1700000000.123456},)"
            R"("stream_guid":"op-de1_9050_1700000000.000025_72"})");
}

TEST(Documents, AStreamNamesItsCircuitsInTheOrderOfAttachment) {
  auto m = document_example();
  m.tor.circuits.insert(m.tor.circuits.begin(), model::Circuit{});
  m.tor.circuits[0].id = 5;
  m.tor.circuits[0].launched_at = at(-9'000'000);
  EXPECT_EQ(stream_document(m).value(),
            R"({"type":"stream","guid":"op-de1_9050_1700000000.000025_72","source":"op-de1",)"
            R"("socks":9050,"create":1700000000.000025,"stream_id":72,"circuits":[)"
            R"({"circuit_guid":"op-de1_9050_1699999991.000000_5","reason":"DESTROY"},)"
            R"({"circuit_guid":"op-de1_9050_1699999995.999999_29","reason":"END",)"
            R"("remote_reason":"TIMEOUT"}]})");
}

TEST(Documents, ACircuitHasItsPathWithSecondsSinceLaunch) {
  EXPECT_EQ(circuit_document("op-de1", 9050, circuit()),
            R"({"type":"circuit","guid":"op-de1_9050_1699999995.999999_29","source":"op-de1",)"
            R"("socks":9050,"launch":1699999995.999999,"circ_id":29,"path":[{"fingerprint":")" +
                std::string(40, 'A') + R"(","buildtime":0.500001},{"fingerprint":")" +
                std::string(40, 'B') +
                R"(","buildtime":1.000001}],"buildtimeout":9.485000,"quantile":0.8})");
}

TEST(Documents, WithoutAStreamThereIsNoStreamDocument) {
  auto m = document_example();
  m.tor = {};
  EXPECT_FALSE(stream_document(m));
  EXPECT_EQ(file_download_document(m)->find("stream_guid"), std::string::npos);
}

TEST(Documents, AMissedSlotIsNoDownload) {
  auto m = document_example();
  m.outcome.code = model::FailureCode::perfd_missed_slot;
  EXPECT_FALSE(file_download_document(m));
}

TEST(Documents, AreValidJsonWhateverTheModelHolds) {
  EXPECT_TRUE(rc::check([] {
    auto m = *any_measurement();
    m.kind = model::Kind::download;
    simdjson::dom::parser parser;
    simdjson::dom::object parsed;
    if (auto const text = file_download_document(m))
      RC_ASSERT(parser.parse(*text).get(parsed) == simdjson::SUCCESS);
    if (auto const text = stream_document(m))
      RC_ASSERT(parser.parse(*text).get(parsed) == simdjson::SUCCESS);
    for (auto const& c : m.tor.circuits)
      RC_ASSERT(parser.parse(circuit_document(m.source, 1, c)).get(parsed) == simdjson::SUCCESS);
  }));
}

}  // namespace
}  // namespace perfd::formats
