// A private Tor network of real tor processes on loopback, from start to end.
//
// Everything starts at once; as soon as the authorities have all descriptors they vote on
// command, the relays are told to fetch the consensus, then the clients. A folder that
// an earlier network left makes the next start warm: no keys to make, no vote to wait for.
// Owner: a command, the holder or a test. Thread: the loop's.
// Failures: each Error names the node and quotes its own log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"
#include "testnet/plan.h"

namespace perfd::testnet {

struct Progress {
  enum class Stage : std::uint8_t { launch, descriptors, vote, relays, clients, ready };
  Stage stage = Stage::launch;
  std::string text;  // for a person: "3 of 6 relays have uploaded their descriptors"
  Micros elapsed{};  // since start() was called
  // As TestNetwork::client_torrc(): known from `launch` on, so that a tor of one's own can be
  // started beside the network, with DisableNetwork 1 until the network is ready.
  std::vector<std::string> client_torrc;
};
using ProgressSink = std::function<void(Progress const&)>;

class TestNetwork {
 public:
  // REQUIRES: the loop and the launcher outlive the network. Cancelling it ends all nodes.
  [[nodiscard]] static runtime::Task<Result<std::unique_ptr<TestNetwork>>> start(
      runtime::Loop& loop, runtime::Launcher& launcher, NetworkSpec spec, ProgressSink sink = {});
  // Kills what still runs. REQUIRES: stop() was awaited, or the loop will not run again.
  ~TestNetwork();
  TestNetwork(TestNetwork const&) = delete;
  TestNetwork& operator=(TestNetwork const&) = delete;

  [[nodiscard]] Plan const& plan() const;
  // What any other tor needs in its torrc to use this network. It may start at once with
  // its network enabled: there is a consensus to fetch.
  [[nodiscard]] std::vector<std::string> client_torrc() const;
  [[nodiscard]] bool warm() const;         // nothing had to be voted
  [[nodiscard]] MonoTime started() const;  // when start() was called
  [[nodiscard]] Micros start_took() const;

  // Called once, with the reason, when a node ends that nobody stopped. The network stays
  // as it is otherwise; its owner decides.
  void on_node_death(std::function<void(Error const&)> handler);
  [[nodiscard]] std::optional<Error> failure() const;

  // GETINFO of one node: for tests and for those who look into the network.
  runtime::Task<Result<std::string>> get_info(std::string nickname, std::string key);
  [[nodiscard]] std::vector<pid_t> pids() const;
  // Questions that exits asked the DNS responder and that it answered.
  [[nodiscard]] std::uint64_t names_answered() const;

  // Ends every node; returns when none is left, in well under a second.
  runtime::Task<> stop();

 private:
  struct Impl;
  explicit TestNetwork(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::testnet
