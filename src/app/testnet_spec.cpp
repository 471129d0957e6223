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

// "NICKNAME=VALUE" of an option that may be given for each relay.
struct Assignment {
  testnet::RelaySpec* relay = nullptr;
  std::string_view value;  // of the text, which must outlive it
};
Result<Assignment> assignment(std::string_view option, std::string_view text,
                              std::string_view example, testnet::NetworkSpec& spec) {
  auto const equals = text.find('=');
  auto const name = std::string(option);
  if (equals == std::string_view::npos)
    return wrong_usage(name + " '" + printable(text, 60) + "': write " + std::string(example));
  auto* const relay = find_relay(spec.relays, text.substr(0, equals));
  if (relay == nullptr)
    return wrong_usage(name + ": there is no relay '" + printable(text.substr(0, equals), 40) +
                       "'; they are guard0, middle0, exit0 and so on");
  return Assignment{relay, text.substr(equals + 1)};
}

Result<> set_sizes(std::string const& option, std::vector<std::string> const& texts,
                   std::optional<Bytes> testnet::RelaySpec::*size, testnet::NetworkSpec& spec) {
  for (auto const& text : texts) {
    auto const given = assignment(option, text, "NICKNAME=SIZE, as in exit0=500KiB", spec);
    if (!given) return given.error();
    auto const read = parse_bytes(given->value);
    if (!read) return wrong_usage(option + ": " + read.error().message);
    given->relay->*size = *read;
  }
  return {};
}

Result<> set_weights(TestnetOptions const& options, testnet::NetworkSpec& spec) {
  for (auto const& [option, given] :
       {std::pair{"--weight", &options.weights}, {"--observed", &options.observed}})
    if (!given->empty() && options.authorities < 3)
      return wrong_usage(std::string(option) +
                         " needs --authorities 3: a consensus takes a measured bandwidth only "
                         "from three votes");
  for (auto const& text : options.weights) {
    auto const given = assignment("--weight", text, "NICKNAME=KBPS, as in guard0=4000", spec);
    if (!given) return given.error();
    auto const weight = parse_int<std::int64_t>(given->value);
    if (!weight)
      return wrong_usage("--weight: '" + printable(given->value, 40) +
                         "' is no whole number of kB/s");
    given->relay->weight = *weight;
  }
  return {};
}

Result<> set_delays(TestnetOptions const& options, testnet::NetworkSpec& spec) {
  // A relay of its own delay keeps it, wherever on the line the delay of all others stands.
  for (bool const named : {false, true})
    for (auto const& text : options.delays) {
      if ((text.find('=') != std::string::npos) != named) continue;
      Assignment given{nullptr, text};
      if (named) {
        auto const one = assignment("--delay", text, "TIME or NICKNAME=TIME", spec);
        if (!one) return one.error();
        given = *one;
      }
      auto const delay = parse_duration(given.value);
      if (!delay) return wrong_usage("--delay: " + delay.error().message);
      if (given.relay != nullptr) {
        given.relay->delay = *delay;
        continue;
      }
      // Authorities are hops as well, where a path has one for its middle.
      spec.authority_delay = *delay;
      for (auto& relay : spec.relays) relay.delay = *delay;
    }
  return {};
}

Result<> set_countries(TestnetOptions const& options, testnet::NetworkSpec& spec) {
  for (auto const& text : options.countries) {
    auto const given = assignment("--country", text, "NICKNAME=CODE, as in guard0=de", spec);
    if (!given) return given.error();
    if (given->value.empty()) return wrong_usage("--country '" + text + "' names no country");
    given->relay->country = to_lower(given->value);
  }
  return {};
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
  command.add_option("--weight", options.weights,
                     "what one relay weighs in the consensus, in kB/s, as in guard0=4000; "
                     "repeatable; needs --authorities 3");
  command.add_option("--observed", options.observed,
                     "what one relay says that it has carried per second, as in guard0=2MB; "
                     "repeatable; needs --authorities 3 (without it the rate, or 1 MB)");
  command.add_option("--delay", options.delays,
                     "how long every hop, or one relay, holds what passes, each way: 25ms, or "
                     "guard0=40ms; repeatable");
  command.add_option("--country", options.countries,
                     "where one relay is for the network's GeoIP file, as in guard0=de; repeatable "
                     "(without it xa, xb and xc in turn)");
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
  using testnet::RelaySpec;
  if (auto ok = set_sizes("--rate", options.rates, &RelaySpec::rate, spec); !ok) return ok.error();
  if (auto ok = set_weights(options, spec); !ok) return ok.error();
  if (auto ok = set_sizes("--observed", options.observed, &RelaySpec::observed, spec); !ok)
    return ok.error();
  if (auto ok = set_delays(options, spec); !ok) return ok.error();
  if (auto ok = set_countries(options, spec); !ok) return ok.error();
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
