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
    config::Experiment one;
    one.name = name;
    one.kind = kind;
    one.size = size;
    if (kind == Kind::resolve) one.query = PrivateStation::kServerName;
    one.every = std::chrono::seconds(every_s);
    one.timeout = std::chrono::seconds(60);
    one.tor = PrivateStation::kTor;
    out.push_back(std::move(one));
  }
  return out;
}

// Does it save a round trip to send the request before the connection stands?
config::Experiment early_data() {
  config::Experiment out;
  out.name = "early-data";
  out.size = KiB(50);
  out.every = std::chrono::seconds(4);
  out.start_delay = std::chrono::seconds(1);
  out.timeout = std::chrono::seconds(60);
  out.tor = kDemoWithoutConflux;
  out.arms.resize(2);
  out.arms[0].name = "plain";
  out.arms[0].optimistic = false;
  out.arms[1].name = "early";
  out.arms[1].optimistic = true;
  return out;
}

}  // namespace

std::vector<config::Experiment> demo_experiments() {
  auto out = one_of_each_kind();
  out.push_back(early_data());
  return out;
}

std::vector<config::Tor> demo_tors() {
  config::Tor out;
  out.name = kDemoWithoutConflux;
  out.torrc = {"ConfluxEnabled 0"};
  return {out};
}

}  // namespace perfd::app
