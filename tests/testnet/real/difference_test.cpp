// Relays that differ: where they are, what they weigh, what they say that they can carry.
#include <gmock/gmock.h>

#include <map>

#include "base/text.h"
#include "testnet/real/world.h"

namespace perfd::testnet {
namespace {

using testing::EndsWith;
using testing::IsSupersetOf;
using testing::Pair;
using testing::UnorderedElementsAre;

class DifferenceTest : public RealNetworkTest {
 protected:
  std::string info(std::string const& nickname, std::string const& key) {
    auto const value = loop_.run_until_done(network_->get_info(nickname, key));
    EXPECT_TRUE(value) << key << ": " << value.error().message;
    return value ? *value : std::string();
  }
};

TEST_F(DifferenceTest, AClientKnowsTheCountriesOfTheRelays) {
  auto wanted = spec();
  wanted.clients = 1;
  wanted.relays[4].country = "de";
  wanted.client_torrc = {"EntryNodes {xb}", "StrictNodes 1"};
  ASSERT_TRUE(start(wanted)) << failure_;
  for (auto const& [address, country] : {std::pair{"127.0.2.1", "xa"},
                                         {"127.0.2.2", "xb"},
                                         {"127.0.4.1", "xa"},
                                         {"127.0.3.1", "xa"},
                                         {"127.0.3.2", "de"},
                                         {"127.0.0.1", "??"}})
    for (auto const* const asked : {"client0", "auth0", "guard1"})
      EXPECT_EQ(info(asked, std::string("ip-to-country/") + address), country) << address;
  ASSERT_TRUE(fetch_page("127.0.0.1"));
  int built = 0;
  auto const circuits = info("client0", "circuit-status");
  for (auto const circuit : split(circuits, '\n')) {
    auto const words = split(circuit, ' ');
    bool const built_up = words.size() > 3 && words[1] == "BUILT";
    if (!built_up || words[2].find(',') == words[2].npos) continue;  // one hop is a fetch
    ++built;
    EXPECT_THAT(split(words[2], ',')[0], EndsWith("~guard1")) << circuit;
  }
  EXPECT_GE(built, 1);
}

// "w Bandwidth=" of each relay in `document`, and what its descriptor says that it can carry: the
// least of the three figures of "bandwidth", as the directory specification has it.
struct Said {
  std::map<std::string, std::int64_t> weights;
  std::map<std::string, std::int64_t> advertised;

  void read(std::string const& document) {
    std::string nickname;
    for (auto const line : split(document, '\n')) {
      auto const words = split(line, ' ');
      if (words.size() > 2 && (words[0] == "r" || words[0] == "router")) nickname = words[1];
      if (line.starts_with("w Bandwidth="))
        weights[nickname] = parse_int<std::int64_t>(split(words[1], '=')[1]).value();
      if (words.size() == 4 && words[0] == "bandwidth")
        advertised[nickname] = std::min({parse_int<std::int64_t>(words[1]).value(),
                                         parse_int<std::int64_t>(words[2]).value(),
                                         parse_int<std::int64_t>(words[3]).value()});
    }
  }
};

TEST_F(DifferenceTest, AClientSeesWhatRelaysWeighAndWhatTheySayThatTheyCarry) {
  auto wanted = spec();
  wanted.authorities = 3;
  wanted.clients = 1;
  wanted.client_torrc = {"FetchUselessDescriptors 1"};
  wanted.relays[0].weight = 4000;
  wanted.relays[0].rate = KiB(500);
  wanted.relays[1].weight = 250;
  wanted.relays[4].observed = Bytes{70'000};
  auto const see = [&] {
    Said said;
    said.read(info("client0", "ns/all"));
    auto const deadline = runtime::mono_now() + std::chrono::seconds{60};
    while (said.advertised.size() < 8 && runtime::mono_now() < deadline) {
      loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds{100}));
      said.read(info("client0", "desc/all-recent"));
    }
    return said;
  };
  ASSERT_TRUE(start(wanted)) << failure_;
  auto said = see();
  EXPECT_THAT(said.weights,
              UnorderedElementsAre(Pair("auth0", 0), Pair("auth1", 0), Pair("auth2", 0),
                                   Pair("guard0", 4000), Pair("guard1", 250), Pair("middle0", 1000),
                                   Pair("exit0", 1000), Pair("exit1", 1000)));
  EXPECT_THAT(said.advertised, IsSupersetOf({Pair("guard0", 512'000), Pair("guard1", 1'000'000),
                                             Pair("middle0", 1'000'000), Pair("exit1", 70'000)}));
  ASSERT_TRUE(fetch_page("127.0.0.1"));

  // The same folder again: the consensus of before would be at hand, and say the old figures.
  stop();
  wanted.relays[0].weight = 300;
  wanted.relays[1].observed = Bytes{2'000'000};
  ASSERT_TRUE(start(wanted)) << failure_;
  EXPECT_FALSE(network_->warm());
  said = see();
  EXPECT_EQ(said.weights["guard0"], 300);
  EXPECT_EQ(said.weights["guard1"], 250);
  EXPECT_EQ(said.advertised["guard0"], 512'000);
  EXPECT_EQ(said.advertised["guard1"], 2'000'000);
}

}  // namespace
}  // namespace perfd::testnet
