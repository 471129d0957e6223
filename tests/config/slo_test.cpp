// The file of thresholds: what it may say, and what is said of what it may not.
#include "config/slo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "places.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

LoadedSlo load_rules(std::string text) { return load_slo({"slo.toml", std::move(text)}); }
std::string rule_errors(std::string text) {
  auto const loaded = load_rules(std::move(text));
  return loaded.has_value() ? std::string() : to_string(loaded.error());
}

TEST(SloFile, IsReadAsRules) {
  auto const loaded = load_rules(
      "[slo.fast]\nexperiment = \"download-50k\"\narm = \"early\"\nttfb-p90 = \"2s\"\n"
      "ttlb-p90 = \"10s\"\nfailure-rate = \"2.5 %\"\nfreshness = \"20m\"\nwindow = \"15m\"\n"
      "for = 2\nat-least = 7\n[slo.all]\nfailure-rate = \"0%\"\n");
  ASSERT_TRUE(loaded.has_value()) << to_string(loaded.error());
  SloRule fast;
  fast.name = "fast";
  fast.experiment = "download-50k";
  fast.arm = "early";
  fast.ttfb_p90 = 2s;
  fast.ttlb_p90 = 10s;
  fast.failure_rate = Share{0.025};
  fast.freshness = 20min;
  fast.window = 15min;
  fast.windows = 2;
  fast.at_least = 7;
  SloRule all;
  all.name = "all";
  all.failure_rate = Share{0};
  EXPECT_THAT(*loaded, testing::ElementsAre(fast, all));
}

TEST(SloFile, EveryProblemHasItsPlaceAndItsRemedy) {
  EXPECT_EQ(rule_errors("[slo.a]\nttlb-90 = \"1s\"\nfailure-rate = \"5\"\nwindow = \"1s\"\n"),
            "slo.toml:2:1: slo.a.ttlb-90: unknown key; did you mean \"ttlb-p90\"?\n"
            "slo.toml:3:16: slo.a.failure-rate: '5' is not a share: from \"0 %\" to \"100 %\" is "
            "expected\n"
            "slo.toml:4:10: slo.a.window: 1s is out of range: must be from 1m to 31d\n");
  EXPECT_THAT(rule_errors("[slo.a]\nexperiment = \"x\"\n"),
              HasSubstr("slo.toml:1:1: slo.a: asks for nothing: give ttfb-p90, ttlb-p90"));
  EXPECT_THAT(rule_errors("[sol.a]\n"), HasSubstr("sol: unknown section; did you mean \"slo\"?"));
  EXPECT_THAT(rule_errors("[slo]\nwindow = \"1h\"\n"), HasSubstr("keys stand under [slo.NAME]"));
  EXPECT_THAT(rule_errors("slo = 1\n"), HasSubstr("write [slo.NAME]"));
  EXPECT_THAT(rule_errors(""), HasSubstr("slo.toml: has no rule"));
  EXPECT_THAT(rule_errors("[slo.a\n"), HasSubstr("slo.toml:1:"));
  for (auto const* share : {"", "%", "-1 %", "101 %", "5 % x", "nan %", "0x5 %"})
    EXPECT_THAT(rule_errors("[slo.a]\nfailure-rate = \"" + std::string(share) + "\"\n"),
                HasSubstr("is not a share"))
        << share;
}

TEST(SloFile, ThatIsNotThereIsToldByName) {
  auto const loaded = load_slo_path("/nonexistent/slo.toml");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(to_string(loaded.error()),
              HasSubstr("/nonexistent/slo.toml: cannot be read: No such"));
}

TEST(SloFile, ThePageHasTheTableOfItsKeysAndAnExampleThatIsRead) {
  std::ifstream file(perfd::test::source("docs/thresholds.md"));
  std::stringstream whole;
  whole << file.rdbuf();
  auto const page = whole.str();
  EXPECT_THAT(page, HasSubstr(slo_reference()));
  auto const begin = page.find("```toml\n") + 8;
  EXPECT_EQ(rule_errors(page.substr(begin, page.find("```", begin) - begin)), "");
}

}  // namespace
}  // namespace perfd::config
