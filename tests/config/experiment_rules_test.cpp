// Which choices of an experiment make sense together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace perfd::config {
namespace {

constexpr auto kHead = "every = \"5m\"\nsize = 1\n";
std::string with(std::string const& keys) { return experiment(kHead + keys); }
std::string fingerprint(char digit) { return std::string(40, digit); }
std::string const kTwoHops = "path = [\"" + fingerprint('A') + "\", [\"" + fingerprint('B') +
                             "\", \"" + fingerprint('C') + "\"]]\n";

TEST(Guards, AListHasFingerprintsAndCountries) {
  EXPECT_EQ(after_minimal("[tor.a]\nguards = [\"" + fingerprint('A') + "\", \"{DE}\"]\n"), "");
  EXPECT_THAT(after_minimal("[tor.a]\nguards = [\"{deu}\"]\n"),
              testing::HasSubstr("6:11: tor.a.guards: '{deu}' is not a fingerprint (40 hex digits) "
                                 "or a country (two letters in braces"));
  EXPECT_THAT(after_minimal("[tor.a]\nguards = []\n"), testing::HasSubstr("is empty"));
  EXPECT_THAT(after_minimal("[tor.a]\nguard-count = 2\n"),
              testing::HasSubstr("guard-count: has an effect only with a policy of perfd"));
  EXPECT_THAT(after_minimal("[tor.a]\nguards = \"slow\"\ntorrc = [\"NumEntryGuards 1\"]\n"),
              testing::HasSubstr("NumEntryGuards contradicts guards = \"slow\""));
  EXPECT_THAT(after_minimal("[tor.a]\nattach = \"127.0.0.1:1\"\ndrop-guards = \"1h\"\n"),
              testing::HasSubstr("drop-guards: would take the guards of a tor that perfd only"));
}

TEST(Onion, TheTorThatOffersTheServiceMustFit) {
  EXPECT_EQ(with("target = \"onion\"\n"), "");
  EXPECT_EQ(with("target = \"onion\"\nservice = \"default\"\n"), "");
  EXPECT_THAT(with("target = \"onion\"\nservice = \"defualt\"\n"),
              testing::HasSubstr("x.service: no tor instance has this name"));
  EXPECT_THAT(with("target = \"single-onion\"\n"),
              testing::HasSubstr("x.service: is missing: name the tor instance"));
  EXPECT_THAT(with("target = \"single-onion\"\nservice = \"default\"\n"),
              testing::HasSubstr("tor.default does not offer single onion services"));
  std::string const single = "[tor.default]\n[tor.s]\nsingle-onion = true\n";
  EXPECT_EQ(with("target = \"single-onion\"\ntor = \"default\"\n" + single), "");
  EXPECT_THAT(with("tor = \"s\"\n" + single), testing::HasSubstr("has no SOCKS port"));
  EXPECT_THAT(with("target = \"onion\"\ntor = \"default\"\nservice = \"s\"\n" + single),
              testing::HasSubstr("the target is \"single-onion\" then"));
  EXPECT_THAT(with("service = \"default\"\n"), testing::HasSubstr("x.service: has an effect only"));
  EXPECT_THAT(with("fresh-service = true\n"),
              testing::HasSubstr("x.fresh-service: has an effect only"));
  EXPECT_THAT(with("target = \"onion\"\nfresh-service = true\ncircuit = \"shared\"\n"),
              testing::HasSubstr("no circuit leads to a new service yet"));
  EXPECT_THAT(after_minimal("[tor.a]\nonion-suffix = \"onion\"\n"),
              testing::HasSubstr("'onion' is not the end of a host name"));
}

TEST(ChosenPath, MustBeBuildable) {
  EXPECT_EQ(with(kTwoHops), "");
  EXPECT_THAT(with("path = [\"" + fingerprint('A') + "\"]\n"), testing::HasSubstr("has one hop"));
  EXPECT_THAT(with("path = [\"guard0\", \"exit0\"]\n"),
              testing::HasSubstr("'guard0' is not a fingerprint"));
  EXPECT_THAT(with("path = [[], \"" + fingerprint('A') + "\"]\n"),
              testing::HasSubstr("a hop needs at least one fingerprint"));
  EXPECT_THAT(with("path = [\"" + fingerprint('A') + "\", \"" + fingerprint('A') + "\"]\n"),
              testing::HasSubstr("twice in a row"));
  EXPECT_THAT(with(kTwoHops + "target = \"onion\"\n"),
              testing::HasSubstr("tor itself builds the circuits to an onion service"));
  EXPECT_THAT(with(kTwoHops + "circuit = \"shared\"\n"),
              testing::HasSubstr("contradicts circuit = \"shared\""));
  EXPECT_THAT(with(kTwoHops + "kind = \"allocation\"\n"),
              testing::HasSubstr("leaves tor nothing to allot"));
  EXPECT_THAT(with(kTwoHops + "tor = \"a\"\n[tor.a]\nguards = \"fast\"\n"),
              testing::HasSubstr("leaves tor.a's guards = \"fast\" without effect"));
  EXPECT_THAT(with(kTwoHops + "tor = \"a\"\n[tor.a]\nattach = \"127.0.0.1:1\"\n"),
              testing::HasSubstr("needs a tor that perfd launches"));
}

TEST(Allocation, ItsKeysBelongTogether) {
  EXPECT_EQ(with("kind = \"allocation\"\nrequests = 3\npause = \"1s\"\nisolation = \"each\"\n"),
            "");
  EXPECT_THAT(with("requests = 3\n"), testing::HasSubstr("only with kind = \"allocation\""));
  EXPECT_THAT(with("kind = \"allocation\"\nat-once = true\npause = \"1s\"\n"),
              testing::HasSubstr("x.pause: has no effect with at-once = true"));
  EXPECT_THAT(with("kind = \"allocation\"\nisolation = \"port\"\n"),
              testing::HasSubstr("give tor.default socks-ports = 2 or more"));
  EXPECT_THAT(with("kind = \"allocation\"\ncircuit = \"shared\"\n"),
              testing::HasSubstr("isolation says which streams may share"));
  EXPECT_THAT(with("kind = \"allocation\"\nrequests = 0\n"), testing::HasSubstr("out of range"));
}

TEST(LearnedTimeout, NeedsATorThatLearns) {
  EXPECT_EQ(with("learned-timeout = true\n"), "");
  EXPECT_THAT(with("learned-timeout = true\ntor = \"a\"\n[tor.a]\ntorrc = "
                   "[\"LearnCircuitBuildTimeout 0\"]\n"),
              testing::HasSubstr("would never measure"));
}

constexpr auto kPage = "every = \"5m\"\nkind = \"page\"\n";
std::string page(std::string const& keys) { return experiment(kPage + keys); }

TEST(Page, AFormHasASize) {
  EXPECT_EQ(page("page = \"form\"\nsize = \"1 MiB\"\n"), "");
  EXPECT_THAT(page("page = \"form\"\n"), testing::HasSubstr("x.size: is missing"));
  EXPECT_THAT(page("page = \"form\"\nsize = \"200 MiB\"\n"),
              testing::HasSubstr("x.size: 200 MiB is over server.max-size"));
}

TEST(Page, HttpsNeedsPerfdsOwnHttps) {
  // Behind the experiment: another section.
  std::string const tls = "[server]\npublic-host = \"192.0.2.1\"\nlisten-tls = [\"0.0.0.0:443\"]\n";
  auto const on = [&](std::string const& keys) {
    return errors_of("[vantage]\nname = \"v\"\n" + tls + "[experiment.x]\n" + kPage + keys);
  };
  EXPECT_EQ(on("https = true\n"), "");
  EXPECT_EQ(on("arms = { tls = { https = true }, plain = { https = false } }\n"), "");
  EXPECT_THAT(page("https = true\n"), testing::HasSubstr("x.https: needs an address in"));
  EXPECT_THAT(on("https = true\ntarget = \"onion\"\n"),
              testing::HasSubstr("x.https: needs target = \"direct\""));
  EXPECT_THAT(on("https = true\ntarget = \"https://a.example/\"\n"),
              testing::HasSubstr("x.https: is for perfd's own server"));
  EXPECT_THAT(with("https = true\n"), testing::HasSubstr("x.https: has an effect only with kind"));
}

TEST(Page, AListTakesThePlaceOfATarget) {
  EXPECT_EQ(page("urls = \"/etc/perfd/top.csv\"\nurls-top = 20\n"), "");
  EXPECT_EQ(page("urls = \"https://lists.example/top.csv\"\n"), "");
  EXPECT_THAT(page("urls = \"ftp://lists.example/top.csv\"\n"),
              testing::HasSubstr("is not an http:// or https:// URL"));
  EXPECT_THAT(page("urls = \"/etc/perfd/\"\n"), testing::HasSubstr("is a folder"));
  EXPECT_THAT(page("urls = \"/a\"\ntarget = \"onion\"\n"),
              testing::HasSubstr("x.target: contradicts urls"));
  EXPECT_THAT(page("urls = \"/a\"\npage = \"plain\"\n"),
              testing::HasSubstr("x.page: has no effect with pages of other servers"));
  EXPECT_THAT(page("urls-top = 5\n"), testing::HasSubstr("x.urls-top: has an effect only with"));
  EXPECT_THAT(with("urls = \"/a\"\n"), testing::HasSubstr("x.urls: has an effect only with kind"));
  // The server need not be reachable for it.
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[experiment.x]\n" + std::string(kPage) +
                      "urls = \"/a\"\n"),
            "");
}

TEST(Tls, CertificateAndKeyGoTogether) {
  std::string const listen = "listen-tls = [\"0.0.0.0:443\"]\n";
  auto const server = [](std::string const& keys) {
    return errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"a.example\"\n" + keys);
  };
  EXPECT_EQ(server(listen), "");
  EXPECT_EQ(server(listen + "certificate = \"/c.pem\"\nkey = \"/k.pem\"\n"), "");
  EXPECT_THAT(server(listen + "certificate = \"/c.pem\"\n"),
              testing::HasSubstr("server.key: is missing"));
  EXPECT_THAT(server(listen + "key = \"/k.pem\"\n"),
              testing::HasSubstr("server.certificate: is missing"));
  EXPECT_THAT(server("certificate = \"/c.pem\"\nkey = \"/k.pem\"\n"),
              testing::HasSubstr("has an effect only with server.listen-tls"));
  EXPECT_THAT(server("listen-tls = [\"0.0.0.0:80\"]\n"),
              testing::HasSubstr("0.0.0.0:80 is also an address of server.listen"));
}

}  // namespace
}  // namespace perfd::config
