#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Settings good(std::string text) {
  auto loaded = load_text(std::move(text));
  EXPECT_EQ(errors(loaded), "");
  return loaded ? *loaded : Settings{};
}

TEST(Load, GivesTheStandardDownloadsWhereNoExperimentIsNamed) {
  auto const settings = good(kMinimal);
  ASSERT_EQ(settings.experiments.size(), 3U);
  auto const& [small, medium, large] =
      std::tie(settings.experiments[0], settings.experiments[1], settings.experiments[2]);
  EXPECT_EQ(small.size, KiB(50));
  EXPECT_EQ(small.every, Micros{5min});
  EXPECT_EQ(small.timeout, Micros{295s});
  EXPECT_EQ(medium.size, MiB(1));
  EXPECT_EQ(medium.every, Micros{30min});
  EXPECT_EQ(medium.timeout, Micros{1795s});
  EXPECT_EQ(large.size, MiB(5));
  EXPECT_EQ(large.every, Micros{60min});
  EXPECT_EQ(large.timeout, Micros{3595s});
  for (auto const& experiment : settings.experiments) {
    EXPECT_EQ(experiment.tor, "default");
    EXPECT_EQ(experiment.kind, Kind::download);
    EXPECT_EQ(experiment.target.kind, TargetKind::direct);
    EXPECT_FALSE(experiment.overlap);
  }
}

TEST(Load, FillsInDefaults) {
  auto const settings = good(kMinimal);
  EXPECT_EQ(settings.vantage.name, "v");
  EXPECT_THAT(settings.server.listen, ElementsAre(ListenAddress{"0.0.0.0", 80}));
  EXPECT_EQ(settings.server.public_port, 80);
  EXPECT_EQ(settings.server.max_size, MiB(100));
  EXPECT_EQ(settings.server.user, std::nullopt);
  EXPECT_EQ(settings.results.listen, std::nullopt);
  EXPECT_EQ(settings.store.keep, Micros{24h * 365});
  EXPECT_EQ(settings.store.raw_events, Micros{24h * 7});
  ASSERT_EQ(settings.tors.size(), 1U);
  EXPECT_EQ(settings.tors[0].name, "default");
  EXPECT_EQ(settings.tors[0].binary, "tor");
  EXPECT_EQ(settings.tors[0].guards.policy, GuardPolicy::tor_default);
  EXPECT_EQ(settings.log.level, LogLevel::info);
}

TEST(Load, ReadsEveryKeyOfAnExperiment) {
  auto const settings = good(std::string(kMinimal) + R"(
[tor.a]
torrc = ["ConfluxEnabled 0"]
[tor.b]
[experiment.x]
kind = "download"
target = "direct"
size = "1.5 MB"
every = "1h30m"
timeout = "2h"
start-delay = "90s"
spread = "jitter"
jitter = "250ms"
tor = "b"
overlap = true
)");
  ASSERT_EQ(settings.experiments.size(), 1U);
  auto const& x = settings.experiments[0];
  EXPECT_EQ(x.name, "x");
  EXPECT_EQ(x.size, Bytes{1'500'000});
  EXPECT_EQ(x.every, Micros{90min});
  EXPECT_EQ(x.timeout, Micros{2h});
  EXPECT_EQ(x.start_delay, Micros{90s});
  EXPECT_EQ(x.spread, Spread::jitter);
  EXPECT_EQ(x.jitter, Micros{250ms});
  EXPECT_EQ(x.tor, "b");
  EXPECT_TRUE(x.overlap);
  EXPECT_THAT(settings.tors[0].torrc, ElementsAre("ConfluxEnabled 0"));
}

TEST(Load, KeepsTheOrderOfTheFile) {
  auto const settings = good(std::string(kMinimal) +
                             "[experiment.z]\nsize = 1\nevery = \"1m\"\n"
                             "[experiment.a]\nsize = 1\nevery = \"1m\"\n"
                             "[experiment.m]\nsize = 1\nevery = \"1m\"\n");
  ASSERT_EQ(settings.experiments.size(), 3U);
  EXPECT_EQ(settings.experiments[0].name, "z");
  EXPECT_EQ(settings.experiments[1].name, "a");
  EXPECT_EQ(settings.experiments[2].name, "m");
}

TEST(Load, DerivesTheTimeoutFromTheInterval) {
  auto const timeout = [](std::string const& every) {
    return good(std::string(kMinimal) + "[experiment.x]\nsize = 1\nevery = \"" + every + "\"\n")
        .experiments[0]
        .timeout;
  };
  EXPECT_EQ(timeout("5m"), Micros{295s});
  EXPECT_EQ(timeout("10s"), Micros{5s});
  EXPECT_EQ(timeout("2s"), Micros{1s});
}

TEST(Load, TakesThePublicHostFromAListenAddressThatHasOne) {
  auto const settings =
      good("[vantage]\nname = \"v\"\n[server]\nlisten = [\"[2001:db8::1]:8080\"]\n");
  EXPECT_EQ(settings.server.public_host, "2001:db8::1");
  EXPECT_EQ(settings.server.public_port, 8080);
}

TEST(Load, ReadsArmsTargetsAndPaths) {
  auto const fingerprint = std::string(40, 'a');
  auto const settings = good(std::string(kMinimal) + R"(
[tor.default]
guards = ["$)" + fingerprint +
                             R"("]
[experiment.ab]
kind = "upload"
target = "single-onion"
size = "1 MiB"
every = "30m"
optimistic = true
circuit = "shared"
order = "parallel"
arms = { plain = { optimistic = false }, early = { optimistic = true, tor = "other", target = "onion" } }
[experiment.hops]
size = 1
every = "1h"
tor = "other"
path = [")" + fingerprint + R"(", [")" +
                             std::string(40, 'b') + R"("]]
[tor.other]
[tor.single]
single-onion = true
)");
  EXPECT_EQ(settings.tors[0].guards.policy, GuardPolicy::list);
  EXPECT_THAT(settings.tors[0].guards.fingerprints, ElementsAre(std::string(40, 'A')));
  auto const& ab = settings.experiments.at(0);
  EXPECT_EQ(ab.kind, Kind::upload);
  EXPECT_EQ(ab.target.kind, TargetKind::single_onion);
  ASSERT_EQ(ab.arms.size(), 2U);
  EXPECT_EQ(ab.arms[0].name, "plain");
  EXPECT_EQ(ab.arms[0].optimistic, false);
  EXPECT_EQ(ab.arms[0].tor, std::nullopt);
  EXPECT_EQ(ab.arms[1].tor, "other");
  EXPECT_EQ(ab.arms[1].target, (Target{TargetKind::onion, {}}));
  EXPECT_EQ(ab.order, ArmOrder::parallel);
  ChosenPath const hops{{{std::string(40, 'A')}, {std::string(40, 'B')}}};
  EXPECT_EQ(settings.experiments.at(1).path, hops);
}

TEST(Load, AttachesWithPasswordOrCookie) {
  auto const settings = good(std::string(kMinimal) +
                             "[tor.a]\nattach = \"127.0.0.1:9051\"\npassword = \"p\"\n"
                             "[tor.default]\nattach = \"unix:/run/tor/control\"\n"
                             "cookie = \"/run/tor/control.authcookie\"\n");
  EXPECT_EQ(settings.tors[0].attach, "127.0.0.1:9051");
  EXPECT_EQ(settings.tors[0].password, "p");
  EXPECT_EQ(settings.tors[1].cookie, "/run/tor/control.authcookie");
}

}  // namespace
}  // namespace perfd::config
