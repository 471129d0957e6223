// `perfd testnet up|status|down`: the private Tor network alone, for any other program.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/print.h"
#include "app/testnet_spec.h"
#include "base/text.h"
#include "testnet/holder.h"

namespace perfd::app {
namespace {

struct Options {
  TestnetOptions network;
  std::string folder;
  bool json = false;
};

// "-" where a relay has none of its own.
void print_nodes(std::vector<testnet::NodeInfo> const& nodes) {
  constexpr char const* kForm = "%-9s %-12s %-8s %-14s %-12s %-12s %s\n";
  std::printf(kForm, "relay", "address", "country", "weight", "rate", "observed", "delay");
  for (auto const& node : nodes)
    std::printf(kForm, node.nickname.c_str(), node.address.c_str(),
                node.country.empty() ? "-" : node.country.c_str(),
                node.weight ? (std::to_string(*node.weight) + " kB/s").c_str() : "-",
                node.rate ? (format_bytes(*node.rate) + "/s").c_str() : "-",
                node.observed ? (format_bytes(*node.observed) + "/s").c_str() : "-",
                node.delay.count() > 0 ? format_duration(node.delay).c_str() : "-");
}

void print(testnet::UpInfo const& info, bool json) {
  if (json) {
    std::printf("%s\n", testnet::to_json(info).c_str());
    return;
  }
  std::printf("private Tor network: %d %s, %d relays, held by process %d, in %s\n",
              info.authorities, info.authorities == 1 ? "authority" : "authorities", info.relays,
              static_cast<int>(info.holder), info.folder.c_str());
  print_nodes(info.nodes);
  for (auto const& client : info.clients)
    std::printf("%s: SOCKS %s  control %s  cookie %s\n", client.nickname.c_str(),
                client.socks.c_str(), client.control.c_str(), client.cookie.c_str());
  std::printf("\n# torrc lines for any other tor that shall use this network (%s):\n",
              info.torrc_file.c_str());
  for (auto const& line : info.torrc_lines) std::printf("%s\n", line.c_str());
}

int up(Options const& options) {
  auto const folder = testnet_folder(options.folder);
  auto spec = testnet_spec(options.network, folder);
  if (!spec) return complain(spec.error());
  Progress progress;
  auto const info = testnet::up(*spec, [&](testnet::Progress const& step) {
    progress.show(describe_duration(step.elapsed) + "  " + step.text);
  });
  progress.clear();
  if (!info) return complain(info.error().message, kCannotRun);
  print(*info, options.json);
  if (!options.json)
    std::printf("\n# ready after %s (%s); end it with: perfd testnet down%s\n",
                describe_duration(info->start_took).c_str(), info->warm ? "warm" : "cold",
                options.folder.empty() ? "" : (" --folder " + options.folder).c_str());
  return kDone;
}

int status(Options const& options) {
  auto const info = testnet::status(testnet_folder(options.folder));
  if (!info) return complain(info.error().message, kFailed);
  print(*info, options.json);
  return kDone;
}

int down(Options const& options) {
  auto const folder = testnet_folder(options.folder);
  auto const stopped = testnet::down(folder);
  if (!stopped) return complain(stopped.error().message, kCannotRun);
  std::printf(
      *stopped ? "stopped the private Tor network in %s\n" : "no private Tor network runs in %s\n",
      folder.c_str());
  return kDone;
}

}  // namespace

void add_testnet(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "testnet", "A private Tor network of real tor processes on loopback, without perfd");
  command->require_subcommand(1);
  auto const options = std::make_shared<Options>();
  auto const common = [options](CLI::App* sub) {
    sub->add_option("--folder", options->folder,
                    "where the network keeps its files (a folder in your cache folder by default); "
                    "another start there is warm, and quicker");
    sub->add_flag("--json", options->json, "print one JSON object");
  };
  auto* const up_command = command->add_subcommand("up", "Start it and leave it running");
  common(up_command);
  options->network.clients = 1;
  add_testnet_options(*up_command, options->network);
  up_command->add_option("--clients", options->network.clients, "tor clients to run in it")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  up_command->footer(
      "Example: perfd testnet up && curl --socks5-hostname SOCKS-ADDRESS http://...\n"
      "Exit codes: 0 ready, 2 wrong usage, 3 it could not start (the message quotes tor's log)");
  up_command->callback([options, &body] { body = [options] { return up(*options); }; });

  auto* const status_command = command->add_subcommand("status", "What runs, and its addresses");
  common(status_command);
  status_command->footer("Exit codes: 0 it runs, 1 it does not");
  status_command->callback([options, &body] { body = [options] { return status(*options); }; });

  auto* const down_command = command->add_subcommand("down", "Stop it; leaves no process");
  common(down_command);
  down_command->callback([options, &body] { body = [options] { return down(*options); }; });
}

}  // namespace perfd::app
