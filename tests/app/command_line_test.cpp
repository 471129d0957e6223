#include <gmock/gmock.h>
#include <unistd.h>

#include "app/perfd_process.h"
#include "places.h"
#include "runtime/daemon.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using CommandLine = PerfdProcessTest;

TEST_F(CommandLine, AloneItShowsWhatANewcomerNeeds) {
  auto const done = run({});
  EXPECT_EQ(done.status.code, 2);
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("perfd demo"), HasSubstr("measure"), HasSubstr("export")));
}

TEST_F(CommandLine, EveryCommandExplainsItself) {
  for (std::string const command : {"run", "start", "stop", "restart", "status", "measure", "demo",
                                    "testnet", "export", "report", "analyze", "check"}) {
    auto const done = run({command, "--help"});
    EXPECT_EQ(done.status.code, 0) << command;
    EXPECT_THAT(done.text(), HasSubstr("Usage")) << command;
  }
}

TEST_F(CommandLine, AWrongWordIsAUsageError) {
  EXPECT_EQ(run({"frobnicate"}).status.code, 2);
  EXPECT_EQ(run({"export", "--format", "xml"}).status.code, 2);
}

TEST_F(CommandLine, CheckNamesEveryErrorOfAConfigurationWithItsPlace) {
  auto const path = write("perfd.toml",
                          "[vantage]\nname = \"op-de1\"\n[experiment.x]\nkind = \"download\"\n"
                          "size = \"50 KiB\"\nevry = \"5m\"\ntimeout = \"1s\"\n");
  auto const done = run({"check", "--config", path});
  EXPECT_EQ(done.status.code, 2);
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("perfd.toml:6:"), HasSubstr("evry"), HasSubstr("every")));
}

TEST_F(CommandLine, CheckPrintsTheSettingsInForce) {
  auto const path = write("perfd.toml",
                          "[vantage]\nname = \"op-de1\"\n[server]\nlisten = [\"127.0.0.1:0\"]\n"
                          "public-host = \"127.0.0.1\"\n[tor.default]\nbinary = \"tor\"\n");
  auto const done = run({"check", "--config", path});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(done.text(), AllOf(HasSubstr("name = \"op-de1\""), HasSubstr("5 MiB")));
}

TEST_F(CommandLine, CheckLooksIntoTheFilesThatAConfigurationNames) {
  auto const list = write("top.csv", "1,example.org\nrank,domain\n").string();
  auto const path = write("perfd.toml",
                          "[vantage]\nname = \"op-de1\"\n[server]\nlisten = [\"127.0.0.1:0\"]\n"
                          "listen-tls = [\"127.0.0.1:0\"]\ncertificate = \"" +
                              list + "\"\nkey = \"/no/such.key\"\n[experiment.top]\n" +
                              "kind = \"page\"\nevery = \"5m\"\nurls = \"" + list +
                              "\"\n[experiment.none]\nkind = \"page\"\nevery = \"5m\"\n" +
                              "urls = \"/no/such.csv\"\n");
  auto const done = run({"check", "--config", path});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("experiment.top.urls: " + list +
                              ": 1 lines name no page; the first is line 2: 'rank,domain'"),
                    HasSubstr("experiment.none.urls: "), HasSubstr("/no/such.csv"),
                    HasSubstr("[server] key: "), HasSubstr("/no/such.key")));
}

TEST_F(CommandLine, CheckAcceptsRealResultFilesAndPlacesTheErrorsOfBrokenOnes) {
  auto const good = run({"check", "--results", perfd::test::data("torperf-51200-2016-10-02.tpf")});
  EXPECT_EQ(good.status.code, 0) << good.text();
  EXPECT_THAT(good.text(), HasSubstr("0 errors"));
  auto const path = write("broken.tpf", "@type torperf 1.1\nSOURCE=x FILESIZE=51200\n");
  auto const broken = run({"check", "--results", path});
  EXPECT_EQ(broken.status.code, 1);
  EXPECT_THAT(broken.text(), HasSubstr("broken.tpf:2:"));
}

TEST_F(CommandLine, CheckKnowsAnalysisDocumentsByTheirNameAndByTheirBeginning) {
  auto const good = run({"check", "--results", perfd::test::data("onionperf-3.0.json")});
  EXPECT_EQ(good.status.code, 0) << good.text();
  EXPECT_THAT(good.text(), HasSubstr("5 results, 0 errors"));
  std::string const text =
      R"({"data":{"op-a":{"measurement_ip":"unknown","tgen":{"streams":{"1":{}}}}},)"
      R"("type":"onionperf","version":"3.1"})";
  for (std::string const name : {"document.json", "document"}) {
    auto const broken = run({"check", "--results", write(name, text)});
    EXPECT_EQ(broken.status.code, 1);
    EXPECT_THAT(broken.text(), HasSubstr(name + ": data.op-a.tgen.streams[\"1\"].byte_info."
                                                "payload-bytes-recv: is missing"));
    EXPECT_THAT(broken.text(), HasSubstr("0 results, 1 errors"));
  }
}

TEST_F(CommandLine, ExportWithoutAStoreSaysSo) {
  auto const done = run({"export", "--data", folder_ / "nowhere"});
  EXPECT_EQ(done.status.code, 3);
  EXPECT_THAT(done.text(), HasSubstr("nowhere"));
}

TEST_F(CommandLine, MeasureNeedsToKnowWhereTo) {
  auto const done = run({"measure", "download"});
  EXPECT_EQ(done.status.code, 2);
  EXPECT_THAT(done.text(), HasSubstr("--testnet"));
}

TEST_F(CommandLine, MeasureTellsWhyAProxyWasNotReached) {
  auto const done =
      run({"measure", "download", "--socks", "127.0.0.1:1", "--url", "http://127.0.0.1:1/"});
  EXPECT_EQ(done.status.code, 1);
  EXPECT_THAT(done.text(), HasSubstr("FAILED SOCKS_REFUSED"));
}

TEST_F(CommandLine, WithoutATorNothingStartsAndTheRemedyIsNamed) {
  environment_.push_back("PATH=/nonexistent");
  auto const done = run({"demo", "--for", "1s"});
  EXPECT_EQ(done.status.code, 3);
  EXPECT_THAT(done.text(), AllOf(HasSubstr("no tor program 'tor'"), HasSubstr("install")));
}

TEST_F(CommandLine, ATorThatCannotStartIsToldAtOnceInItsOwnWords) {
  auto const done = run({"measure", "download", "--tor", "tor", "--torrc", "NoSuchOption 1",
                         "--url", "http://127.0.0.1:1/"});
  EXPECT_EQ(done.status.code, 3);
  EXPECT_THAT(done.text(), HasSubstr("NoSuchOption"));
}

TEST_F(CommandLine, WrongUsageAndAMachineThatLacksSomethingAreToldApart) {
  EXPECT_EQ(run({"demo", "--rate", "guard9=1MiB"}).status.code, 2);
  auto const refused = [&](std::string const& option, std::string const& value) {
    auto const done = run({"testnet", "up", "--folder", folder_.string(), option, value});
    EXPECT_EQ(done.status.code, 2) << done.text();
    return done.text();
  };
  EXPECT_THAT(refused("--weight", "guard0=4000"), HasSubstr("--weight needs --authorities 3"));
  EXPECT_THAT(refused("--observed", "guard0=1MB"), HasSubstr("--observed needs --authorities 3"));
  EXPECT_THAT(refused("--delay", "25"), HasSubstr("--delay: "));
  EXPECT_THAT(refused("--delay", "auth0=25ms"), HasSubstr("there is no relay 'auth0'"));
  EXPECT_THAT(refused("--delay", "11s"), HasSubstr("between 0 and 10 s"));
  EXPECT_THAT(refused("--country", "de"), HasSubstr("write NICKNAME=CODE"));
  EXPECT_THAT(refused("--country", "guard0=Germany"), HasSubstr("'germany' is no country"));
  EXPECT_EQ(run({"demo", "--authorities", "2"}).status.code, 2);
  EXPECT_EQ(run({"measure", "download", "--testnet", "--timeout", "0s"}).status.code, 2);
  EXPECT_EQ(run({"measure", "download", "--testnet", "--socks-version", "4"}).status.code, 2);
  EXPECT_EQ(run({"measure", "download", "--testnet", "--tor", "/nonexistent"}).status.code, 3);
}

TEST_F(CommandLine, CheckDoesEveryCheckThatIsAskedFor) {
  auto const config = write("perfd.toml",
                            "[vantage]\nname = \"op-de1\"\n[server]\nlisten = [\"127.0.0.1:0\"]\n"
                            "public-host = \"127.0.0.1\"\n");
  EXPECT_EQ(run({"check", "-c", config, "--results", folder_ / "none"}).status.code, 3);
}

TEST_F(CommandLine, StatusDoesNotPassOffAnOldOne) {
  // A daemon that is alive and writes nothing: here, this process.
  auto const held = runtime::PidFile::take(folder_ / "perfd.pid");
  ASSERT_TRUE(held.has_value());
  write("status.json", "{\"pid\":" + std::to_string(::getpid()) +
                           ",\"vantage\":\"x\",\"written_at\":1764000000000000}");
  auto const done = run({"status", "--data", folder_});
  EXPECT_EQ(done.status.code, 1);
  EXPECT_THAT(done.text(), HasSubstr("can't write its status"));
}

TEST_F(CommandLine, StopAndStatusWithoutADaemonSaySo) {
  auto const stop = run({"stop", "--data", folder_});
  EXPECT_EQ(stop.status.code, 0);
  EXPECT_THAT(stop.text(), HasSubstr("no perfd runs in"));
  EXPECT_EQ(run({"status", "--data", folder_}).status.code, 1);
}

}  // namespace
}  // namespace perfd::app
