#include "app/demo_experiments.h"

#include "app/private_station.h"

namespace perfd::app {
namespace {

// The three downloads that Torperf always made and one of each other kind, on a schedule that
// shows something soon.
std::vector<config::Experiment> one_of_each_kind() {
  using config::Kind;
  struct Row {
    char const* name;
    Kind kind;
    Bytes size;
    int every_s;
  };
  std::vector<config::Experiment> out;
  for (auto const& [name, kind, size, every_s] :
       {Row{"download-50k", Kind::download, KiB(50), 3},
        Row{"download-1m", Kind::download, MiB(1), 5},
        Row{"download-5m", Kind::download, MiB(5), 10}, Row{"upload-1m", Kind::upload, MiB(1), 7},
        Row{"resolve", Kind::resolve, Bytes{0}, 4}}) {
    auto& one = out.emplace_back(demo_download(name, every_s));
    one.kind = kind;
    one.size = size;
    if (kind == Kind::resolve) one.query = PrivateStation::kServerName;
  }
  return out;
}

// Does it save a round trip to send the request before the connection stands?
config::Experiment early_data() {
  auto out = demo_download("early-data", 4);
  out.start_delay = std::chrono::seconds(1);
  out.tor = kDemoWithoutConflux;
  out.arms.resize(2);
  out.arms[0].name = "plain";
  out.arms[0].optimistic = false;
  out.arms[1].name = "early";
  out.arms[1].optimistic = true;
  return out;
}

// Its client is another tor than the one that offers it, as in life; and the first ones of the
// others need not wait for its publishing.
config::Experiment onion() {
  auto out = demo_onion("onion-50k", 6, PrivateStation::kTor);
  out.tor = kDemoWithoutConflux;
  return out;
}

}  // namespace

config::Experiment demo_download(char const* name, int every_s) {
  config::Experiment out;
  out.name = name;
  out.size = KiB(50);
  out.every = std::chrono::seconds(every_s);
  out.timeout = std::chrono::seconds(60);
  out.tor = PrivateStation::kTor;
  return out;
}

config::Experiment demo_onion(char const* name, int every_s, char const* service) {
  auto out = demo_download(name, every_s);
  out.target.kind = config::TargetKind::onion;
  out.service = service;
  // Now and then a rendezvous fails in so small a network, and the client waits for it: others that
  // share its tor should not wait for long.
  out.timeout = std::chrono::seconds(15);
  return out;
}

config::Experiment demo_page(char const* name, int every_s, config::BuiltInPage page) {
  auto out = demo_download(name, every_s);
  out.kind = config::Kind::page;
  out.size = Bytes{0};
  out.page = page;
  return out;
}

config::Experiment demo_allocation(char const* name, int every_s) {
  auto out = demo_download(name, every_s);
  out.kind = config::Kind::allocation;
  out.requests = 4;
  return out;
}

std::vector<config::Experiment> common_demo_experiments() {
  auto out = one_of_each_kind();
  out.push_back(early_data());
  out.push_back(onion());
  // All with the same isolation: tor may put them on one circuit.
  out.push_back(demo_allocation("allocation", 9));
  return out;
}

std::vector<config::Experiment> demo_experiments() {
  auto out = common_demo_experiments();
  // The browser needs seconds to start and two for each load, for which nothing else shall wait;
  // one load takes a second of CPU time.
  auto page = demo_page("page-median", 12, config::BuiltInPage::median);
  page.overlap = true;
  out.push_back(std::move(page));
  return out;
}

std::vector<config::Experiment> without_pages(std::vector<config::Experiment> all) {
  std::erase_if(all, [](auto const& one) { return one.kind == config::Kind::page; });
  return all;
}

std::vector<config::Tor> demo_tors() {
  config::Tor out;
  out.name = kDemoWithoutConflux;
  out.torrc = {"ConfluxEnabled 0"};
  return {out};
}

}  // namespace perfd::app
