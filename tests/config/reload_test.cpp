// SIGHUP: what a running perfd takes over, and what it says of the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Settings from(std::string const& text) {
  auto loaded = load_text(text);
  EXPECT_EQ(errors(loaded), "");
  return *loaded;
}

std::string const kRunning = std::string(kMinimal) +
                             "[tor.default]\n"
                             "[experiment.a]\nsize = 1\nevery = \"5m\"\n"
                             "[experiment.b]\nsize = 1\nevery = \"5m\"\n";

TEST(Reload, OfTheSameSettingsDoesNothing) {
  auto const running = from(kRunning);
  auto const result = reload(running, running);
  EXPECT_EQ(result.settings, running);
  EXPECT_THAT(result.applied, IsEmpty());
  EXPECT_THAT(result.needs_restart, IsEmpty());
}

TEST(Reload, TakesOverExperimentsRetentionAndLogLevel) {
  auto const wanted = from(std::string(kMinimal) +
                           "[tor.default]\n"
                           "[experiment.c]\nsize = 1\nevery = \"5m\"\n"
                           "[experiment.a]\nsize = \"50 KiB\"\nevery = \"6m\"\n"
                           "[store]\nkeep = \"30d\"\nraw-events = \"1d\"\n"
                           "[log]\nlevel = \"debug\"\n");
  auto const result = reload(from(kRunning), wanted);
  EXPECT_EQ(result.settings, wanted);
  EXPECT_THAT(result.applied,
              ElementsAre("store.keep", "store.raw-events", "log.level", "experiment.c (added)",
                          "experiment.a.size", "experiment.a.every", "experiment.a.timeout",
                          "experiment.b (removed)"));
  EXPECT_THAT(result.needs_restart, IsEmpty());
}

TEST(Reload, LeavesAndNamesWhatNeedsARestart) {
  auto const running = from(kRunning);
  auto const wanted = from(
      "[vantage]\nname = \"w\"\n"
      "[server]\nlisten = [\"192.0.2.1:80\"]\nuser = \"perfd\"\nmax-size = \"1 GiB\"\n"
      "[results]\nlisten = \"127.0.0.1:1\"\n"
      "[store]\npath = \"/x/y.db\"\n"
      "[tor.default]\nbinary = \"/opt/tor\"\n[tor.more]\n"
      "[experiment.a]\nsize = 1\nevery = \"5m\"\n"
      "[experiment.b]\nsize = 1\nevery = \"5m\"\n"
      "[log]\nfile = \"/x/log\"\n");
  auto const result = reload(running, wanted);
  EXPECT_EQ(result.settings, running);
  EXPECT_THAT(result.applied, IsEmpty());
  EXPECT_THAT(result.needs_restart,
              ElementsAre("vantage.name", "server.listen", "server.user", "server.max-size",
                          "results.listen", "store.path", "tor.default.binary", "tor.more (added)",
                          "log.file"));
}

TEST(Reload, HoldsBackExperimentsThatNeedWhatIsNotRunning) {
  auto const running = from(kRunning);
  auto const wanted = from(std::string(kMinimal) +
                           "max-size = \"1 GiB\"\n"
                           "[tor.default]\n[tor.more]\n"
                           "[experiment.a]\nsize = 1\nevery = \"5m\"\ntor = \"more\"\n"
                           "[experiment.b]\nsize = \"200 MiB\"\nevery = \"5m\"\n"
                           "[experiment.c]\nsize = 1\nevery = \"5m\"\ntor = \"more\"\n");
  auto const result = reload(running, wanted);
  EXPECT_EQ(result.settings, running);
  EXPECT_THAT(result.applied, IsEmpty());
  EXPECT_THAT(result.needs_restart,
              ElementsAre("server.max-size", "tor.more (added)", "experiment.a (tor.more first)",
                          "experiment.b (server.max-size first)", "experiment.c (tor.more first)"));
}

TEST(Reload, NamesATorThatIsNotWantedAnyMore) {
  auto const running = from(kRunning + "[tor.more]\n");
  auto const result = reload(running, from(kRunning));
  EXPECT_THAT(result.needs_restart, ElementsAre("tor.more (removed)"));
  EXPECT_EQ(result.settings.tors.size(), 2U);
}

}  // namespace
}  // namespace perfd::config
