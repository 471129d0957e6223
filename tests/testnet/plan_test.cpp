// What a network consists of, and which wishes are refused.
#include "testnet/plan.h"

#include <gmock/gmock.h>

#include <set>

namespace perfd::testnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

NetworkSpec spec() {
  NetworkSpec out;
  out.folder = "/var/tmp/net";
  out.tor = "/usr/bin/tor";
  return out;
}

std::string refusal(NetworkSpec const& wanted) {
  auto const plan = make_plan(wanted);
  return plan ? "none" : plan.error().message;
}

template <class Change>
std::string refusal_after(Change change) {
  auto wanted = spec();
  change(wanted);
  return refusal(wanted);
}

TEST(PlanTest, GivesEachNodeANameAFolderAndAnAddressThatTellsItsRole) {
  auto wanted = spec();
  wanted.authorities = 3;
  wanted.clients = 2;
  auto const plan = make_plan(wanted).value();
  std::vector<std::string> names;
  std::vector<std::string> addresses;
  std::set<std::string> folders;
  for (auto const& node : plan.nodes) {
    names.push_back(node.nickname);
    addresses.push_back(node.address);
    folders.insert(node.folder);
  }
  EXPECT_THAT(names, ElementsAre("auth0", "auth1", "auth2", "guard0", "guard1", "middle0", "exit0",
                                 "exit1", "client0", "client1"));
  EXPECT_THAT(addresses,
              ElementsAre("127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.2.1", "127.0.2.2",
                          "127.0.4.1", "127.0.3.1", "127.0.3.2", "127.0.0.1", "127.0.0.1"));
  EXPECT_EQ(folders.size(), 10U);
  EXPECT_EQ(plan.nodes[3].folder, "/var/tmp/net/guard0");
  EXPECT_EQ(plan.count(Role::authority), 3U);
  EXPECT_EQ(plan.count(Role::exit), 2U);
}

TEST(PlanTest, KeepsWhatIsSaidOfEachRelay) {
  auto wanted = spec();
  wanted.relays[1].rate = MiB(1);
  wanted.relays[1].delay = std::chrono::milliseconds{20};
  auto const plan = make_plan(wanted).value();
  EXPECT_EQ(plan.nodes[2].nickname, "guard1");
  EXPECT_EQ(plan.nodes[2].relay.rate, MiB(1));
  EXPECT_EQ(plan.nodes[2].relay.delay, std::chrono::milliseconds{20});
}

TEST(PlanTest, WhereOneRelayHasAWeightAllAreMeasured) {
  EXPECT_FALSE(make_plan(spec()).value().weighted());
  EXPECT_FALSE(make_plan(spec()).value().nodes[1].relay.observed);
  auto wanted = spec();
  wanted.authorities = 3;
  wanted.relays = make_relays(3, 0, 1);
  wanted.relays[0].weight = 4000;
  wanted.relays[1].rate = KiB(500);
  wanted.relays[2].observed = Bytes{70'000};
  auto const plan = make_plan(wanted).value();
  EXPECT_TRUE(plan.weighted());
  std::vector<std::int64_t> figures;
  for (auto const& node : plan.nodes)
    if (!node.is_authority()) {
      figures.push_back(node.relay.weight.value());
      figures.push_back(node.relay.observed.value().count);
    } else {
      EXPECT_FALSE(node.relay.weight || node.relay.observed);
    }
  EXPECT_THAT(figures, ElementsAre(4000, 1'000'000, 1000, 512'000, 1000, 70'000, 1000, 1'000'000));
}

TEST(PlanTest, EveryHopCanBeFarAway) {
  auto wanted = spec();
  wanted.authority_delay = std::chrono::milliseconds{25};
  EXPECT_EQ(make_plan(wanted).value().nodes[0].relay.delay, std::chrono::milliseconds{25});
  wanted.authority_delay = std::chrono::seconds{11};
  EXPECT_THAT(refusal(wanted), HasSubstr("an authority's delay"));
}

TEST(PlanTest, PutsTheRelaysOfARoleIntoCountriesInTurn) {
  auto wanted = spec();
  wanted.relays = make_relays(4, 0, 2);
  wanted.relays[1].country = "de";
  std::vector<std::string> countries;
  for (auto const& node : make_plan(wanted).value().nodes) countries.push_back(node.relay.country);
  EXPECT_THAT(countries, ElementsAre("", "xa", "de", "xc", "xa", "xa", "xb"));
}

TEST(PlanTest, RefusesWhatCanMakeNoNetwork) {
  EXPECT_EQ(refusal(spec()), "none");
  for (int const number : {0, 2, 4, 10, -1})
    EXPECT_THAT(refusal_after([&](auto& s) { s.authorities = number; }),
                HasSubstr("1, 3, 5, 7 or 9 authorities, not " + std::to_string(number)));
  for (int const number : {-1, 101})
    EXPECT_THAT(refusal_after([&](auto& s) { s.clients = number; }), HasSubstr("clients"));
  EXPECT_THAT(refusal_after([](auto& s) { s.relays = make_relays(201, 0, 1); }),
              HasSubstr("at most 200 relays, not 202"));
  // With an authority for the middle, a guard and an exit are enough.
  EXPECT_EQ(refusal_after([](auto& s) { s.relays = make_relays(1, 0, 1); }), "none");
  for (auto const& relays : {make_relays(0, 2, 2), make_relays(2, 2, 0), make_relays(0, 0, 0)})
    EXPECT_THAT(refusal_after([&](auto& s) { s.relays = relays; }),
                HasSubstr("a circuit needs a guard, an exit and a third"));
}

TEST(PlanTest, RefusesRelaysThatTorWouldNotBe) {
  auto const with = [](auto change) {
    return refusal_after([&](auto& s) { change(s.relays[0]); });
  };
  EXPECT_THAT(with([](auto& r) { r.rate = Bytes{75 * 1024 - 1}; }), HasSubstr("75 KiB"));
  EXPECT_EQ(with([](auto& r) { r.rate = KiB(75); }), "none");
  EXPECT_THAT(with([](auto& r) { r.weight = 100; }), HasSubstr("three authorities"));
  EXPECT_THAT(with([](auto& r) { r.observed = Bytes{100}; }), HasSubstr("three authorities"));
  EXPECT_THAT(with([](auto& r) { r.delay = Micros{-1}; }), HasSubstr("delay"));
  EXPECT_THAT(with([](auto& r) { r.delay = std::chrono::seconds{11}; }), HasSubstr("delay"));
  EXPECT_THAT(with([](auto& r) { r.role = Role::client; }),
              HasSubstr("a guard, a middle or an exit"));
  for (auto const* bad : {"x", "xaa", "XA", "x1", "??", "x\n"})
    EXPECT_THAT(with([&](auto& r) { r.country = bad; }), HasSubstr("code of two letters")) << bad;
  EXPECT_EQ(with([](auto& r) { r.country = "de"; }), "none");
  auto weighted = spec();
  weighted.authorities = 3;
  weighted.relays[0].weight = 100;
  EXPECT_EQ(refusal(weighted), "none");
  for (auto const bad : {std::int64_t{0}, std::int64_t{2'000'000'001}}) {
    weighted.relays[0].observed = Bytes{bad};
    EXPECT_THAT(refusal(weighted), HasSubstr("between 1 B and 2 GB")) << bad;
  }
  weighted.relays[0].observed.reset();
  weighted.relays[0].weight = 0;
  EXPECT_THAT(refusal(weighted), HasSubstr("between 1 and 1000000000 kB/s"));
}

TEST(PlanTest, RefusesLinesThatWouldChangeOthers) {
  for (auto const& line : {std::string(), std::string("  "), std::string("A 1\nB 2"),
                           std::string("A 1\\"), std::string("A\0B", 3)}) {
    EXPECT_NE(refusal_after([&](auto& s) { s.torrc = {line}; }), "none") << line;
    EXPECT_NE(refusal_after([&](auto& s) { s.client_torrc = {line}; }), "none") << line;
    EXPECT_NE(refusal_after([&](auto& s) { s.relays[0].torrc = {line}; }), "none") << line;
  }
  EXPECT_EQ(refusal_after([](auto& s) { s.torrc = {"Schedulers Vanilla"}; }), "none");
}

TEST(PlanTest, RefusesFoldersAndNamesThatItCannotWriteDown) {
  EXPECT_THAT(refusal_after([](auto& s) { s.folder = "net"; }), HasSubstr("absolute path"));
  for (auto const* bad : {"/a\"b", "/a\\b", "/a#b", "/a\nb"})
    EXPECT_THAT(refusal_after([&](auto& s) { s.folder = bad; }), HasSubstr("may not have quotes"));
  for (std::string const name : {"", "perfd.test."})
    EXPECT_THAT(refusal_after([&](auto& s) {
                  s.zone.push_back({name, {}});
                }),
                HasSubstr("without its last dot"));
}

TEST(PlanTest, PortsAreKeptForTheSameShapeAlone) {
  auto wanted = spec();
  wanted.clients = 1;
  auto plan = make_plan(wanted).value();
  std::uint16_t next = 10000;
  for (auto& node : plan.nodes) {
    node.or_port = next++;
    node.control_port = next++;
  }
  plan.dns.port = next;
  auto const text = describe_ports(plan);

  auto again = make_plan(wanted).value();
  ASSERT_TRUE(adopt_ports(again, text));
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    EXPECT_EQ(again.nodes[i].or_port, plan.nodes[i].or_port);
    EXPECT_EQ(again.nodes[i].control_port, plan.nodes[i].control_port);
  }
  EXPECT_EQ(again.dns, plan.dns);

  auto const fits = [&](auto change, std::string const& ports) {
    auto other = wanted;
    change(other);
    auto changed = make_plan(other).value();
    bool const adopted = adopt_ports(changed, ports);
    EXPECT_EQ(changed.nodes[0].or_port, adopted ? 10000 : 0);
    return adopted;
  };
  auto const same = [](auto&) {};
  EXPECT_FALSE(fits([](auto& s) { s.clients = 0; }, text));
  EXPECT_FALSE(fits([](auto& s) { s.relays = make_relays(1, 2, 2); }, text));
  EXPECT_FALSE(fits([](auto& s) { s.relays[0].delay = Micros{1000}; }, text));
  EXPECT_TRUE(fits([](auto& s) { s.relays[0].rate = MiB(1); }, text));
  // A file that is cut anywhere, or empty, or of another version.
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(fits(same, text.substr(0, cut)));
  EXPECT_FALSE(fits(same, "perfd private network 2" + text.substr(text.find('\n'))));
  EXPECT_FALSE(fits(same, text + text));
}

}  // namespace
}  // namespace perfd::testnet
