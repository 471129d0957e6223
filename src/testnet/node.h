// One tor process of the network: started, watched, asked over its control port.
//
// Owner: TestNetwork. Thread: the loop's. A node that ends by itself is noticed at once;
// every operation on it then fails with death(), which quotes the node's own log.
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
#include "tor/control_connection.h"
#include "tor/last_words.h"

namespace perfd::testnet {

class Node {
 public:
  Node(runtime::Loop& loop, NodePlan plan);
  Node(Node const&) = delete;
  Node& operator=(Node const&) = delete;

  [[nodiscard]] NodePlan const& plan() const { return plan_; }
  [[nodiscard]] std::string const& name() const { return plan_.nickname; }

  // Starts tor. `on_death` is called once if it ends before stop().
  runtime::Task<Result<>> launch(runtime::Launcher& launcher, Plan const& network,
                                 std::function<void(Node&)> on_death);
  // Waits until tor answers on its control port and authenticates.
  runtime::Task<Result<>> connect(MonoTime deadline);

  runtime::Task<Result<std::string>> get_info(std::string key);
  runtime::Task<Result<>> set_conf(std::string key, std::string value);
  runtime::Task<Result<>> signal(std::string name);

  [[nodiscard]] bool dead() const { return death_.has_value(); }
  [[nodiscard]] Error const& death() const { return *death_; }
  [[nodiscard]] std::optional<pid_t> pid() const;

  // Ends the process: SIGTERM, and SIGKILL where it still runs after `grace`.
  runtime::Task<Result<>> stop(Nanos grace);  // never fails

 private:
  runtime::Task<> watch();
  runtime::Task<> read_log();
  // The node's death where that is why `error` happened.
  runtime::Task<Error> explain(Error error);

  runtime::Loop& loop_;
  NodePlan plan_;
  std::optional<runtime::Child> child_;
  tor::LastWords log_;
  std::optional<Error> death_;
  runtime::Event log_ended_;
  runtime::Event ended_;
  bool stopping_ = false;
  std::function<void(Node&)> on_death_;
  runtime::TaskGroup tasks_;  // its tasks use everything above
  tor::ControlConnection control_;
};

}  // namespace perfd::testnet
