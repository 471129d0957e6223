// `perfd guards` on a store that holds made-up guards and circuits; and the settings of policies.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "app/guard_report.h"
#include "app/perfd_process.h"
#include "app/tor_settings.h"
#include "store/store.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kNoon = 1'795'521'600'000'000;  // 2026-11-24T12:00:00Z

WallTime minute(int n) { return wall_from_us(kNoon + std::int64_t{n} * 60'000'000); }
std::string relay(char digit) { return std::string(40, digit); }

class GuardsCommand : public PerfdProcessTest {
 protected:
  // Of "fast": A and B of four are set since 12:10, after A and C since 12:00. Circuits: two by A,
  // one by B, which was late, one by D, which failed; and what is not counted.
  void SetUp() override {
    store::Options options;
    options.path = folder_ / "perfd.db";
    options.now = [] { return minute(60); };
    auto store = store::Store::open(options).value();
    model::GuardRanking ranking;
    ranking.instance = "fast";
    ranking.policy = "fast";
    ranking.at = minute(0);
    ranking.consensus_valid_after = minute(-10);
    ranking.guards = {{relay('A'), "alice", "192.0.2.1", "de", 4000, 8'000'000},
                      {relay('C'), "carol", "192.0.2.3", "", 3000, std::nullopt},
                      {relay('B'), "bob", "192.0.2.2", "fr", 2000, 1'000'000},
                      {relay('D'), "dave", "192.0.2.4", "fr", 1000, 0}};
    store->guard_ranking(ranking);
    ranking.instance = "plain";
    ranking.policy = "default";
    store->guard_ranking(ranking);
    model::GuardChoice choice{
        "fast", 7, "fast", minute(0), minute(-10), "start", {relay('A'), relay('C')}};
    store->guard_choice(choice);
    choice.at = minute(10);
    choice.reason = "guard-down " + relay('C');
    choice.set = {relay('A'), relay('B')};
    store->guard_choice(choice);

    circuit(*store, 1, 'A', true);
    circuit(*store, 2, 'A', true);
    auto late = made(3, 'B', true);
    late.states.push_back({minute(3), "PURPOSE_CHANGED", "MEASURE_TIMEOUT"});
    store->circuit(late);
    auto failed = made(4, 'D', false);
    failed.reason = "TIMEOUT";
    store->circuit(failed);
    auto nowhere = made(5, 'D', false);
    nowhere.path.clear();
    nowhere.reason = "DESTROYED";
    nowhere.remote_reason = "CHANNEL_CLOSED";
    store->circuit(nowhere);
    auto fetch = made(6, 'C', true);
    fetch.build_flags = "ONEHOP_TUNNEL,IS_INTERNAL";
    store->circuit(fetch);
    circuit(*store, 30, 'A', true);
    ASSERT_TRUE(store->close());
  }
  static model::Circuit made(int n, char guard, bool built) {
    model::Circuit out;
    out.id = static_cast<std::uint64_t>(n);
    out.instance = "fast";
    out.tor_run = 7;
    out.launched_at = minute(n);
    out.closed_at = minute(n + 1);
    out.path = {{relay(guard), std::string("relay") + guard, minute(n)}};
    if (built) out.built_at = minute(n);
    out.failed = !built;
    return out;
  }
  static void circuit(store::Store& store, int n, char guard, bool built) {
    store.circuit(made(n, guard, built));
  }
  Finished guards(std::vector<std::string> more) {
    std::vector<std::string> arguments{"guards", "--data", folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }
  // The line that holds all of these words, with each run of blanks as one.
  static std::string line_with(Finished const& done, std::string const& words) {
    for (auto const& line : done.lines) {
      std::string plain;
      for (char const c : line)
        if (c != ' ' || (!plain.empty() && plain.back() != ' ')) plain += c;
      if (plain.find(words) != std::string::npos) return plain;
    }
    return "no line with '" + words + "' in\n" + done.text();
  }
};

TEST_F(GuardsCommand, ShowsRankingSetAndUse) {
  auto const done = guards({});
  EXPECT_EQ(done.status.code, 0);
  auto const text = done.text();
  EXPECT_THAT(text, AllOf(HasSubstr("tor fast: guards fast\n  set alice bob at "
                                    "2026-11-24T12:10:00Z (guard-down " +
                                    relay('C') + ")\n  choices in the period: 2\n"),
                          HasSubstr("tor plain: guards default\n  perfd set none: tor chooses\n"),
                          HasSubstr("no circuits in the period"),
                          HasSubstr("guards really used: 4 circuits built")));
  EXPECT_EQ(line_with(done, "alice " + relay('A')),
            "1 * alice " + relay('A') + " de 4000 8000 0.500");
  EXPECT_EQ(line_with(done, "carol " + relay('C')), "2 carol " + relay('C') + " - 3000 - -");
  EXPECT_EQ(line_with(done, "dave " + relay('D')), "4 dave " + relay('D') + " fr 1000 0 -");
  EXPECT_EQ(line_with(done, "relayA"), "1 * relayA " + relay('A') + " 3 75.0 % 0 0");
  EXPECT_EQ(line_with(done, "relayB"), "3 * relayB " + relay('B') + " 1 25.0 % 0 1");
  EXPECT_EQ(line_with(done, "relayD"), "4 relayD " + relay('D') + " 0 0.0 % 1 1 1 TIMEOUT");
  EXPECT_EQ(line_with(done, "(none reached)"),
            "- (none reached) 0 0.0 % 1 0 1 DESTROYED/CHANNEL_CLOSED");
  EXPECT_THAT(text, Not(HasSubstr("relayC")));
}

TEST_F(GuardsCommand, ShowsOneTorAPeriodAndTheTop) {
  auto const done = guards({"--tor", "fast", "--since", "2026-11-24T12:20", "--top", "1"});
  EXPECT_EQ(done.status.code, 0);
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("set alice bob at 2026-11-24T12:10:00Z"),
                    Not(HasSubstr("choices in")), HasSubstr("guards really used: 1 circuits built"),
                    HasSubstr("alice  "), HasSubstr("bob  "), Not(HasSubstr("carol")),
                    Not(HasSubstr("dave")), Not(HasSubstr("tor plain"))));
}

TEST_F(GuardsCommand, PrintsJson) {
  auto const done = guards({"--json", "--tor", "fast"});
  EXPECT_EQ(done.status.code, 0);
  ASSERT_EQ(done.lines.size(), 1u);
  auto const report = boost::json::parse(done.lines[0]).as_object();
  EXPECT_EQ(report.at("policy").as_string(), "fast");
  EXPECT_EQ(report.at("in_force").at("at").as_int64(), to_us(minute(10)));
  EXPECT_EQ(report.at("choices").as_array().size(), 2u);
  auto const& ranking = report.at("ranking").as_array();
  ASSERT_EQ(ranking.size(), 4u);
  EXPECT_TRUE(ranking[0].at("set").as_bool());
  EXPECT_FALSE(ranking[1].at("set").as_bool());
  EXPECT_EQ(ranking[0].at("ratio").as_double(), 0.5);
  auto const& used = report.at("used").as_array();
  EXPECT_EQ(used[0].at("built").as_int64(), 3);
  EXPECT_EQ(used[0].at("rank").as_int64(), 1);
}

TEST_F(GuardsCommand, SaysWhatIsWrong) {
  auto const unknown = guards({"--tor", "nobody"});
  EXPECT_EQ(unknown.status.code, 2);
  EXPECT_THAT(unknown.text(), HasSubstr("nothing is known of the guards of tor 'nobody'"));
  EXPECT_EQ(guards({"--since", "yesterday"}).status.code, 2);
  EXPECT_EQ(run({"guards", "--data", (folder_ / "none").string()}).status.code, 3);
}

TEST(GuardSettings, AreTheConfigurations) {
  config::Tor tor;
  tor.guards.policy = config::GuardPolicy::list;
  tor.guards.fingerprints = {relay('A'), relay('B')};
  tor.guards.countries = {"de"};
  tor.guard_count = 5;
  tor.drop_guards = Micros{7};
  auto const settings = guard_settings(tor);
  EXPECT_EQ(settings.guards, tor.guards);
  EXPECT_EQ(settings.count, 5u);
  EXPECT_EQ(settings.drop_every, Micros{7});
  EXPECT_EQ(settings.policy, relay('A') + ", " + relay('B') + ", {de}");
  tor.guards.fingerprints.assign(20, relay('C'));
  EXPECT_THAT(guards_text(tor.guards), testing::EndsWith(relay('C') + " and 5 more"));
  tor.guards = {};
  EXPECT_EQ(guard_settings(tor).policy, "default");
  tor.guards.policy = config::GuardPolicy::slow_ratio;
  EXPECT_EQ(guard_settings(tor).policy, "slow-ratio");
}

TEST(GuardSettings, RatiosNeedWhatRelaysSayOfThemselves) {
  DataFolder const data = data_folder("/nowhere");
  config::Tor tor;
  tor.binary = "/bin/true";
  for (auto const& [policy, line] :
       {std::pair{config::GuardPolicy::slow_ratio, "FetchUselessDescriptors 1"},
        {config::GuardPolicy::fast_ratio, "FetchUselessDescriptors 1"},
        {config::GuardPolicy::none, "UseEntryGuards 0"}}) {
    tor.guards.policy = policy;
    EXPECT_THAT(instance_settings(tor, data).value().process.torrc, testing::ElementsAre(line));
  }
  tor.guards.policy = config::GuardPolicy::fast;
  EXPECT_THAT(instance_settings(tor, data).value().process.torrc, testing::IsEmpty());
}

}  // namespace
}  // namespace perfd::app
