// What the holder writes and says: its description as JSON, and the lines of its socket.
#include <gmock/gmock.h>

#include "testnet/holder.h"
#include "testnet/holder_talk.h"

namespace perfd::testnet {
namespace {

using testing::HasSubstr;

UpInfo example() {
  UpInfo out;
  out.holder = 4711;
  out.folder = "/tmp/a net \"1\"";
  out.authorities = 3;
  out.relays = 5;
  out.warm = true;
  out.start_took = Micros{2'345'678};
  out.nodes = {
      {"auth0", "authority", "127.0.1.1", "AA", "", {}, {}, {}, Micros{}},
      {"guard0", "guard", "127.0.2.1", "BB", "xa", 4000, KiB(500), Bytes{70'000}, Micros{25'000}}};
  out.clients = {{"client0", "127.0.0.1:23456", "127.0.0.1:23457", "/tmp/c/control_auth_cookie"},
                 {"client1", "127.0.0.1:23458", "127.0.0.1:23459", "/tmp/d/control_auth_cookie"}};
  out.torrc_file = "/tmp/a net \"1\"/client.torrc";
  out.torrc_lines = {"TestingTorNetwork 1", "DirAuthority auth0 \"x\" \\ ü"};
  return out;
}

TEST(UpInfoTest, SurvivesJsonOnOneLine) {
  auto const text = to_json(example());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  auto const back = up_info_from_json(text).value();
  EXPECT_EQ(back.holder, 4711);
  EXPECT_EQ(back.folder, example().folder);
  EXPECT_EQ(back.authorities, 3);
  EXPECT_EQ(back.relays, 5);
  EXPECT_TRUE(back.warm);
  EXPECT_EQ(back.start_took, Micros{2'345'678});
  EXPECT_EQ(back.nodes, example().nodes);
  ASSERT_EQ(back.clients.size(), 2U);
  EXPECT_EQ(back.clients[1].nickname, "client1");
  EXPECT_EQ(back.clients[1].socks, "127.0.0.1:23458");
  EXPECT_EQ(back.clients[1].control, "127.0.0.1:23459");
  EXPECT_EQ(back.clients[1].cookie, "/tmp/d/control_auth_cookie");
  EXPECT_EQ(back.torrc_file, example().torrc_file);
  EXPECT_EQ(back.torrc_lines, example().torrc_lines);
  EXPECT_EQ(to_json(back), text);
}

TEST(UpInfoTest, HasTheNamesThatOtherProgramsRead) {
  UpInfo info = example();
  info.folder = "/n";
  info.torrc_file = "/n/client.torrc";
  info.torrc_lines = {"A 1"};
  info.clients.resize(1);
  EXPECT_EQ(to_json(info),
            R"({"holder":4711,"folder":"/n","authorities":3,"relays":5,"warm":true,)"
            R"("start_us":2345678,"nodes":[{"nickname":"auth0","role":"authority",)"
            R"("address":"127.0.1.1","fingerprint":"AA","country":"","weight_kbps":null,)"
            R"("rate_bytes":null,"observed_bytes":null,"delay_us":0},{"nickname":"guard0",)"
            R"("role":"guard","address":"127.0.2.1","fingerprint":"BB","country":"xa",)"
            R"("weight_kbps":4000,"rate_bytes":512000,"observed_bytes":70000,)"
            R"("delay_us":25000}],"clients":[{"nickname":"client0","socks":"127.0.0.1:23456",)"
            R"("control":"127.0.0.1:23457","cookie":"/tmp/c/control_auth_cookie"}],)"
            R"("torrc_file":"/n/client.torrc","torrc":["A 1"]})");
}

TEST(UpInfoTest, RefusesWhatIsNoDescription) {
  auto const text = to_json(example());
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(up_info_from_json(text.substr(0, cut))) << cut;
  for (auto const* bad : {"[]", "{}", "null", R"({"holder":"4711","folder":"/n","torrc":["A"]})",
                          R"({"holder":4711,"folder":"/n","torrc":"A"})",
                          R"({"holder":4711,"folder":"/n","torrc":[1]})"})
    EXPECT_FALSE(up_info_from_json(bad)) << bad;
}

TEST(HolderTalkTest, ProgressSurvivesItsLine) {
  Progress progress;
  progress.stage = Progress::Stage::vote;
  progress.elapsed = Micros{1'234'567};
  progress.text = "the authorities\nvote";
  auto const line = talk::progress_line(progress);
  EXPECT_EQ(line, "progress 2 1234567 the authorities vote");
  auto const back = talk::parse_progress(line).value();
  EXPECT_EQ(back.stage, Progress::Stage::vote);
  EXPECT_EQ(back.elapsed, Micros{1'234'567});
  EXPECT_EQ(back.text, "the authorities vote");
}

TEST(HolderTalkTest, OtherLinesAreNoProgress) {
  for (auto const* line :
       {"", "progress", "progress ", "progress 2", "progress 2 5", "progress x 5 t",
        "progress 99 5 t", "progress -1 5 t", "progress 2 x t", "up {}"})
    EXPECT_FALSE(talk::parse_progress(line)) << line;
}

TEST(HolderTalkTest, AFolderThatIsTooDeepForASocketIsExplained) {
  EXPECT_EQ(talk::socket_address("/n").value().text(), "unix:/n/holder.sock");
  auto const address = talk::socket_address("/" + std::string(150, 'x'));
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("choose a folder with a shorter path"));
}

}  // namespace
}  // namespace perfd::testnet
