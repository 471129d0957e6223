// What `perfd demo` measures, on which network, and the tors that this takes beside
// PrivateStation's own.
// Thread: pure functions.
#pragma once

#include <vector>

#include "app/testnet_spec.h"
#include "config/settings.h"
#include "testnet/plan.h"

namespace perfd::app {

// A tor on which early data is worth something: on conflux circuits tor holds it back.
inline constexpr auto kDemoWithoutConflux = "no-conflux";

// What the experiments of both demonstrations are made from: 50 KiB through PrivateStation's own
// tor, for at most 60 s.
[[nodiscard]] config::Experiment demo_download(char const* name, int every_s);
// From an onion service of perfd's own that the tor `service` offers.
[[nodiscard]] config::Experiment demo_onion(char const* name, int every_s, char const* service);
// A page of perfd's own server.
[[nodiscard]] config::Experiment demo_page(char const* name, int every_s, config::BuiltInPage page);
// Four streams, one after the other.
[[nodiscard]] config::Experiment demo_allocation(char const* name, int every_s);

// One experiment of each kind but page loads, on the smallest network. The first one is measured
// once before the schedule begins.
[[nodiscard]] std::vector<config::Experiment> common_demo_experiments();
// The same with a page load.
[[nodiscard]] std::vector<config::Experiment> demo_experiments();
// What is left of experiments on a machine without a browser.
[[nodiscard]] std::vector<config::Experiment> without_pages(std::vector<config::Experiment> all);
[[nodiscard]] std::vector<config::Tor> demo_tors();

// `--full`: every experiment that makes sense on a network with distances and weights.
// The first of common_demo_experiments() stays the first one.
[[nodiscard]] std::vector<config::Experiment> full_demo_experiments(testnet::Plan const& plan);
[[nodiscard]] std::vector<config::Tor> full_demo_tors();
// Three authorities, guards of different weight and speed, 25 ms a hop; what the user chose stays.
void make_full(TestnetOptions& network);

}  // namespace perfd::app
