// A station on a private Tor network of its own: what `demo` and `measure --testnet` run.
//
// Its measurement server and its results are on loopback, where the network's exits reach
// them by the name perfd.test.
// Thread: the measuring loop's; start() may be cancelled.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/station.h"
#include "testnet/network.h"

namespace perfd::app {

struct PrivateStationOptions {
  testnet::NetworkSpec network;
  // Of the results; the measurement server has any free port of the same address.
  config::ListenAddress listen{"127.0.0.1", 0};
  std::vector<std::string> torrc;      // further lines for perfd's own tor
  std::vector<config::Tor> more_tors;  // beside that one, with further torrc lines of their own
  config::Browser browser;
  std::string vantage;
  DataFolder data;
  std::vector<config::Experiment> experiments;
  // In their place, where they name relays of the network; may be empty.
  std::function<std::vector<config::Experiment>(testnet::Plan const&)> experiments_on;
  std::function<void(model::Measurement const&)> on_record;
  std::function<void(std::string const& step)> on_progress;  // for a person
  std::function<void(Error const&)> on_node_death;           // the network has lost a node
};

class PrivateStation {
 public:
  static constexpr auto kTor = "default";  // the name of its tor instance
  // Under which an exit of the network reaches perfd's server.
  static constexpr auto kServerName = "perfd.test";

  // Everything up to a tor that has bootstrapped. Errors name the node that did not start.
  [[nodiscard]] static runtime::Task<Result<std::unique_ptr<PrivateStation>>> start(
      runtime::Loop& loop, runtime::Launcher& launcher, PrivateStationOptions options);
  // Until that tor has bootstrapped, as kTor has at the end of start().
  [[nodiscard]] runtime::Task<Result<>> await_bootstrap(std::string tor);
  ~PrivateStation();  // REQUIRES: stop() was awaited
  PrivateStation(PrivateStation const&) = delete;
  PrivateStation& operator=(PrivateStation const&) = delete;

  [[nodiscard]] Station& station() { return *station_; }
  [[nodiscard]] testnet::TestNetwork& network() { return *network_; }
  runtime::Task<Result<>> stop();  // ends every process; the error is the store's

 private:
  PrivateStation() = default;
  runtime::Task<Result<>> bring_up(runtime::Loop& loop, runtime::Launcher& launcher,
                                   PrivateStationOptions& options);

  std::unique_ptr<testnet::TestNetwork> network_;
  std::unique_ptr<Station> station_;
};

// Where a command's network lives.
struct NetworkFolder {
  std::filesystem::path path;
  bool temporary = false;  // to be removed at the end
};

// One in which the network starts warm the next time; a temporary one while another process
// uses that.
[[nodiscard]] Result<NetworkFolder> free_network_folder(std::string const& name);

}  // namespace perfd::app
