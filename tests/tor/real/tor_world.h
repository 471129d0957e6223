// Instances of real tors on the shared private network, and what they told.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>

#include "testnet/real/shared_network.h"
#include "tor/instance.h"

namespace perfd::tor {

// Keeps what an instance tells, and wakes a test that waits for it.
class Observed final : public InstanceObserver {
 public:
  explicit Observed(runtime::Loop& loop) : changed(loop.context()) {}

  struct Entry {
    InstanceState state;
    std::string detail;
    std::optional<pid_t> pid;
  };
  std::vector<Entry> states;
  std::vector<std::string> raw;
  std::vector<std::string> log;
  std::vector<model::Circuit> circuits;
  std::vector<model::Stream> streams;
  runtime::Event changed;

  void on_state(Instance const& instance) override {
    states.push_back({instance.state(), instance.detail(), instance.pid()});
    changed.set();
  }
  void on_raw_event(Instance const&, WallTime, std::string const& text) override {
    raw.push_back(text);
    changed.set();
  }
  void on_circuit_done(Instance const&, model::Circuit const& circuit) override {
    circuits.push_back(circuit);
    changed.set();
  }
  void on_stream_done(Instance const&, model::Stream const& stream) override {
    streams.push_back(stream);
    changed.set();
  }
  void on_log_line(Instance const&, std::string const& line) override {
    log.push_back(line);
    changed.set();
  }

  // The first time that it was down, in words.
  [[nodiscard]] std::string downfall() const {
    auto const found = std::ranges::find(states, InstanceState::down, &Entry::state);
    return found == states.end() ? "never" : found->detail;
  }
  [[nodiscard]] std::vector<InstanceState> phases() const {
    std::vector<InstanceState> out;
    for (auto const& entry : states)
      if (out.empty() || out.back() != entry.state) out.push_back(entry.state);
    return out;
  }
  [[nodiscard]] model::Stream const* stream_of(std::string const& user) const {
    auto const found = std::ranges::find(streams, user, &model::Stream::socks_username);
    return found == streams.end() ? nullptr : &*found;
  }
};

class RealTorTest : public testnet::SharedNetworkTest {
 protected:
  RealTorTest() : seen_(loop()), tor_folder_(folder() / "tor") {}
  ~RealTorTest() override {
    if (instance_) stop();
    std::filesystem::remove_all(tor_folder_);
  }

  // A tor to launch that uses the shared network. Quick to see trouble.
  [[nodiscard]] InstanceSettings settings() const {
    InstanceSettings out;
    out.name = "real";
    out.process.binary = testnet::find_tor();
    out.process.data_folder = tor_folder_;
    out.process.torrc = network().client_torrc();
    out.times.shortest_backoff = std::chrono::milliseconds{100};
    return out;
  }

  Instance& start(InstanceSettings settings) {
    instance_ = std::make_unique<Instance>(loop(), &launcher(), std::move(settings), seen_);
    instance_->start();
    return *instance_;
  }
  void stop() { loop().run_until_done(instance_->stop()); }
  bool wait_ready() {
    return loop().run_until_done(
        instance_->wait_ready(runtime::mono_now() + std::chrono::seconds{30}));
  }
  // Until the observer was told what makes it true.
  template <class Condition>
  bool wait_until(Condition condition) {
    auto const deadline = runtime::mono_now() + std::chrono::seconds{30};
    while (!condition()) {
      seen_.changed.reset();
      if (!loop().run_until_done(seen_.changed.wait_until(deadline))) return condition();
    }
    return true;
  }
  // A page fetched through the instance, and the stream that carried it, as tor told of it.
  model::Stream const* stream_of_fetch(std::string const& user) {
    auto const fetched = fetch_page(instance_->socks().value(), user);
    if (!fetched) {
      ADD_FAILURE() << fetched.error().message;
      return nullptr;
    }
    EXPECT_EQ(*fetched, testnet::WebServer::kBody);
    wait_until([&] { return seen_.stream_of(user) != nullptr; });
    return seen_.stream_of(user);
  }

  Observed seen_;
  std::filesystem::path tor_folder_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace perfd::tor
