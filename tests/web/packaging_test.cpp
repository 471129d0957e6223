// The files for Prometheus and Grafana, and the page about metrics, name what there is.
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "places.h"
#include "web/metrics.h"
#include "web/probe.h"
#include "web/support/monitoring_fixture.h"

namespace perfd::web {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

std::string content_of(std::string const& path) {
  std::ifstream file(perfd::test::source(path));
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

// Of a perfd that has everything to tell.
std::string full_metrics() {
  Metrics metrics("1", {});
  auto page = download_of("page", 1s, 2s);
  page.kind = model::Kind::page;
  page.marks.set(model::mark::kFullyLoaded, {page.started_at + 3s});
  auto name = download_of("name", 1s, 2s);
  name.kind = model::Kind::resolve;
  for (auto const& one : {download_of("a", 1s, 2s), page, name}) metrics.measured(one);
  metrics.probed("onion", model::FailureCode::ok);
  metrics.alerts({{"r", "a", "", "freshness", false}});
  DaemonState state;
  state.experiments = {{"a", 5min, wall_from_us(1), 0, false, 0}};
  state.tors = {{"default", true, true, true, 1, "", 0, {{"built", "", 1}}}};
  metrics.state(state);
  return metrics.text();
}

std::set<std::string> named_in(std::string const& text) {
  static std::regex const kName("\\b(?:perfd|process)_[a-z0-9_]+");
  std::set<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), kName), end; at != end; ++at)
    out.insert(std::regex_replace(at->str(), std::regex("_(bucket|sum|count)$"), ""));
  return out;
}

int promtool(std::string const& arguments) {
  auto const own = perfd::test::source(".cache/promtool");
  auto const program = std::filesystem::exists(own) ? own : std::string("promtool");
  return std::system(("cd '" + perfd::test::source("packaging/prometheus") + "' && '" + program +
                      "' " + arguments + " >&2")
                         .c_str());
}

TEST(Packaging, EveryMetricThatTheFilesNameIsThere) {
  auto const there = Exposition(full_metrics()).names();
  for (auto const* path : {"packaging/prometheus/alerts.yml", "packaging/grafana/perfd.json"}) {
    auto const named = named_in(content_of(path));
    EXPECT_GE(named.size(), 8U) << path;
    for (auto const& name : named) EXPECT_TRUE(there.contains(name)) << path << ": " << name;
  }
}

TEST(Packaging, ThePageTellsOfEveryMetricAndOfNoOther) {
  auto const page = content_of("docs/metrics.md");
  auto const there = Exposition(full_metrics()).names();
  std::set<std::string> rows;
  static std::regex const kRow("\\n\\| `((?:perfd|process)_[a-z_]+)` \\|");
  for (std::sregex_iterator at(page.begin(), page.end(), kRow), end; at != end; ++at)
    rows.insert((*at)[1]);
  EXPECT_EQ(rows, there);
}

TEST(Packaging, TheDashboardIsWhole) {
  auto const dashboard = boost::json::parse(content_of("packaging/grafana/perfd.json")).as_object();
  std::set<std::int64_t> ids;
  for (auto const& panel : dashboard.at("panels").as_array()) {
    auto const& object = panel.as_object();
    EXPECT_TRUE(ids.insert(object.at("id").as_int64()).second) << panel;
    EXPECT_FALSE(object.at("title").as_string().empty()) << panel;
    auto const& place = object.at("gridPos").as_object();
    EXPECT_LE(place.at("x").as_int64() + place.at("w").as_int64(), 24) << panel;
    if (object.at("type").as_string() == "row") continue;
    EXPECT_FALSE(object.at("targets").as_array().empty()) << panel;
    EXPECT_EQ(object.at("datasource").at("uid").as_string(), "${datasource}") << panel;
  }
  EXPECT_GE(ids.size(), 20U);
}

// scripts/install-deps --for test gets it.
TEST(Packaging, PrometheusItselfTakesTheRulesAndTheMetrics) {
  ASSERT_EQ(promtool("--version"), 0) << "there is no promtool: scripts/install-deps --for test";
  EXPECT_EQ(promtool("check rules alerts.yml"), 0);
  EXPECT_EQ(promtool("test rules alerts_test.yml"), 0);
  auto const file = std::filesystem::temp_directory_path() /
                    ("perfd-metrics-" + std::to_string(::getpid()) + ".txt");
  std::ofstream(file) << full_metrics();
  EXPECT_EQ(promtool("check metrics <'" + file.string() + "'"), 0);
  auto failed = download_of("a", 1s, 2s);
  failed.outcome = {model::FailureCode::net_timeout, "http response", "x"};
  std::ofstream(file) << probe_metrics(failed, 3s);
  EXPECT_EQ(promtool("check metrics <'" + file.string() + "'"), 0);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace perfd::web
