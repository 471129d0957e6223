// The long demonstration: distances, weights, guard policies, chosen paths, more onion services.
#include "app/demo_experiments.h"
#include "app/private_station.h"

namespace perfd::app {
namespace {

constexpr auto kFast = "guards-fast";
constexpr auto kSlow = "guards-slow";
constexpr auto kRatio = "guards-fast-ratio";
constexpr auto kHost = "onion-host";
constexpr auto kSingle = "single-onion";
constexpr auto kPagesPlain = "pages-plain";
constexpr auto kPagesEarly = "pages-early";

// Do the guards that a client has make its downloads slow? Each policy is a tor of its own, and
// all measure at the same moment.
config::Experiment guards() {
  auto out = demo_download("guards", 20);
  out.size = MiB(1);
  out.order = config::ArmOrder::parallel;
  for (auto const* tor : {kFast, kSlow, kRatio}) {
    auto& arm = out.arms.emplace_back();
    arm.name = std::string(tor).substr(std::string("guards-").size());
    arm.tor = tor;
  }
  return out;
}

// The last relays of each role, so that it shows that they were chosen.
config::Experiment chosen_path(testnet::Plan const& plan) {
  auto out = demo_download("path", 15);
  out.tor = kDemoWithoutConflux;
  for (auto const role : {testnet::Role::guard, testnet::Role::middle, testnet::Role::exit}) {
    std::vector<std::string> hop;
    for (auto const& node : plan.nodes)
      if (node.role == role) hop.assign(1, node.fingerprint);
    out.path.hops.push_back(std::move(hop));
  }
  return out;
}

config::Experiment fresh_onion() {
  auto out = demo_onion("onion-fresh", 30, kHost);
  out.fresh_service = true;
  return out;
}

config::Experiment single_onion() {
  auto out = demo_onion("single-onion-50k", 15, kSingle);
  out.target.kind = config::TargetKind::single_onion;
  out.tor = kDemoWithoutConflux;
  return out;
}

config::Experiment isolated_streams() {
  auto out = demo_allocation("allocation-isolated", 30);
  out.at_once = true;
  out.isolation = config::Isolation::each;
  return out;
}

// Does early data make pages come sooner? Both arms at the same moment, each in a browser and
// through a tor of its own, neither of which has conflux.
config::Experiment pages() {
  auto out = demo_page("page", 30, config::BuiltInPage::plain);
  out.order = config::ArmOrder::parallel;
  out.arms.resize(2);
  out.arms[0].name = "plain";
  out.arms[0].tor = kPagesPlain;
  out.arms[0].optimistic = false;
  out.arms[1].name = "early";
  out.arms[1].tor = kPagesEarly;
  out.arms[1].optimistic = true;
  return out;
}

// Of perfd's own server, by the tor that the pages above go through plainly.
config::Experiment page_of_its_own(char const* name, int start_delay_s) {
  auto out = demo_page(name, 60, config::BuiltInPage::plain);
  out.tor = kPagesPlain;
  out.start_delay = std::chrono::seconds(start_delay_s);
  return out;
}

config::Experiment page_over_tls() {
  auto out = page_of_its_own("page-https", 15);
  out.https = true;
  return out;
}

config::Experiment browser_upload() {
  auto out = page_of_its_own("page-form", 45);
  out.page = config::BuiltInPage::form;
  out.size = KiB(200);
  return out;
}

config::Tor with_guards(char const* name, config::GuardPolicy policy) {
  config::Tor out;
  out.name = name;
  out.guards.policy = policy;
  out.guard_count = 1;
  return out;
}

// All of them have the same guard, the fastest: by default each tor would choose one of its own,
// and the guards would make more of a difference than what is compared.
config::Tor without_conflux(char const* name) {
  auto out = with_guards(name, config::GuardPolicy::fast);
  out.torrc = {"ConfluxEnabled 0"};
  return out;
}

}  // namespace

void make_full(TestnetOptions& network) {
  TestnetOptions const usual;
  if (network.authorities == usual.authorities) network.authorities = 3;
  if (network.guards == usual.guards) network.guards = 4;
  if (network.delays.empty()) network.delays = {"25ms"};
  // guard2 is believed to be better than it says, guard0 to be worse.
  if (network.weights.empty() && network.guards >= 4)
    network.weights = {"guard0=4000", "guard1=2000", "guard2=1000", "guard3=500"};
  if (network.observed.empty() && network.guards >= 4)
    network.observed = {"guard0=8MB", "guard1=2MB", "guard2=500KB", "guard3=500KB"};
  if (network.rates.empty() && network.guards >= 4) network.rates = {"guard3=300KiB"};
}

std::vector<config::Tor> full_demo_tors() {
  auto out = demo_tors();
  out.push_back(with_guards(kFast, config::GuardPolicy::fast));
  out.push_back(with_guards(kSlow, config::GuardPolicy::slow));
  out.push_back(with_guards(kRatio, config::GuardPolicy::fast_ratio));
  out.emplace_back().name = kHost;
  out.push_back(without_conflux(kPagesPlain));
  out.push_back(without_conflux(kPagesEarly));
  auto& single = out.emplace_back();
  single.name = kSingle;
  single.single_onion = true;
  return out;
}

std::vector<config::Experiment> full_demo_experiments(testnet::Plan const& plan) {
  auto out = common_demo_experiments();
  // With distances everything takes longer, and there is more of it.
  for (auto& experiment : out) experiment.every *= 4;
  for (auto more : {guards(), chosen_path(plan), fresh_onion(), single_onion(), isolated_streams(),
                    pages(), page_over_tls(), browser_upload()})
    out.push_back(std::move(more));
  return out;
}

}  // namespace perfd::app
