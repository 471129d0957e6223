#include "app/testnet_spec.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "app/cli.h"
#include "base/text.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

// The relay that a nickname of the plan names: guard0, middle1, exit0, …
testnet::RelaySpec* find_relay(std::vector<testnet::RelaySpec>& relays, std::string_view nickname) {
  std::map<testnet::Role, int> counts;
  for (auto& relay : relays) {
    auto const number = counts[relay.role]++;
    if (nickname == std::string(testnet::to_text(relay.role)) + std::to_string(number))
      return &relay;
  }
  return nullptr;
}

}  // namespace

void add_testnet_options(CLI::App& command, TestnetOptions& options) {
  command.add_option("--authorities", options.authorities, "directory authorities, an odd number")
      ->check(CLI::Range(1, 9))
      ->capture_default_str();
  command.add_option("--guards", options.guards, "guard relays")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  command.add_option("--middles", options.middles, "middle relays")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  command.add_option("--exits", options.exits, "exit relays")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  command.add_option("--rate", options.rates,
                     "what one relay passes on per second, as in exit0=500KiB; repeatable");
  command.add_option("--tor", options.tor, "tor binary")->capture_default_str();
}

Result<testnet::NetworkSpec> testnet_spec(TestnetOptions const& options,
                                          std::filesystem::path const& folder) {
  testnet::NetworkSpec spec;
  auto const tor = runtime::find_program(options.tor);
  if (!tor)
    return Error{"there is no tor program '" + printable(options.tor, 100) +
                 "': install it (Debian: apt-get install tor) or name it with --tor"};
  spec.tor = std::filesystem::absolute(*tor);
  spec.folder = folder;
  spec.authorities = options.authorities;
  spec.relays = testnet::make_relays(options.guards, options.middles, options.exits);
  spec.clients = options.clients;
  for (auto const& text : options.rates) {
    auto const equals = text.find('=');
    if (equals == std::string::npos)
      return wrong_usage("--rate '" + printable(text, 60) +
                         "': write NICKNAME=SIZE, as in exit0=500KiB");
    auto* const relay = find_relay(spec.relays, std::string_view(text).substr(0, equals));
    if (relay == nullptr)
      return wrong_usage("--rate: there is no relay '" + printable(text.substr(0, equals), 40) +
                         "'; they are guard0, middle0, exit0 and so on");
    auto const rate = parse_bytes(std::string_view(text).substr(equals + 1));
    if (!rate) return wrong_usage("--rate: " + rate.error().message);
    relay->rate = *rate;
  }
  // What makes no network is told before anything is started; the folder may come later.
  auto whole = spec;
  if (whole.folder.empty()) whole.folder = "/";
  if (auto const plan = testnet::make_plan(whole); !plan) return wrong_usage(plan.error().message);
  return spec;
}

std::filesystem::path testnet_folder(std::string const& given) {
  if (!given.empty()) return std::filesystem::absolute(given);
  char const* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return std::filesystem::path(cache) / "perfd" / "testnet";
  char const* const home = std::getenv("HOME");
  if (home != nullptr && *home == '/')
    return std::filesystem::path(home) / ".cache" / "perfd" / "testnet";
  return std::filesystem::temp_directory_path() / "perfd-testnet";
}

}  // namespace perfd::app
