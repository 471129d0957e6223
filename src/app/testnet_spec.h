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
  std::vector<std::string> rates;      // NICKNAME=BYTES: "exit0=500 KiB"
  std::vector<std::string> weights;    // NICKNAME=KBPS: "guard0=4000"
  std::vector<std::string> observed;   // NICKNAME=BYTES: "guard0=2MB"
  std::vector<std::string> delays;     // NICKNAME=TIME, or TIME for every hop: "25ms"
  std::vector<std::string> countries;  // NICKNAME=CODE: "guard0=de"
  std::string tor = "tor";
};

void add_testnet_options(CLI::App& command, TestnetOptions& options);

// Errors: no tor binary, a number, rate, weight, delay or country that makes no network.
[[nodiscard]] Result<testnet::NetworkSpec> testnet_spec(TestnetOptions const& options,
                                                        std::filesystem::path const& folder);

// The given folder, or perfd/testnet in the user's cache folder; absolute.
[[nodiscard]] std::filesystem::path testnet_folder(std::string const& given);

}  // namespace perfd::app
