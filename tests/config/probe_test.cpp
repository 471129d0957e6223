// [probe.NAME]: what it says, and what it may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ProbeModule, IsReadAndHasDefaults) {
  auto const loaded =
      load_text(std::string(kMinimal) +
                "[tor.default]\n[tor.probes]\n[probe.onion]\n[probe.site]\n"
                "kind = \"page\"\ntimeout = \"45s\"\ntor = \"probes\"\nat-once = 2\n"
                "hosts = [\"example.org\", \"*.example.org\", \"::1\", \"*\"]\n");
  ASSERT_EQ(errors(loaded), "");
  ASSERT_EQ(loaded->probes.size(), 2U);
  Probe onion;
  onion.name = "onion";
  EXPECT_EQ(loaded->probes[0], onion);
  EXPECT_EQ(onion.hosts, std::vector<std::string>{"*.onion"});
  Probe site;
  site.name = "site";
  site.kind = ProbeKind::page;
  site.timeout = 45s;
  site.tor = "probes";
  site.at_once = 2;
  site.hosts = {"example.org", "*.example.org", "::1", "*"};
  EXPECT_EQ(loaded->probes[1], site);
}

TEST(ProbeModule, WhatIsWrongHasItsPlace) {
  EXPECT_EQ(after_minimal("[probe.x]\nkind = \"upload\"\n"),
            "perfd.toml:6:8: probe.x.kind: \"upload\" is not known; known are \"download\", "
            "\"page\"\n");
  EXPECT_EQ(after_minimal("[probe.x]\ntor = \"defualt\"\n"),
            "perfd.toml:6:7: probe.x.tor: no tor instance has this name: \"defualt\" is not known; "
            "did you mean \"default\"?\n");
  EXPECT_EQ(after_minimal("[tor.a]\n[tor.b]\n[probe.x]\n[experiment.y]\nsize = 1\nevery = \"1m\"\n"
                          "tor = \"a\"\n"),
            "perfd.toml:7:1: probe.x.tor: is missing: choose one of \"a\", \"b\"\n");
  EXPECT_THAT(
      after_minimal("[tor.default]\n[tor.s]\nsingle-onion = true\n[probe.x]\ntor = \"s\"\n"),
      HasSubstr("probe.x.tor: tor.s offers single onion services and has no SOCKS port"));
  for (auto const* hosts : {"[]", "[\"a b\"]", "[\"*x.org\"]", "[\"http://x.org\"]", "[\"*.::1\"]"})
    EXPECT_THAT(after_minimal("[probe.x]\nhosts = " + std::string(hosts) + "\n"),
                HasSubstr("probe.x.hosts: "))
        << hosts;
}

TEST(ProbeModule, ANewOneNeedsARestart) {
  auto const running = load_text(std::string(kMinimal) + "[probe.a]\n").value();
  auto const wanted = load_text(std::string(kMinimal) + "[probe.b]\n").value();
  EXPECT_THAT(reload(running, wanted).needs_restart,
              testing::ElementsAre("probe.b (added)", "probe.a (removed)"));
}

}  // namespace
}  // namespace perfd::config
