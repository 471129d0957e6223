// `perfd check`: is a configuration, a result file or the store all right; do results keep to
// thresholds?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/check_files.h"
#include "app/check_results.h"
#include "app/check_slo.h"
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
  std::string slo;
  std::string data;
  bool json = false;
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
  if (options.slo.empty() && (options.json || !options.data.empty()))
    return complain("--json and --data belong to --slo", kUsage);
  int worst = kDone;
  if (!options.slo.empty())
    worst = check_slo({options.slo, options.data, options.config, options.json});
  else if (!options.config.empty())
    worst = std::max(worst, check_config(options.config));
  if (!options.results.empty()) worst = std::max(worst, check_results(options.results));
  if (!options.store.empty()) worst = std::max(worst, check_store(options.store));
  if (options.slo.empty() && options.config.empty() && options.results.empty() &&
      options.store.empty())
    return complain("nothing to check: give --config, --results, --store or --slo", kUsage);
  return worst;
}

}  // namespace

void add_check(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "check",
      "Check a configuration (and print what it means), result files, a store, or whether results "
      "keep to thresholds");
  auto const options = std::make_shared<Options>();
  command->add_option("-c,--config", options->config,
                      "configuration: a file or a folder of *.toml");
  command->add_option("--results", options->results,
                      "result files: JSON lines, .tpf, or analysis documents of OnionPerf (.json)");
  command->add_option("--store", options->store, "a store's file (perfd.db): reads all of it");
  command->add_option("--slo", options->slo,
                      "file of thresholds (docs/thresholds.md), by which results are judged; "
                      "--config then only says where they are");
  command->add_option("--data", options->data, "with --slo: the data folder");
  command->add_flag("--json", options->json, "with --slo: print one JSON object");
  command->add_flag("--print-reference", options->reference,
                    "print the reference of all settings as Markdown");
  command->add_flag("--print-api", options->api, "print the reference of the API as Markdown");
  command->footer(
      "Example: perfd check --config /etc/perfd.toml\n"
      "         perfd check --slo thresholds.toml --data /var/lib/perfd\n"
      "Exit codes: 0 all right, 1 a result file or store is wrong or a threshold fails, 2 wrong "
      "configuration or thresholds, 3 unreadable");
  command->callback([options, &body] { body = [options] { return check(*options); }; });
}

}  // namespace perfd::app
