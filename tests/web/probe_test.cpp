// /probe: who may, what may be fetched, for how long, and what is told of it.
#include "web/probe.h"

#include "web/probe_target.h"
#include "web/support/monitoring_fixture.h"

namespace perfd::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kOnion = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion";

config::Probe module(std::string name, config::ProbeKind kind, std::vector<std::string> hosts) {
  config::Probe out;
  out.name = std::move(name);
  out.kind = kind;
  out.hosts = std::move(hosts);
  out.timeout = 30s;
  out.at_once = 2;
  return out;
}

class ProbeTest : public testing::Test {
 protected:
  static Request request(std::string query) {
    Request out;
    out.path = "/probe";
    out.query = std::move(query);
    out.fields.add("Authorization", "Bearer a-token-of-some-length");
    return out;
  }
  Response answer(Request request) { return *time_.run(loop_, probe_.answer(request)); }
  Response get(std::string query) { return answer(request(std::move(query))); }
  std::string refusal(std::string query) {
    auto const out = get(std::move(query));
    EXPECT_EQ(out.status, 400);
    return text_of(out);
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeDaemon daemon_;
  Metrics metrics_{"1", {}};
  Privilege privilege_{"a-token-of-some-length"};
  Probe probe_{daemon_,
               metrics_,
               privilege_,
               {module("onion", config::ProbeKind::download, {"*.onion"}),
                module("page", config::ProbeKind::page, {"*"})},
               {"default", "second"}};
};

TEST_F(ProbeTest, IsForThePrivilegedAlone) {
  auto stranger = request("target=" + std::string(kOnion) + "&module=onion");
  stranger.fields = {};
  auto const refused = answer(stranger);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(field_of(refused, "WWW-Authenticate"), "Bearer");
  stranger.fields.add("Authorization", "Bearer another-token-of-it");
  EXPECT_EQ(answer(stranger).status, 401);
  EXPECT_THAT(daemon_.orders, IsEmpty());
}

TEST_F(ProbeTest, TellsWhatAFetchCameTo) {
  daemon_.fetched = download_of("probe.onion", 400ms, 1500ms);
  daemon_.fetched.http_status = 200;
  daemon_.fetched.readbytes = 5000;
  daemon_.takes = 2s;
  auto const out = get("target=" + std::string(kOnion) + "&module=onion");
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(field_of(out, "Content-Type"), Metrics::kContentType);
  EXPECT_EQ(field_of(out, "Access-Control-Allow-Origin"), "")
      << "no other site's script may read it";
  Exposition const all(text_of(out));
  EXPECT_THAT(all.wrong(), IsEmpty());
  EXPECT_EQ(all.value("probe_success"), 1);
  EXPECT_NEAR(all.value("probe_duration_seconds").value_or(0), 2, 0.1);
  EXPECT_DOUBLE_EQ(all.value("probe_ttfb_seconds").value_or(0), 0.4);
  EXPECT_DOUBLE_EQ(all.value("probe_ttlb_seconds").value_or(0), 1.5);
  EXPECT_DOUBLE_EQ(all.value("probe_http_duration_seconds", {{"phase", "connect"}}).value_or(0),
                   0.2);
  EXPECT_DOUBLE_EQ(all.value("probe_http_duration_seconds", {{"phase", "transfer"}}).value_or(0),
                   1.1);
  EXPECT_EQ(all.value("probe_http_status_code"), 200);
  EXPECT_EQ(all.value("probe_received_bytes"), 5000);
  ASSERT_EQ(daemon_.orders.size(), 1U);
  EXPECT_EQ(daemon_.orders[0].url, "http://" + std::string(kOnion) + "/");
  EXPECT_EQ(daemon_.orders[0].tor, "default");
  EXPECT_EQ(daemon_.orders[0].timeout, Micros(30s));
  EXPECT_EQ(Exposition(metrics_.text()).value("perfd_probes_total", {{"module", "onion"}}), 1);
}

TEST_F(ProbeTest, AFailureIsAnAnswer) {
  daemon_.fetched.outcome = {model::FailureCode::socks_onion_not_found, "socks connect", "f0"};
  auto const out = get("target=http://" + std::string(kOnion) + "/x%3Fy&module=onion&tor=second");
  EXPECT_EQ(out.status, 200);
  Exposition const all(text_of(out));
  EXPECT_THAT(all.wrong(), IsEmpty());
  EXPECT_EQ(all.value("probe_success"), 0);
  EXPECT_EQ(all.value("probe_failure_info", {{"outcome", "SOCKS_ONION_NOT_FOUND"}}), 1);
  EXPECT_EQ(all.value("probe_ttfb_seconds"), std::nullopt);
  EXPECT_EQ(daemon_.orders.at(0).tor, "second");
  EXPECT_EQ(daemon_.orders.at(0).url, "http://" + std::string(kOnion) + "/x?y");
}

TEST_F(ProbeTest, EndsBeforeTheScrapeDoes) {
  auto scrape = request("target=" + std::string(kOnion) + "&module=onion");
  auto const with = [&](char const* seconds) {
    auto out = scrape;
    out.fields.add("X-Prometheus-Scrape-Timeout-Seconds", seconds);
    return answer(out);
  };
  EXPECT_EQ(with("10").status, 200);
  EXPECT_EQ(daemon_.orders.at(0).timeout, Micros(9500ms));
  EXPECT_EQ(with("120.0").status, 200);
  EXPECT_EQ(daemon_.orders.at(1).timeout, Micros(30s)) << "the module's own time-out is shorter";
  EXPECT_EQ(with("0.5").status, 400);
  EXPECT_EQ(with("soon").status, 400);
  EXPECT_EQ(with("nan").status, 400);
}

TEST_F(ProbeTest, RefusesWhatItCantRead) {
  EXPECT_EQ(refusal("module=onion"),
            "parameter target: is missing: an address as in http://example.org/ is expected\n");
  EXPECT_EQ(refusal("target=x.onion"), "parameter module: is missing; there are: onion, page\n");
  EXPECT_EQ(refusal("target=x&module=onio"),
            "parameter module: there is no 'onio'; did you mean 'onion'?\n");
  EXPECT_EQ(refusal("traget=x&module=onion"),
            "parameter traget: is not known; did you mean 'target'?\n");
  EXPECT_THAT(refusal("target=http://example.org/&module=onion"),
              HasSubstr("example.org is no host that [probe.onion] hosts allows"));
  EXPECT_THAT(refusal("target=https://" + std::string(kOnion) + "/&module=onion"),
              HasSubstr("kind = \"page\""));
  EXPECT_THAT(refusal("target=ftp://" + std::string(kOnion) + "/&module=onion"),
              HasSubstr("parameter target"));
  EXPECT_THAT(
      refusal("target=duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczae.onion&module=onion"),
      HasSubstr("parameter target"));
  EXPECT_THAT(refusal("target=" + std::string(kOnion) + "&module=onion&tor=secnd"),
              HasSubstr("did you mean 'second'?"));
  EXPECT_THAT(daemon_.orders, IsEmpty());
}

TEST_F(ProbeTest, HasNoMoreAtOnceThanTheModuleAllows) {
  daemon_.takes = 5s;
  Probe probe(daemon_, metrics_, privilege_, {module("one", config::ProbeKind::page, {"*"})}, {});
  auto const asked = request("target=http://example.org/&module=one");
  std::vector<int> statuses;
  auto const ask = [](Probe& p, Request r, std::vector<int>& out) -> runtime::Task<> {
    auto const response = co_await p.answer(r);
    out.push_back(response->status);
  };
  runtime::TaskGroup group(loop_);
  for (int i = 0; i < 3; ++i) group.spawn("probe", ask(probe, asked, statuses));
  time_.run(loop_, group.join());
  EXPECT_THAT(statuses, testing::ElementsAre(503, 200, 200));
  group.spawn("probe", ask(probe, asked, statuses));
  time_.run(loop_, group.join());
  EXPECT_EQ(statuses.back(), 200) << "the others are over";
}

TEST_F(ProbeTest, SaysWhereTheDaemonIsSilent) {
  daemon_.silent = Error{"perfd is stopping"};
  auto const out = get("target=" + std::string(kOnion) + "&module=onion");
  EXPECT_EQ(out.status, 503);
  EXPECT_EQ(text_of(out), "perfd is stopping\n");
}

TEST(ProbeTarget, PatternsNeverMeanThisMachineOrPrivateNetworks) {
  for (auto const* host : {"127.0.0.1",
                           "127.1",
                           "0x7f.1",
                           "2130706433",
                           "017700000001",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "localhost",
                           "LOCALHOST",
                           "localhost.",
                           "a.localhost",
                           "router.lan",
                           "printer.local",
                           "metadata.google.internal",
                           "::1",
                           "::",
                           "::ffff:127.0.0.1",
                           "::127.0.0.1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "64:ff9b::7f00:1",
                           "1.2.3.0x4"})
    EXPECT_FALSE(may_probe(host, {"*"})) << host;
  for (auto const* host :
       {"example.org", "93.184.216.34", "2606:2800:220:1::1", "xn--a.org", kOnion})
    EXPECT_TRUE(may_probe(host, {"*"})) << host;
  EXPECT_FALSE(may_probe("x.localhost", {"*.localhost"}));
}

TEST(ProbeTarget, ALocalHostIsFetchedFromWhereItIsNamedItself) {
  EXPECT_TRUE(may_probe("127.0.0.1", {"127.0.0.1"}));
  EXPECT_TRUE(may_probe("Router.LAN", {"*.onion", "router.lan"}));
  EXPECT_FALSE(may_probe("127.0.0.2", {"127.0.0.1"}));
}

TEST(ProbeTarget, APatternOfADomainMeansWhatIsBelowIt) {
  EXPECT_TRUE(may_probe("a.example.org", {"*.example.org"}));
  EXPECT_TRUE(may_probe("A.B.EXAMPLE.org.", {"*.example.org"}));
  EXPECT_FALSE(may_probe("example.org", {"*.example.org"}));
  EXPECT_FALSE(may_probe("badexample.org", {"*.example.org"}));
  EXPECT_FALSE(may_probe("example.org", {"example.com"}));
  EXPECT_FALSE(may_probe("example.org", {}));
}

}  // namespace
}  // namespace perfd::web
