// The effective settings: valid TOML that says the same again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "config/support.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(Effective, TellsWhichSettingsAreDefaults) {
  auto const loaded = load_text(std::string(kMinimal) +
                                "max-size = \"1 MiB\"\n"
                                "[experiment.x]\nsize = \"50 KiB\"\nevery = \"5m\"\n");
  EXPECT_EQ(errors(loaded), "");
  EXPECT_EQ(effective_toml(*loaded), R"([vantage]
name = "v"

[server]
listen = ["0.0.0.0:80"]                 # default
public-host = "192.0.2.1"
public-port = 80                        # default
# listen-tls is not set
# public-tls-port is not set
# certificate is not set
# key is not set
# user is not set
# group is not set
max-size = "1 MiB"

[results]
listen = "server"                       # default
publish = true                          # default
# token-file is not set
# slo is not set

[store]
path = "/var/lib/perfd/perfd.db"        # default
keep = "365d"                           # default
raw-events = "7d"                       # default

[browser]
binary = "firefox-esr"                  # default
at-once = 2                             # default
loads = 50                              # default
max-memory = "2 GiB"                    # default

[tor.default]
binary = "tor"                          # default
# attach is not set
# password is not set
# cookie is not set
torrc = []                              # default
guards = "default"                      # default
# guard-count is not set
# drop-guards is not set
socks-ports = 1                         # default
single-onion = false                    # default
onion-suffix = ".onion"                 # default

[experiment.x]
kind = "download"                       # default
target = "direct"                       # default
size = "50 KiB"
# query is not set
every = "5m"
timeout = "4m55s"                       # default
start-delay = "0s"                      # default
spread = "fixed"                        # default
# jitter is not set
tor = "default"                         # default
overlap = false                         # default
optimistic = false                      # default
circuit = "fresh"                       # default
# path is not set
# service is not set
fresh-service = false                   # default
learned-timeout = false                 # default
# requests is not set
# at-once is not set
# pause is not set
# isolation is not set
# page is not set
# https is not set
# urls is not set
# urls-top is not set
# screenshot is not set
# arms is not set
# order is not set

[log]
level = "info"                          # default
# file is not set
)");
}

TEST(Effective, CanHideSecrets) {
  auto const loaded = load_text(std::string(kMinimal) +
                                "[tor.a]\nattach = \"127.0.0.1:9051\"\npassword = \"s3cret\"\n");
  ASSERT_EQ(errors(loaded), "");
  EXPECT_THAT(effective_toml(*loaded), HasSubstr("s3cret"));
  EXPECT_THAT(effective_toml(*loaded, Secrets::hidden), Not(HasSubstr("s3cret")));
}

// Random settings that keep all rules.
constexpr auto kSingle = "single";

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Settings settings() {
    Settings s;
    s.vantage.name = name();
    s.server.listen.clear();
    for (int i = number(1, 3); i > 0; --i)
      s.server.listen.push_back({pick({"0.0.0.0", "192.0.2.7", "::", "2001:db8::1"}),
                                 static_cast<std::uint16_t>(1000 + i)});
    s.server.public_host = pick({"203.0.113.7", "perfd.example", "2001:db8::7"});
    s.server.public_port = static_cast<std::uint16_t>(number(0, 65535));
    if (coin()) {
      s.server.listen_tls = {{"192.0.2.7", 443},
                             {"::", static_cast<std::uint16_t>(number(2000, 2999))}};
      s.server.public_tls_port = static_cast<std::uint16_t>(number(0, 65535));
      if (coin()) {
        s.server.certificate = "/etc/" + text();
        s.server.key = "/etc/" + text();
      }
    }
    if (coin()) s.server.user = "perfd";
    if (coin() && s.server.user) s.server.group = "_perfd";
    s.server.max_size = Bytes{number(1 << 20, 1 << 30)};
    if (coin()) s.results.listen = ListenAddress{"::1", static_cast<std::uint16_t>(number(1, 999))};
    s.store.path = "/var/lib/" + text();
    s.store.keep = Micros{1h} + duration();
    s.store.raw_events = duration();
    Tor single;
    single.name = kSingle;
    single.single_onion = true;
    s.tors.push_back(single);
    for (int i = number(1, 3); i > 0; --i) s.tors.push_back(tor());
    for (int i = number(1, 4); i > 0; --i) s.experiments.push_back(experiment(s));
    s.log.level = word<LogLevel>();
    if (coin()) s.log.file = "/" + text();
    return s;
  }

 private:
  int number(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  bool coin() { return number(0, 1) == 1; }
  std::string pick(std::vector<std::string> const& from) {
    return from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
  }
  template <class E>
  E word() {
    auto const all = words(E{});
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))].value;
  }
  std::string name() { return pick({"a", "B.c", "d-e_f", "9"}) + std::to_string(++names_); }
  std::string text() {
    std::string out;
    for (int i = number(1, 12); i > 0; --i) out += pick({"a", " ", "\"", "\\", "#", "é", "€", "'"});
    return out + "x";
  }
  Micros duration() {
    return Micros{std::uniform_int_distribution<std::int64_t>(0, 1LL << 44)(random_)};
  }

  Tor tor() {
    Tor t;
    t.name = name();
    if (coin()) {
      t.attach = pick({"127.0.0.1:9051", "unix:/run/" + text(), "[::1]:1"});
      if (coin()) t.password = text();
      if (!t.password && coin()) t.cookie = text();
      return t;
    }
    t.binary = text();
    for (int i = number(0, 3); i > 0; --i) t.torrc.push_back("Option " + text());
    t.guards.policy = word<GuardPolicy>();
    if (t.guards.policy == GuardPolicy::list) {
      t.guards.fingerprints = {std::string(40, 'F')};
      if (coin()) t.guards.countries = {"de", "xa"};
    }
    bool const chooses =
        t.guards.policy != GuardPolicy::tor_default && t.guards.policy != GuardPolicy::none;
    if (chooses) t.guard_count = number(1, 9);
    if (coin()) t.drop_guards = Micros{1h} * number(1, 9);
    if (coin()) t.socks_ports = number(2, 9);
    if (coin()) t.onion_suffix = ".fork";
    return t;
  }

  Experiment experiment(Settings const& s) {
    Experiment e;
    e.name = name();
    e.kind = word<Kind>();
    e.target.kind = word<TargetKind>();
    if (e.target.kind == TargetKind::url) e.target.url = "http://a.example/?x='\"";
    bool const sized =
        e.kind == Kind::upload || ((e.kind == Kind::download || e.kind == Kind::allocation) &&
                                   e.target.kind != TargetKind::url);
    if (sized) e.size = Bytes{number(1, 1 << 20)};
    if (e.kind == Kind::resolve) {
      e.target = {};
      e.query = name() + ".example";
    }
    e.every = Micros{1min} + Micros{number(0, 1'000'000'000)};
    e.overlap = coin();
    e.timeout = e.overlap ? e.every + Micros{1s} : e.every - Micros{number(0, 1'000'000)};
    if (coin()) e.start_delay = e.every / 3;
    e.spread = word<Spread>();
    if (e.spread == Spread::jitter) e.jitter = e.every / 2;
    e.tor = s.tors.back().name;
    e.optimistic = e.kind != Kind::resolve && coin();
    bool const onion =
        e.target.kind == TargetKind::onion || e.target.kind == TargetKind::single_onion;
    if (e.target.kind == TargetKind::single_onion) e.service = kSingle;
    if (onion && e.kind != Kind::allocation) e.fresh_service = coin();
    if (!e.fresh_service && e.kind != Kind::allocation) e.circuit = word<CircuitUse>();
    bool const path = !onion && e.circuit == CircuitUse::fresh && e.kind != Kind::allocation &&
                      e.kind != Kind::page && !s.tors.back().attach &&
                      s.tors.back().guards.policy == GuardPolicy::tor_default;
    if (path && coin())
      e.path.hops = {{std::string(40, 'A')}, {std::string(40, 'B'), std::string(40, 'C')}};
    if (e.kind == Kind::allocation) {
      e.requests = number(1, 9);
      e.at_once = coin();
      if (!e.at_once) e.pause = Micros{number(0, 5)};
      e.isolation = coin() ? Isolation::same : Isolation::each;
    }
    if (e.kind == Kind::page) page(e, s);
    if (e.kind != Kind::resolve && e.kind != Kind::allocation && e.path.empty() && coin()) {
      std::optional<Target> target;
      if (e.target.kind != TargetKind::url) target = Target{TargetKind::direct, {}};
      std::optional<bool> https;
      if (e.kind == Kind::page && e.https) https = coin();
      e.arms = {
          {name(), {}, {}, {}, {}, {}, {}},
          {name(), e.tor, e.urls.empty() ? target : std::nullopt, !e.optimistic, {}, {}, https}};
      if (s.tors.size() > 2) {
        e.arms[0].tor = s.tors[1].name;
        e.order = word<ArmOrder>();
      }
    }
    return e;
  }

  void page(Experiment& e, Settings const& s) {
    e.screenshot = coin();
    if (e.target.kind == TargetKind::direct && coin()) {
      e.urls = pick({"/lists/" + text(), "https://a.example/top.csv"});
      e.urls_top = number(1, 1000);
    } else if (e.target.kind != TargetKind::url) {
      e.page = word<BuiltInPage>();
      if (e.page == BuiltInPage::form) e.size = Bytes{number(1, 1 << 20)};
      if (e.target.kind == TargetKind::direct && !s.server.listen_tls.empty()) e.https = coin();
    }
  }

  std::mt19937 random_;
  int names_ = 0;
};

TEST(Effective, ReadsBackToEqualSettings) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    auto const settings = Maker(seed).settings();
    auto const text = effective_toml(settings);
    auto const again = load_text(text);
    ASSERT_EQ(errors(again), "") << text;
    ASSERT_TRUE(*again == settings) << text << "\nread back as\n" << effective_toml(*again);
  }
}

}  // namespace
}  // namespace perfd::config
