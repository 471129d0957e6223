// The private network as the command line describes it, for `testnet` and `demo`.
// Thread: the main thread.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "testnet/plan.h"

namespace CLI {
class App;
}

namespace perfd::app {

struct TestnetOptions {
  int authorities = 1;
  int guards = 2;
  int middles = 1;
  int exits = 2;
  int clients = 0;
  std::vector<std::string> rates;  // NICKNAME=BYTES: "exit0=500 KiB"
  std::string tor = "tor";
};

void add_testnet_options(CLI::App& command, TestnetOptions& options);

// Errors: no tor binary, a number or a rate that makes no network.
[[nodiscard]] Result<testnet::NetworkSpec> testnet_spec(TestnetOptions const& options,
                                                        std::filesystem::path const& folder);

// The given folder, or perfd/testnet in the user's cache folder; absolute.
[[nodiscard]] std::filesystem::path testnet_folder(std::string const& given);

}  // namespace perfd::app
