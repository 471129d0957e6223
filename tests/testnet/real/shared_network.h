// One private network for all tests of a program, and a web server behind its exits. A test
// may use it with tors of its own, but must leave it as it was.
#pragma once

#include <memory>

#include "testnet/real/world.h"

namespace perfd::testnet {

class SharedNetwork final : public testing::Environment {
 public:
  struct World {
    std::filesystem::path folder = runtime::make_temporary_folder("perfd-net").value();
    runtime::Loop loop;
    runtime::Launcher launcher{loop, runtime::LauncherChannel::fork_now().value()};
    WebServer server{loop};
    std::unique_ptr<TestNetwork> network;
  };
  static inline std::unique_ptr<World> world;

  void SetUp() override {
    world = std::make_unique<World>();
    auto started = world->loop.run_until_done(TestNetwork::start(
        world->loop, world->launcher, spec_in(world->folder / "network"), print_progress));
    ASSERT_TRUE(started) << started.error().message;
    world->network = std::move(*started);
  }
  void TearDown() override {
    auto& loop = world->loop;
    if (world->network) loop.run_until_done(world->network->stop());
    loop.run_until_done(world->launcher.stop());
    std::filesystem::remove_all(world->folder);
    world.reset();
  }
};

// Started once, before the first test of the program that includes this.
inline auto* const kSharedNetwork = testing::AddGlobalTestEnvironment(new SharedNetwork);

class SharedNetworkTest : public testing::Test {
 protected:
  static runtime::Loop& loop() { return SharedNetwork::world->loop; }
  static runtime::Launcher& launcher() { return SharedNetwork::world->launcher; }
  static TestNetwork& network() { return *SharedNetwork::world->network; }
  static std::filesystem::path const& folder() { return SharedNetwork::world->folder; }

  // The page of the web server through that tor.
  static Result<std::size_t> fetch_page(runtime::Address socks, std::string user) {
    return loop().run_until_done(
        runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{30},
                               fetch(loop(), socks, "www.perfd.test",
                                     SharedNetwork::world->server.port(), std::move(user))));
  }
};

}  // namespace perfd::testnet
