// Every key that readers of analysis documents look for, and what is said of its lack.
#include "formats/onionperf_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/onionperf_write.h"
#include "formats/support/example.h"
#include "formats/support/onionperf_documents.h"

namespace perfd::formats {
namespace {

using test::changed;
using test::document_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> complaints_of(std::string_view text) {
  std::vector<std::string> all;
  auto const tally = check_onionperf(text, [&](std::string const& what) { all.push_back(what); });
  EXPECT_EQ(tally.errors, all.size());
  return all;
}

TEST(OnionPerfCheck, TakesWhatOnionPerfWrote) {
  for (std::string const name : {"onionperf-3.0.json", "onionperf-2.0.json"})
    EXPECT_THAT(complaints_of(document_text(name)), IsEmpty()) << name;
  auto const tally = check_onionperf(document_text("onionperf-3.0.json"), {});
  EXPECT_EQ(tally.measurements, 5U);
  EXPECT_EQ(tally.circuits, 25U);
  EXPECT_EQ(tally.streams, 17U);
}

TEST(OnionPerfCheck, TakesWhatPerfdWrites) {
  auto good = testing::documented_example();
  auto bad = good;
  bad.id.back() = 'Z';
  bad.outcome = {model::FailureCode::net_timeout, "http response", "late"};
  bad.local = bad.proxy = {};
  OnionPerfDay day;
  day.source = good.source;
  day.measurements = 2;
  day.measurement = [&](std::size_t i) { return Result<model::Measurement>(i == 0 ? good : bad); };
  std::string text;
  ASSERT_TRUE(write_onionperf(day, [&](std::string_view piece) {
    text += piece;
    return Result<void>{};
  }));
  EXPECT_THAT(complaints_of(text), IsEmpty());
}

TEST(OnionPerfCheck, NamesThePathAndTheReason) {
  std::string const stream =
      "data.op-hk5.tgen.streams[\"34161:6:localhost:127.0.0.1:36176:"
      "whwvfq3xnzjll3o46vgvnxjitmsu4hk2fhdasoujwmvtbhnm3golloyd.onion:0.0.0.0:443\"].";
  struct Case {
    std::string from;
    std::string to;
    std::string error;
  };
  for (auto const& [from, to, error] : {
           Case{"\"created-ts\": \"10419510049367\"", "\"created-ts\": 10419510049367",
                stream + "time_info.created-ts: must be a string"},
           Case{"\"created-ts\": \"10419510049367\"", "\"created-ts\": \"-1\"",
                stream + "time_info.created-ts: must be a whole number from 0"},
           Case{"\"created-ts\": \"10419510049367\"", "\"created-ts\": \"10419544774696\"",
                stream + "time_info.now-ts: must not be before created-ts"},
           Case{"\"usecs-to-command\": \"3236268\"", "\"usecs-to-command\": \"-2\"",
                stream + "time_info.usecs-to-command: must be a whole number from 0, or -1"},
           Case{"\"usecs-to-command\"", "\"usecs-to-order\"",
                stream + "time_info.usecs-to-command: is missing"},
           Case{"\"stream_info\"", "\"info\"", stream + "stream_info.error: is missing"},
           Case{"\"payload-progress-recv\": \"100.00%\"", "\"payload-progress-recv\": \"1\"",
                stream + "byte_info.payload-progress-recv: must be like 100.00%"},
           Case{"\"local\": \"localhost:127.0.0.1:36176\"", "\"local\": \"localhost\"",
                stream + "transport_info.local: must be host:address:port"},
           Case{"\"is_success\": true", "\"is_success\": \"yes\"",
                stream + "is_success: must be true or false"},
           Case{"\"is_success\": true", "\"is_success\": false",
                stream + "is_success: must be the contrary of is_error"},
           Case{"\"stream_id\": \"34161", "\"stream_id\": \"34162",
                stream + "stream_id: must be the same as its key"},
           Case{"\"unix_ts_end\": 1609459344.136263", "\"unix_ts_end\": 1.5",
                stream + "unix_ts_end: must not be before unix_ts_start"},
           Case{"\"0.3\": 12.981839", "\"0.3\": \"12.981839\"",
                stream + "elapsed_seconds.payload_progress_recv.0.3: must be a number of seconds"},
           Case{"\"circuit_id\": 124978", "\"circuit_id\": 1",
                "data.op-hk5.tor.circuits[\"124978\"].circuit_id: must be the same as its key"},
           Case{"\"GENERAL:LAUNCHED\"", "[3]",
                "elapsed_seconds: must be an array of pairs of a word and seconds"},
           Case{"\"measurement_ip\"", "\"ip\"", "data.op-hk5.measurement_ip: is missing"},
           Case{"\"tgen\"", "\"gen\"", "data.op-hk5.tgen: has neither streams nor transfers"},
           Case{"\"version\": \"3.0\"", "\"version\": \"2.0\"",
                "data.op-hk5.tgen.streams: version 2.0 has transfers"},
           Case{"\"version\": \"3.0\"", "\"version\": \"4.0\"", "version: 4.0 is not known"},
           Case{"\"type\": \"onionperf\"", "\"type\": 7", "type: must be a string"},
       }) {
    auto const all = complaints_of(changed(document_text("onionperf-3.0.json"), from, to));
    EXPECT_THAT(all, ElementsAre(HasSubstr(error)));
  }
  EXPECT_THAT(complaints_of(R"({"data":{},"type":"onionperf","version":"3.1"})"),
              ElementsAre("data: has no source"));
  EXPECT_THAT(complaints_of("{"), ElementsAre(HasSubstr("the document ends in the middle")));
}

TEST(OnionPerfCheck, GoesOnBehindAWrongRow) {
  auto text = changed(document_text("onionperf-2.0.json"), "\"method\": \"GET\"", "\"m\": 1");
  text = changed(text, "\"transfer_id\": \"transfer50k:2\"", "\"transfer_id\": \"other\"");
  EXPECT_THAT(
      complaints_of(text),
      ElementsAre("data.op-nl2.tgen.transfers[\"transfer1m:1\"].method: is missing",
                  "data.op-nl2.tgen.transfers[\"transfer50k:2\"].transfer_id: must be the same "
                  "as its key"));
}

TEST(OnionPerfCheck, CountsTheComplaintsThatItNoLongerMakes) {
  std::string text = R"({"data":{"a":{"measurement_ip":"","tgen":{"streams":{)";
  for (int i = 0; i < 150; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":{}";
  text += R"(}}}},"type":"onionperf","version":"3.1"})";
  std::size_t heard = 0;
  auto const tally = check_onionperf(text, [&](std::string const&) { ++heard; });
  EXPECT_EQ(heard, kMaxOnionPerfComplaints);
  EXPECT_EQ(tally.errors, 150U);
  EXPECT_EQ(tally.measurements, 150U);
}

TEST(OnionPerfCheck, TellsADocumentFromJsonLines) {
  EXPECT_TRUE(begins_like_onionperf(document_text("onionperf-3.0.json").substr(0, 100)));
  EXPECT_TRUE(begins_like_onionperf(R"({"data":{"op)"));
  EXPECT_FALSE(begins_like_onionperf(R"({"schema":1,"id")"));
  EXPECT_FALSE(begins_like_onionperf("@type torperf 1.1"));
  EXPECT_FALSE(begins_like_onionperf(""));
}

}  // namespace
}  // namespace perfd::formats
