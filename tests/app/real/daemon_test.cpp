// The daemon as users know it: started, asked, reloaded, killed, started again.
#include <map>
#include <tuple>

#include "app/real/network_fixture.h"
#include "runtime/socket.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Daemon : public NetworkTest {
 protected:
  ~Daemon() override {
    if (started_) run({"stop", "--data", data()});
  }
  void start(std::string const& config) {
    auto const done = run({"start", "-c", config});
    ASSERT_EQ(done.status.code, 0) << done.text() << log();
    started_ = true;
  }
  bool started_ = false;
};

TEST_F(Daemon, MeasuresServesAndStops) {
  up();
  auto const config = configure(experiment("fast", "50 KiB", "1s", "1s"));
  start(config);
  EXPECT_TRUE(eventually([&] {
    auto const all = outcomes();
    return std::count(all.begin(), all.end(), "ok") >= 2;
  })) << log();

  auto const again = run({"start", "-c", config});
  EXPECT_EQ(again.status.code, 3);
  EXPECT_THAT(again.text(), HasSubstr("runs already as process " + std::to_string(daemon())));

  EXPECT_TRUE(eventually([&] {
    auto const text = run({"status", "--data", data()}).text();
    return text.find("ready") != std::string::npos && text.find("ok ") != std::string::npos;
  })) << run({"status", "--data", data()}).text();

  auto const tpf = curl({"http://" + listen() + "/results.tpf?limit=2"});
  EXPECT_THAT(tpf, AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("@type torperf 1.1"),
                         HasSubstr("FILESIZE=51200"), HasSubstr("PATH=$")));
  auto const lines = curl({"http://" + listen() + "/results.jsonl?experiment=fast"});
  EXPECT_THAT(lines, AllOf(HasSubstr("ETag:"), HasSubstr("\"outcome\":\"ok\"")));
  EXPECT_THAT(curl({"http://" + listen() + "/results.jsonl?experiment=none"}),
              Not(HasSubstr("\"outcome\"")));
  EXPECT_THAT(curl({"http://" + listen() + "/results.jsonl?limit=x"}), HasSubstr("HTTP/1.1 400"));
  auto const id = std::string(records(data()).front().at("id").as_string());
  auto const one = "http://" + listen() + "/api/v1/measurements/" + id;
  EXPECT_THAT(curl({one}), AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("\"id\":\"" + id)));
  EXPECT_THAT(curl({one + ".har"}), AllOf(HasSubstr("HTTP/1.1 404"), HasSubstr("no page load")));

  auto const began = runtime::mono_now();
  auto const stopped = run({"stop", "--data", data()});
  EXPECT_EQ(stopped.status.code, 0) << stopped.text();
  EXPECT_LT(runtime::mono_now() - began, std::chrono::seconds(5));
  EXPECT_THAT(processes_naming(data()), testing::IsEmpty());
  EXPECT_THAT(log(), HasSubstr("event=stopped"));

  // What one measurement has to tell.
  for (auto const& record : records(data())) {
    if (record.at("outcome").as_string() != "ok") continue;
    EXPECT_EQ(record.at("readbytes").as_int64() > 51200, true);
    EXPECT_TRUE(record.at("marks").as_object().contains("DATACOMPLETE"));
    EXPECT_TRUE(record.at("server").as_object().contains("LAST_BYTE"))
        << boost::json::serialize(record);
    auto const& tor = record.at("tor").as_object();
    EXPECT_EQ(tor.at("stream").as_object().at("socks_username").as_string(),
              record.at("id").as_string());
    EXPECT_GE(tor.at("circuits").as_array().size(), 1u);
    EXPECT_GE(tor.at("circuits").as_array()[0].as_object().at("path").as_array().size(), 3u);
  }
}

TEST_F(Daemon, AStopRecordsWhatWasRunningAndAKillLosesNothing) {
  // So slow that no download can end.
  up({"--rate", "exit0=75KiB", "--rate", "exit1=75KiB"});
  auto const config = configure(experiment("slow", "50 MiB", "5s", "5s"));
  start(config);
  // One has run into its time-out, and another is under way.
  auto const under_way = [&] {
    auto reader = store::Reader::open(data() + "/perfd.db");
    if (!reader) return false;
    auto const running = reader->running();
    return running && running->size() == 1;
  };
  auto const count = [&](std::string const& outcome) {
    auto const all = outcomes();
    return std::count(all.begin(), all.end(), outcome);
  };
  ASSERT_TRUE(eventually([&] { return count("NET_TIMEOUT") >= 1 && under_way(); })) << log();
  auto const first = daemon();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return processes_naming(data() + "/tor").empty(); }, 5))
      << "a tor outlived its perfd";

  // The pid file is stale now, which is no obstacle.
  EXPECT_TRUE(std::filesystem::exists(data() + "/perfd.pid"));
  start(config);
  EXPECT_NE(daemon(), first);
  EXPECT_EQ(count("PERFD_ABORTED"), 1);

  auto const timeouts = count("NET_TIMEOUT");
  ASSERT_TRUE(eventually([&] { return count("NET_TIMEOUT") > timeouts && under_way(); })) << log();
  EXPECT_EQ(run({"stop", "--data", data()}).status.code, 0);
  EXPECT_EQ(count("PERFD_CANCELLED"), 1);
  EXPECT_THAT(processes_naming(data()), testing::IsEmpty());
  for (auto const& record : records(data())) {
    if (record.at("outcome").as_string() != "NET_TIMEOUT") continue;
    // What was reached is kept.
    EXPECT_TRUE(record.at("marks").as_object().contains("DATARESPONSE"));
    EXPECT_FALSE(record.at("marks").as_object().contains("DATACOMPLETE"));
  }
  auto const sound = run({"check", "--store", data() + "/perfd.db"});
  EXPECT_EQ(sound.status.code, 0) << sound.text();
}

TEST_F(Daemon, ArmsSideBySideMeasureAtTheSameMomentEachOnItsOwnTor) {
  // So far away that no answer is there before a busy machine has let perfd send early data.
  up({"--delay", "25ms"});
  start(configure("[tor.second]\ntorrc = [" + torrc() +
                  "\"ConfluxEnabled 0\"]\n"
                  "[experiment.ab]\nkind = \"upload\"\nsize = \"200 KiB\"\nevery = \"5s\"\n"
                  "timeout = \"5s\"\norder = \"parallel\"\n"
                  "arms = { one = {}, two = { tor = \"second\", optimistic = true } }\n"));
  // By slot, the two records of it.
  std::map<std::int64_t, std::vector<boost::json::object>> slots;
  ASSERT_TRUE(eventually([&] {
    slots.clear();
    for (auto const& record : records(data()))
      if (record.at("outcome").as_string() == "ok")
        slots[record.at("scheduled_at").as_int64()].push_back(record);
    return std::any_of(slots.begin(), slots.end(),
                       [](auto const& slot) { return slot.second.size() == 2; });
  })) << log();
  EXPECT_EQ(run({"stop", "--data", data()}).status.code, 0);
  for (auto& [at, both] : slots) {
    if (both.size() != 2) continue;
    if (both[0].at("arm").as_string() == "two") std::swap(both[0], both[1]);
    for (auto const& [record, arm, tor, early] : {std::tuple{both[0], "one", "default", false},
                                                  std::tuple{both[1], "two", "second", true}}) {
      EXPECT_EQ(record.at("arm").as_string(), arm);
      EXPECT_EQ(record.at("tor").at("instance").as_string(), tor);
      EXPECT_EQ(record.at("optimistic").as_bool(), early);
      EXPECT_FALSE(record.contains("arm_turn"));
      auto const& marks = record.at("marks").as_object();
      EXPECT_EQ(marks.at("DATAREQUEST").as_int64() < marks.at("RESPONSE").as_int64(), early);
      EXPECT_EQ(record.at("payload_bytes").as_int64(), 200 * 1024);
      EXPECT_TRUE(record.at("server").as_object().contains("DATAPERC50"));
    }
    // Each begins before the other one's first answer has come.
    for (auto const& [one, other] : {std::pair{both[0], both[1]}, std::pair{both[1], both[0]}})
      EXPECT_LT(one.at("marks").at("START").as_int64(),
                other.at("marks").at("RESPONSE").as_int64());
    EXPECT_NE(both[1].at("tor").at("circuits").as_array().at(0).at("purpose").as_string(),
              "CONFLUX_LINKED");
  }
}

TEST_F(Daemon, SighupTakesOverWhatItCanAndNamesTheRest) {
  up();
  start(configure(experiment("fast", "50 KiB", "1h", "30s")));
  configure(experiment("fast", "50 KiB", "1s", "1s") + experiment("more", "1 KiB", "1s", "1s"),
            "127.0.0.1:" + std::to_string(port() + 1000));
  ASSERT_EQ(::kill(daemon(), SIGHUP), 0);
  EXPECT_TRUE(eventually([&] { return log().find("server.listen") != std::string::npos; }));
  EXPECT_THAT(log(), AllOf(HasSubstr("event=reloaded setting=experiment.fast.every"),
                           HasSubstr("event=reload-needs-restart setting=server.listen")));
  EXPECT_TRUE(eventually([&] {
    auto const all = records(data());
    return std::any_of(all.begin(), all.end(), [](auto const& record) {
      return record.at("experiment").as_string() == "more" &&
             record.at("outcome").as_string() == "ok";
    });
  })) << log();

  write("perfd.toml", "[vantage]\nnme = \"x\"\n");
  ASSERT_EQ(::kill(daemon(), SIGHUP), 0);
  EXPECT_TRUE(eventually([&] { return log().find("reload-refused") != std::string::npos; }));
  EXPECT_THAT(log(), HasSubstr("perfd.toml:2"));
  EXPECT_EQ(run({"status", "--data", data()}).status.code, 0);
}

TEST_F(Daemon, ATorThatIsKilledIsRecordedAndStartedAgain) {
  up();
  start(configure(experiment("fast", "10 KiB", "1s", "1s")));
  ASSERT_TRUE(eventually([&] {
    auto const all = outcomes();
    return std::count(all.begin(), all.end(), "ok") >= 1;
  })) << log();
  auto const tors = processes_naming(data() + "/tor");
  ASSERT_EQ(tors.size(), 1u);
  ASSERT_EQ(::kill(tors[0], SIGKILL), 0);
  auto const back = [&] {
    auto const all = outcomes();
    auto const down = std::find_if(all.begin(), all.end(), [](auto const& outcome) {
      return outcome == "TOR_DOWN" || outcome == "TOR_NOT_BOOTSTRAPPED";
    });
    return std::find(down, all.end(), "ok") != all.end();
  };
  EXPECT_TRUE(eventually(back)) << testing::PrintToString(outcomes()) << log();
  EXPECT_THAT(log(), AllOf(HasSubstr("event=tor-down"), HasSubstr("killed by signal 9")));
}

TEST_F(Daemon, AnAddressInUseIsToldToTheOneWhoStarts) {
  up();
  auto const config = configure(experiment("fast", "50 KiB", "1h", "30s"));
  auto const taken = runtime::BoundListener::bind(runtime::Address::parse(listen()).value());
  ASSERT_TRUE(taken.has_value());
  auto const done = run({"start", "-c", config});
  EXPECT_EQ(done.status.code, 3);
  EXPECT_THAT(done.text(), AllOf(HasSubstr(listen()), HasSubstr("[server] listen")));
  EXPECT_EQ(run({"status", "--data", data()}).status.code, 1);
}

}  // namespace
}  // namespace perfd::app
