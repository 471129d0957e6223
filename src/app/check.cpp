// `perfd check`: is a configuration, a result file or the store all right?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/check_files.h"
#include "app/check_results.h"
#include "app/cli.h"
#include "config/config.h"
#include "store/store.h"
#include "web/api/reference.h"

namespace perfd::app {
namespace {

struct Options {
  std::string config;
  std::vector<std::string> results;
  std::string store;
  bool reference = false;
  bool api = false;
};

int check_config(std::string const& path) {
  auto const loaded = config::load_path(path);
  if (!loaded) return complain(loaded.error());
  std::fputs(config::effective_toml(*loaded, config::Secrets::hidden).c_str(), stdout);
  for (auto const& warnings : {config::advice(*loaded), wrong_files(*loaded)})
    for (auto const& text : warnings)
      std::fprintf(stderr, "%s: warning: %s\n", path.c_str(), text.c_str());
  return kDone;
}

int check_store(std::string const& path) {
  auto const sound = store::check_integrity(path);
  if (!sound) return complain(sound.error().message, kFailed);
  std::printf("%s: sound\n", path.c_str());
  return kDone;
}

int check(Options const& options) {
  if (options.reference) {
    std::fputs(config::configuration_reference().c_str(), stdout);
    return kDone;
  }
  if (options.api) {
    std::fputs(web::api::api_reference(web::api::endpoints()).c_str(), stdout);
    return kDone;
  }
  int worst = kDone;
  if (!options.config.empty()) worst = std::max(worst, check_config(options.config));
  if (!options.results.empty()) worst = std::max(worst, check_results(options.results));
  if (!options.store.empty()) worst = std::max(worst, check_store(options.store));
  if (options.config.empty() && options.results.empty() && options.store.empty())
    return complain("nothing to check: give --config, --results or --store", kUsage);
  return worst;
}

}  // namespace

void add_check(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "check", "Check a configuration (and print what it means), result files, or a store");
  auto const options = std::make_shared<Options>();
  command->add_option("-c,--config", options->config,
                      "configuration: a file or a folder of *.toml");
  command->add_option("--results", options->results,
                      "result files: JSON lines, .tpf, or analysis documents of OnionPerf (.json)");
  command->add_option("--store", options->store, "a store's file (perfd.db): reads all of it");
  command->add_flag("--print-reference", options->reference,
                    "print the reference of all settings as Markdown");
  command->add_flag("--print-api", options->api, "print the reference of the API as Markdown");
  command->footer(
      "Example: perfd check --config /etc/perfd.toml\n"
      "Exit codes: 0 all right, 1 a result file or store is wrong, 2 wrong "
      "configuration, 3 unreadable");
  command->callback([options, &body] { body = [options] { return check(*options); }; });
}

}  // namespace perfd::app
