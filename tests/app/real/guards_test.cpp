// Guard policies on real tors: five guards of different weights and countries, a tor of each
// policy.
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "app/perfd_process.h"
#include "app/private_station.h"
#include "app/startup.h"
#include "app/tor_unit.h"
#include "store/reader.h"
#include "testnet/real/processes.h"

namespace perfd::app {
namespace {

using config::GuardPolicy;
using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Guards : public PerfdProcessTest {
 protected:
  ~Guards() override {
    if (station_) (void)loop_.run_until_done(station_->stop());
    station_.reset();
    if (network_) loop_.run_until_done(network_->stop());
  }

  // Weights 100, 200 … 500 kB/s; weight to self-advertised bandwidth 2, 1/2, 3/2, 1/4, 1.
  void start_network() {
    testnet::NetworkSpec spec;
    spec.folder = folder_ / "net";
    spec.tor = runtime::find_program("tor").value();
    spec.authorities = 3;
    spec.relays = testnet::make_relays(5, 1, 2);
    std::int64_t const observed[] = {50'000, 400'000, 200'000, 1'600'000, 500'000};
    for (std::size_t i = 0; i < 5; ++i) {
      spec.relays[i].weight = static_cast<std::int64_t>(i + 1) * 100;
      spec.relays[i].observed = Bytes{observed[i]};
      spec.relays[i].country = i == 1 ? "yb" : "ya";
    }
    spec.zone = {{PrivateStation::kServerName, wire::parse_ip("127.0.0.1").value()}};
    auto network =
        loop_.run_until_done(testnet::TestNetwork::start(loop_, launcher_, std::move(spec)));
    ASSERT_TRUE(network) << network.error().message;
    network_ = std::move(*network);
  }

  config::Tor tor(std::string name, GuardPolicy policy) {
    config::Tor out;
    out.name = std::move(name);
    out.torrc = network_->client_torrc();
    out.guards.policy = policy;
    out.guard_count = 2;
    return out;
  }

  void start_station(std::vector<config::Tor> tors) {
    config::ListenAddress const listen{"127.0.0.1", 0};
    auto sockets = bind_all({listen}, "listen");
    ASSERT_TRUE(sockets);
    StationOptions options;
    options.settings.vantage.name = "test";
    options.settings.server.listen = {listen};
    options.settings.server.public_host = PrivateStation::kServerName;
    options.data = data_folder(folder_ / "data");
    options.settings.store.path = options.data.store.string();
    options.settings.tors = std::move(tors);
    options.measurement = std::move(*sockets);
    auto station = Station::open(loop_, launcher_, std::move(options));
    ASSERT_TRUE(station) << station.error().message;
    station_ = std::move(*station);
    station_->start_tors();
    for (auto const& one : station_->settings().tors) {
      if (one.name == "nobody") continue;
      auto const up = loop_.run_until_done(await_tor(instance(one.name), std::chrono::seconds(40)));
      ASSERT_TRUE(up) << one.name << ": " << up.error().message;
    }
  }

  model::Measurement measure(std::string tor, Bytes size = KiB(50)) {
    config::Experiment experiment;
    experiment.name = "guards";
    experiment.size = size;
    experiment.every = std::chrono::seconds(60);
    experiment.timeout = std::chrono::seconds(20);
    experiment.tor = std::move(tor);
    return loop_.run_until_done(station_->measure(std::move(experiment)));
  }
  // Three measurements work, and each goes in by a guard that was set when it began.
  void expect_set_guards_used(std::string const& tor) {
    for (int i = 0; i < 3; ++i) {
      auto const record = measure(tor);
      EXPECT_TRUE(record.outcome.ok()) << tor << ": " << record.outcome.detail;
      auto const& guards = record.tor.guards.value();
      EXPECT_EQ(record.guards, guards.policy);
      EXPECT_THAT(guards.set, testing::Contains(record.tor.guard)) << tor;
    }
  }
  std::vector<std::string> set(std::string const& tor) {
    std::vector<std::string> out;
    auto const view = instance(tor).view();
    for (auto const& one : view.guards.value().set) out.push_back(nickname(one));
    return out;
  }

  static runtime::Task<bool> until(std::function<bool()> condition) {
    auto const end = runtime::mono_now() + std::chrono::seconds(30);
    bool met = condition();
    while (!met && runtime::mono_now() < end) {
      co_await runtime::sleep_for(std::chrono::milliseconds(20));
      met = condition();
    }
    co_return met;
  }

  tor::Instance& instance(std::string const& name) { return station_->tor(name)->instance(); }
  [[nodiscard]] std::string fingerprint(std::string const& nickname) const {
    for (auto const& node : network_->plan().nodes)
      if (node.nickname == nickname) return node.fingerprint;
    return "no " + nickname;
  }
  [[nodiscard]] std::string nickname(std::string const& fingerprint) const {
    for (auto const& node : network_->plan().nodes)
      if (node.fingerprint == fingerprint) return node.nickname;
    return "no " + fingerprint;
  }
  void kill_node(std::string const& nickname) {
    auto const found = testnet::processes_naming((folder_ / "net" / nickname / "torrc").string());
    ASSERT_EQ(found.size(), 1u) << nickname;
    ASSERT_EQ(::kill(found.front(), SIGKILL), 0);
  }

  std::unique_ptr<testnet::TestNetwork> network_;
  std::unique_ptr<Station> station_;
};

TEST_F(Guards, AreSetUsedReplacedAndDroppedAsThePolicySays) {
  start_network();
  if (HasFatalFailure()) return;
  auto list = tor("list", GuardPolicy::list);
  list.guards.fingerprints = {fingerprint("guard2"), std::string(40, 'E'), fingerprint("guard0")};
  auto country = tor("country", GuardPolicy::list);
  country.guards.countries = {"yb"};
  auto nobody = tor("nobody", GuardPolicy::list);
  nobody.guards.fingerprints = {std::string(40, 'E')};
  auto dropping = tor("dropping", GuardPolicy::tor_default);
  dropping.drop_guards = std::chrono::seconds(1);
  start_station({tor("fast", GuardPolicy::fast), tor("slow", GuardPolicy::slow),
                 tor("fast-ratio", GuardPolicy::fast_ratio),
                 tor("slow-ratio", GuardPolicy::slow_ratio), list, country, nobody, dropping});
  if (HasFatalFailure()) return;

  for (auto const* name : {"fast", "slow", "fast-ratio", "slow-ratio", "list", "country"})
    expect_set_guards_used(name);
  EXPECT_THAT(set("nobody"), ElementsAre());
  EXPECT_THAT(set("dropping"), ElementsAre());
  ASSERT_TRUE(loop_.run_until_done(
      instance("nobody").wait_ready(runtime::mono_now() + std::chrono::seconds(20))));
  auto const none = measure("nobody");
  EXPECT_EQ(none.outcome.code, model::FailureCode::tor_not_bootstrapped);
  EXPECT_EQ(none.outcome.detail, "guards: none of the list is a guard in the consensus");
  EXPECT_EQ(none.guards, std::string(40, 'E'));

  // At intervals, whatever the policy; what carries a stream meanwhile stays.
  auto const dropped_at = [&] { return instance("dropping").view().guards.value().dropped_at; };
  EXPECT_TRUE(loop_.run_until_done(until([&] { return dropped_at().has_value(); })));
  // One of a few downloads is under way when guards are dropped.
  bool dropped_meanwhile = false;
  for (int i = 0; i < 10 && !dropped_meanwhile; ++i) {
    auto const during = measure("dropping", MiB(25));
    EXPECT_TRUE(during.outcome.ok()) << during.outcome.detail;
    dropped_meanwhile = dropped_at() > during.marks.at(model::mark::kDataRequest) &&
                        dropped_at() < during.marks.at(model::mark::kDataComplete);
  }
  EXPECT_TRUE(dropped_meanwhile);

  // A consensus of the other flavour is a new one to tor.
  auto const set_at = instance("slow").view().guards.value().set_at;
  tor::ControlConnection::ConfigEntries flavour;
  flavour.push_back({"UseMicrodescriptors", "0"});
  ASSERT_TRUE(loop_.run_until_done(instance("slow").control()->setconf(flavour)));
  EXPECT_TRUE(loop_.run_until_done(
      until([&] { return instance("slow").view().guards.value().set_at > set_at; })));

  // The next of the ranking takes a dead guard's place, and the next measurement works.
  kill_node("guard4");
  // tor learns that a guard is gone when it next wants a circuit through it: one of two, at random.
  for (int i = 0; i < 40 && set("fast")[0] == "guard4"; ++i) (void)measure("fast");
  EXPECT_THAT(set("fast"), testing::AllOf(testing::Not(testing::Contains("guard4")),
                                          testing::Contains("guard2"), testing::SizeIs(2)));
  expect_set_guards_used("fast");

  EXPECT_TRUE(loop_.run_until_done(station_->stop()));
  station_.reset();

  auto reader = store::Reader::open(folder_ / "data" / "perfd.db").value();
  // "reason: guard guard" of each choice. tor may hold what SETCONF interrupts against a guard, and
  // call it down: so the first choices are looked at, not what is set at any moment.
  std::map<std::string, std::vector<std::string>> choices;
  ASSERT_TRUE(reader.for_each_guard_choice({}, [&](model::GuardChoice const& choice) {
    auto text = choice.reason + ":";
    for (auto const& one : choice.set) text += " " + nickname(one);
    choices[choice.instance].push_back(std::move(text));
    return true;
  }));
  EXPECT_EQ(choices["fast"].at(0), "start: guard4 guard3");
  EXPECT_EQ(choices["slow"].at(0), "start: guard0 guard1");
  EXPECT_EQ(choices["fast-ratio"].at(0), "start: guard0 guard2");
  EXPECT_EQ(choices["slow-ratio"].at(0), "start: guard3 guard1");
  EXPECT_EQ(choices["list"].at(0), "start: guard2 guard0");
  EXPECT_EQ(choices["country"].at(0), "start: guard1");
  EXPECT_EQ(choices["nobody"].at(0), "start:");
  EXPECT_THAT(choices["slow"], testing::Contains("consensus: guard0 guard1"));
  EXPECT_THAT(choices["fast"],
              testing::Contains(testing::StartsWith("guard-down " + fingerprint("guard4"))));
  EXPECT_THAT(choices["dropping"], testing::Each(std::string("dropped:")));
  auto const rankings = reader.guard_rankings().value();
  EXPECT_EQ(rankings.size(), 8u);

  auto const shown = run({"guards", "--data", (folder_ / "data").string(), "--tor", "fast"});
  EXPECT_EQ(shown.status.code, 0) << shown.text();
  EXPECT_THAT(shown.text(), AllOf(HasSubstr("tor fast: guards fast"), HasSubstr(" at 20"),
                                  HasSubstr("choices in the period: "),
                                  HasSubstr("ranking of 5 guards"), HasSubstr(" ya ")));
  auto const lines = run({"guards", "--data", (folder_ / "data").string(), "--json"}).lines;
  ASSERT_EQ(lines.size(), 8u);
  for (auto const& line : lines) {
    auto const report = boost::json::parse(line).as_object();
    auto const name = std::string(report.at("instance").as_string());
    if (name == "nobody" || name == "dropping") continue;
    auto const& used = report.at("used").as_array();
    ASSERT_FALSE(used.empty()) << line;
    auto const& most = used[0].as_object();
    EXPECT_GT(most.at("built").as_int64(), 0) << line;
    EXPECT_TRUE(most.contains("rank") || name == "list" || name == "country") << line;
  }
  EXPECT_EQ(run({"guards", "--data", (folder_ / "data").string(), "--tor", "x"}).status.code, 2);
}

}  // namespace
}  // namespace perfd::app
