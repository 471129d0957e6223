// A station on a private Tor network within the test: one measurement after the other, as asked
// for, with the network's processes at hand.
#pragma once

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/private_station.h"
#include "runtime/files.h"
#include "testnet/real/processes.h"

namespace perfd::app {

class StationTest : public testing::Test {
 protected:
  StationTest() : launcher_(loop_, runtime::LauncherChannel::fork_now().value()) {}
  ~StationTest() override {
    stop();
    loop_.run_until_done(launcher_.stop());
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void start(std::vector<config::Tor> more_tors = {}, testnet::NetworkSpec network = {},
             config::Browser browser = {}) {
    PrivateStationOptions options;
    options.network = std::move(network);
    options.network.folder = folder_ / "net";
    options.network.tor = runtime::find_program("tor").value();
    options.vantage = "test";
    options.data = data_folder(folder_ / "data");
    options.more_tors = std::move(more_tors);
    options.on_record = [this](auto const& record) {
      if (on_record_) on_record_(record);
    };
    options.browser = std::move(browser);
    auto started =
        loop_.run_until_done(PrivateStation::start(loop_, launcher_, std::move(options)));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    station_ = std::move(*started);
  }
  void await(std::string const& tor) {
    auto const up = loop_.run_until_done(station_->await_bootstrap(tor));
    ASSERT_TRUE(up.has_value()) << up.error().message;
  }

  // Ends the station; for tests whose own parts it knows of.
  void stop() {
    if (station_) (void)loop_.run_until_done(station_->stop());
    station_.reset();
  }

  // 50 KiB through the station's own tor; the rest is the test's.
  static config::Experiment experiment(std::string name) {
    config::Experiment out;
    out.name = std::move(name);
    out.size = KiB(50);
    out.every = std::chrono::seconds(60);
    out.timeout = std::chrono::seconds(30);
    out.tor = PrivateStation::kTor;
    return out;
  }
  model::Measurement measure(config::Experiment experiment) {
    return loop_.run_until_done(station_->station().measure(std::move(experiment)));
  }
  // Until `condition` holds, for a bounded time.
  template <class Condition>
  runtime::Task<bool> until(Condition condition, Nanos limit = std::chrono::seconds(20)) {
    auto const end = runtime::mono_now() + limit;
    while (!condition() && runtime::mono_now() < end)
      co_await runtime::sleep_for(std::chrono::milliseconds(10));
    co_return condition();
  }

  [[nodiscard]] std::string fingerprint(std::string const& nickname) const {
    for (auto const& node : station_->network().plan().nodes)
      if (node.nickname == nickname) return node.fingerprint;
    return {};
  }
  [[nodiscard]] std::string nickname(std::string const& fingerprint) const {
    for (auto const& node : station_->network().plan().nodes)
      if (node.fingerprint == fingerprint) return node.nickname;
    return fingerprint;
  }
  void kill_node(std::string const& nickname) {
    auto const found = testnet::processes_naming((folder_ / "net" / nickname / "torrc").string());
    ASSERT_EQ(found.size(), 1u) << nickname;
    ASSERT_EQ(::kill(found.front(), SIGKILL), 0);
  }
  // After a service's tor was killed: the client would go on with the descriptor that it has. Where
  // a relay that is busy has not seen yet that the old process is gone, it takes the introduction
  // for it, and tor waits for the rendezvous that never comes for a minute or more.
  void forget_descriptors() {
    std::string const forget = "NEWNYM";
    auto const forgotten =
        loop_.run_until_done(instance(PrivateStation::kTor).control()->signal(forget));
    ASSERT_TRUE(forgotten.has_value()) << forgotten.error().message;
  }
  [[nodiscard]] tor::Instance& instance(std::string const& name) {
    return station_->station().tor(name)->instance();
  }

  std::function<void(model::Measurement const&)> on_record_;
  runtime::Loop loop_;
  runtime::Launcher launcher_;
  std::filesystem::path const folder_ = runtime::make_temporary_folder("perfd-station").value();
  std::unique_ptr<PrivateStation> station_;
};

}  // namespace perfd::app
